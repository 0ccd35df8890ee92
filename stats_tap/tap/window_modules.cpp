// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/window_modules.h"

#include <optional>
#include <string>

#include <gmodule.h>
#include <wireshark.h>

#include <wsutil/filesystem.h>
#include <wsutil/report_message.h>

#include "sdk/follower.h"
#include "sdk/module.h"
#include "tap/tap_session.h"
#include "version.h"

namespace mptcp {
namespace {

constexpr char kWindow[] = "mptcp_conn_window";
constexpr char kGraphs[] = "mptcp_conn_graphs";

// Where Wireshark looks for plugins itself, the user's folder first.
std::optional<std::string> find(const char *name)
{
    return find_module(name, {get_plugins_pers_dir_with_version(), get_plugins_dir_with_version()});
}

// Returns nullptr and sets `error` if it cannot be loaded, or is of another build.
GModule *load(const char *name, std::string &error)
{
    const auto path = find(name);
    if (!path) {
        error = "its file has gone";
        return nullptr;
    }
    GModule *module = open_module(*path, error);
    if (module == nullptr)
        return nullptr;
    const auto build = find_symbol<WindowBuild>(module, kWindowBuildSymbol);
    if (build != nullptr && std::string{build()} == MPTCP_BUILD_NAME)
        return module;
    error = *path + " is not of the plugin's build (" MPTCP_BUILD_NAME ")";
    return nullptr;
}

WindowModule load_window()
{
    WindowModule window;
    if (GModule *module = load(kWindow, window.error)) {
        window.open = find_symbol<OpenWindow>(module, kOpenWindowSymbol);
        window.hook = find_symbol<HookMainWindow>(module, kHookMainWindowSymbol);
    }
    return window;
}

GraphsModule load_graphs()
{
    GraphsModule graphs;
    if (GModule *module = load(kGraphs, graphs.error))
        graphs.open = find_symbol<OpenGraphs>(module, kOpenGraphsSymbol);
    return graphs;
}

// Loads it at the first call.
const WindowModule &window_module()
{
    std::optional<WindowModule> &window = tap_session().window;
    if (!window)
        window = load_window();
    return *window;
}

} // namespace

bool have_window() { return find(kWindow).has_value(); }
bool have_graphs() { return find(kGraphs).has_value(); }

void open_window(const WindowHost &host, WindowKind kind, const char *filter)
{
    const WindowModule &window = window_module();
    if (window.open != nullptr)
        window.open(&host, kind, filter);
    else
        report_failure("The MPTCP dialogs cannot be loaded: %s.", window.error.c_str());
}

void open_graphs(const WindowHost &host, const GraphChoice &choice)
{
    std::optional<GraphsModule> &graphs = tap_session().graphs;
    if (!graphs || graphs->open == nullptr) // the library may have been installed meanwhile
        graphs = load_graphs();
    if (graphs->open != nullptr)
        graphs->open(&host, &choice);
    else
        report_failure("The MPTCP graphs cannot be loaded: %s. They need the libraries QCustomPlot "
                       "and Qt SVG.",
                       graphs->error.c_str());
}

void hook_main_window(const WindowHost &host)
{
    if (!kFollowMenuIsFixed && !host.is_mptcp_profile())
        return;
    if (const HookMainWindow hook = window_module().hook)
        hook(&host);
}

} // namespace mptcp
