// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/text_wrap.h"

#include <algorithm>

namespace mptcp {

void append_wrapped(std::string &to, std::size_t indent, std::string_view words, std::size_t width)
{
    const std::size_t room = width > indent ? width - indent : 1;
    while (words.size() > room) {
        std::size_t end = words.rfind(' ', room);
        if (end == std::string_view::npos)
            end = std::min(words.find(' '), words.size());
        to.append(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
        if (words.empty())
            return;
        to.push_back('\n');
        to.append(indent, ' ');
    }
    to.append(words);
}

} // namespace mptcp
