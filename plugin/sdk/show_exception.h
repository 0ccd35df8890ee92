// SPDX-License-Identifier: GPL-2.0-or-later
//
// The header of version 4.0 does not say that its functions are C.
#pragma once

extern "C" {
#include <epan/show_exception.h>
}
