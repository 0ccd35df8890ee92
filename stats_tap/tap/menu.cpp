// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/menu.h"

#include <wireshark.h>

#include <epan/packet.h>
#include <epan/plugin_if.h>

#include "tap/window_modules.h"

namespace mptcp {

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
    if (have_graphs())
        ext_menubar_add_entry(
            menu, "Graphs", "What the paths of the connection of the selected packet did over time",
            [](ext_menubar_gui_type, gpointer, gpointer) { open_window(WindowKind::Graphs); },
            nullptr);
    register_init_routine(hook_main_window);
}

} // namespace mptcp
