// SPDX-License-Identifier: GPL-2.0-or-later
//
// The modules that belong to the plugin. They lie in a folder beside the one that
// Wireshark searches for plugins, since they are none.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>

#include <gmodule.h>

namespace mptcp {

inline constexpr char kModuleFolder[] = "mptcp_conn";

// The file of that module in the first of `plugin_folders` (of this version of
// Wireshark; may be nullptr) that has it.
inline std::optional<std::string> find_module(const std::string &name,
                                              std::initializer_list<const char *> plugin_folders)
{
    for (const char *folder : plugin_folders)
        if (folder != nullptr) {
            const auto path =
                std::filesystem::path{folder} / kModuleFolder / (name + "." G_MODULE_SUFFIX);
            std::error_code error;
            if (std::filesystem::exists(path, error))
                return path.string();
        }
    return std::nullopt;
}

// Opens a module for good, for Wireshark or Qt keeps pointers into it. nullptr,
// and why, if it cannot be opened.
inline GModule *open_module(const std::string &path, std::string &error)
{
    GModule *module = g_module_open(path.c_str(), G_MODULE_BIND_LOCAL);
    if (module == nullptr)
        error = g_module_error();
    else
        g_module_make_resident(module);
    return module;
}

// nullptr if the module has no such function.
template <class Function> Function find_symbol(GModule *module, const char *name)
{
    gpointer symbol = nullptr;
    g_module_symbol(module, name, &symbol);
    return reinterpret_cast<Function>(symbol);
}

} // namespace mptcp
