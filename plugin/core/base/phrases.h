// SPDX-License-Identifier: GPL-2.0-or-later
//
// Phrases in one text, with a separator between them.
#pragma once

#include <string>
#include <string_view>

#include "base/format.h"

namespace mptcp {

class Phrases {
public:
    explicit Phrases(std::string_view separator = ", ") : separator_(separator) {}

    // Adds a phrase that is made of these parts. An empty phrase is omitted.
    template <class... Parts> Phrases &add(const Parts &...parts)
    {
        std::string phrase;
        (append(phrase, parts), ...);
        if (!text_.empty() && !phrase.empty())
            text_.append(separator_);
        text_.append(phrase);
        return *this;
    }
    template <class... Parts> Phrases &add_if(bool wanted, const Parts &...parts)
    {
        return wanted ? add(parts...) : *this;
    }
    const std::string &text() const { return text_; }

private:
    std::string_view separator_;
    std::string text_;
};

} // namespace mptcp
