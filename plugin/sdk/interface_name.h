// SPDX-License-Identifier: GPL-2.0-or-later
//
// The name of a capture interface of a pcapng file.
#pragma once

#include <cstdint>
#include <string>

#include <wireshark.h>

#include <epan/epan.h>

namespace mptcp {

// Returns "" if the file has none. epan.h: the section number is an argument since 4.2.
template <class Epan>
std::string interface_name(const Epan *epan, std::uint32_t interface, std::uint32_t section)
{
    const char *name = nullptr;
    if constexpr (requires { epan_get_interface_name(epan, interface, section); })
        name = epan_get_interface_name(epan, interface, section);
    else
        name = epan_get_interface_name(epan, interface);
    // Wireshark's own word for an interface without a name.
    return name == nullptr || std::string{name} == "unknown" ? std::string{} : std::string{name};
}

} // namespace mptcp
