// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/menu.h"

#include <optional>
#include <string>

#include <gmodule.h>
#include <wireshark.h>

#include <epan/packet.h>
#include <epan/plugin_if.h>
#include <wsutil/filesystem.h>
#include <wsutil/report_message.h>

#include "sdk/follower.h"
#include "sdk/module.h"
#include "tap/tap_session.h"
#include "tap/window_host.h"
#include "version.h"

namespace mptcp {
namespace {

// Where Wireshark looks for plugins itself, the user's folder first.
std::optional<std::string> find_window()
{
    return find_module("mptcp_conn_window",
                       {get_plugins_pers_dir_with_version(), get_plugins_dir_with_version()});
}

WindowModule load()
{
    const auto path = find_window();
    if (!path)
        return {nullptr, nullptr, "its file has gone"};
    std::string error;
    GModule *module = open_module(*path, error);
    if (module == nullptr)
        return {nullptr, nullptr, error};
    const auto build = find_symbol<WindowBuild>(module, kWindowBuildSymbol);
    const auto open = find_symbol<OpenWindow>(module, kOpenWindowSymbol);
    const auto hook = find_symbol<HookMainWindow>(module, kHookMainWindowSymbol);
    if (build == nullptr || open == nullptr || hook == nullptr ||
        std::string{build()} != MPTCP_BUILD_NAME)
        return {nullptr, nullptr, *path + " is not of the plugin's build (" MPTCP_BUILD_NAME ")"};
    return {open, hook, {}};
}

// Loads it at the first call.
const WindowModule &window_module()
{
    std::optional<WindowModule> &window = tap_session().window;
    if (!window)
        window = load();
    return *window;
}

void open_window(WindowKind kind)
{
    const WindowModule &window = window_module();
    if (window.open != nullptr)
        window.open(&window_host(), kind);
    else
        report_failure("The MPTCP dialogs cannot be loaded: %s.", window.error.c_str());
}

// Called when a capture is opened, before which there is nothing to follow and no I/O Graphs. It is
// called after a change of the profile, too: Wireshark then dissects all packets again.
void hook_main_window() noexcept
{
    const bool changes_it = kFollowMenuIsFixed || window_host().is_mptcp_profile();
    if (!changes_it || !is_in_window())
        return;
    if (const HookMainWindow hook = window_module().hook)
        hook(&window_host());
}

} // namespace

bool have_window() { return find_window().has_value(); }

void register_menu(int protocol)
{
    if (!have_window())
        return;
    ext_menu_t *menu = ext_menubar_register_menu(protocol, "MPTCP", TRUE);
    ext_menubar_set_parentmenu(menu, "Statistics");
    ext_menubar_add_entry(
        menu, "Connections", "MPTCP connections and their subflows",
        [](ext_menubar_gui_type, gpointer, gpointer) { open_window(WindowKind::Connections); },
        nullptr);
    ext_menubar_add_entry(
        menu, "Events", "What happened to MPTCP connections",
        [](ext_menubar_gui_type, gpointer, gpointer) { open_window(WindowKind::Events); }, nullptr);
    ext_menubar_add_entry(
        menu, "Follow Stream", "The data of the MPTCP connection of the selected packet",
        [](ext_menubar_gui_type, gpointer, gpointer) { open_window(WindowKind::FollowStream); },
        nullptr);
    register_init_routine(hook_main_window);
}

} // namespace mptcp
