// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/menu.h"

#include <wireshark.h>

#include <epan/packet.h>
#include <epan/plugin_if.h>

#include "tap/window_host.h"
#include "tap/window_modules.h"

namespace mptcp {
namespace {

// Called when a capture is opened, before which there is nothing to follow and no I/O Graphs. It is
// called after a change of the profile, too: Wireshark then dissects all packets again.
void on_capture() noexcept
{
    if (is_in_window())
        hook_main_window(window_host());
}

template <WindowKind Kind> void add_entry(ext_menu_t *menu, const char *label, const char *tooltip)
{
    ext_menubar_add_entry(
        menu, label, tooltip,
        [](ext_menubar_gui_type, gpointer, gpointer) { open_window(window_host(), Kind); },
        nullptr);
}

} // namespace

void register_menu(int protocol)
{
    if (!have_window())
        return;
    ext_menu_t *menu = ext_menubar_register_menu(protocol, "MPTCP", TRUE);
    ext_menubar_set_parentmenu(menu, "Statistics");
    add_entry<WindowKind::Summary>(menu, "Summary", "What is the matter with MPTCP connections");
    add_entry<WindowKind::Connections>(menu, "Connections", "MPTCP connections and their subflows");
    add_entry<WindowKind::Events>(menu, "Events", "What happened to MPTCP connections");
    add_entry<WindowKind::Points>(menu, "Points",
                                  "What happened to packets between the points that recorded them");
    add_entry<WindowKind::FollowStream>(menu, "Follow Stream",
                                        "The data of the MPTCP connection of the selected packet");
    if (have_graphs())
        add_entry<WindowKind::Graphs>(
            menu, "Graphs",
            "What the paths of the connection of the selected packet did over time");
    register_init_routine(on_capture);
}

} // namespace mptcp
