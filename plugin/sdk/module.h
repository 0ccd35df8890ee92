// SPDX-License-Identifier: GPL-2.0-or-later
//
// Loads the modules that belong to the plugin. They are in a folder next to the
// one that Wireshark searches for plugins, since they are not plugins.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>

#include <gmodule.h>

namespace mptcp {

inline constexpr char kModuleFolder[] = "mptcp_conn";

// Returns the module's file from the first of `plugin_folders` that has it. These
// are the folders of this version of Wireshark; each may be nullptr.
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

// Opens a module and never closes it: Wireshark or Qt keeps pointers into it.
// Returns nullptr and sets `error` on failure.
inline GModule *open_module(const std::string &path, std::string &error)
{
    GModule *module = g_module_open(path.c_str(), G_MODULE_BIND_LOCAL);
    if (module == nullptr)
        error = g_module_error();
    else
        g_module_make_resident(module);
    return module;
}

// Returns nullptr if the module has no such function.
template <class Function> Function find_symbol(GModule *module, const char *name)
{
    gpointer symbol = nullptr;
    g_module_symbol(module, name, &symbol);
    return reinterpret_cast<Function>(symbol);
}

} // namespace mptcp
