// SPDX-License-Identifier: GPL-2.0-or-later
//
// The plugin that the plugin loader of Wireshark opens. It does not link to the Wireshark
// libraries, so every Wireshark version can load it, and a version that it was not built for
// reports the required version. A plugin that contains the dissector would fail with a missing
// libwireshark.so instead. The dissector is in a separate module, which this plugin loads.
#include <cstdint>
#include <string>

#include <wireshark.h>

#include "sdk/compat.h"
#include "sdk/module.h"
#include "version.h"
#include "ws_version.h"

extern "C" {
WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC std::uint32_t plugin_describe(void);
}
// A `const` variable in an extern "C" block has internal linkage, so each one has its own linkage
// specification.
extern "C" WS_DLL_PUBLIC_DEF const char plugin_version[] = MPTCP_PLUGIN_VERSION;
extern "C" WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
extern "C" WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

namespace {

using GetFolder = const char *(*)();
using Register = void (*)();

// Loads the module and returns its entry point. Returns nullptr and sets `error` on failure.
Register load(std::string &error)
{
    GModule *wireshark =
        g_module_open(nullptr, G_MODULE_BIND_LAZY); // the program and its libraries
    const auto users =
        mptcp::find_symbol<GetFolder>(wireshark, "get_plugins_pers_dir_with_version");
    const auto systems = mptcp::find_symbol<GetFolder>(wireshark, "get_plugins_dir_with_version");
    if (users == nullptr || systems == nullptr) {
        error = "Wireshark does not say where its plugins are";
        return nullptr;
    }
    const auto path = mptcp::find_module("mptcp_conn_dissector", {users(), systems()});
    if (!path) {
        error = "the folder mptcp_conn is missing beside the plugin's own";
        return nullptr;
    }
    GModule *module = mptcp::open_module(*path, error);
    if (module == nullptr)
        return nullptr;
    const auto function = mptcp::find_symbol<Register>(module, "mptcp_register");
    if (function == nullptr)
        error = *path + " is not of the plugin's build";
    return function;
}

} // namespace

std::uint32_t plugin_describe() { return mptcp::kPluginKinds; }

void plugin_register()
{
    std::string error;
    if (const Register register_all = load(error))
        register_all();
    else
        g_warning("The MPTCP plugin cannot be loaded: %s.", error.c_str());
}
