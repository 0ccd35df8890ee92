// SPDX-License-Identifier: GPL-2.0-or-later
//
// Everything that the plugin keeps from one call of Wireshark to the next.
// Wireshark's callbacks for dissectors, init routines, taps of its own tables
// and preferences carry no user data, so there is one session for the process.
// It is the plugin's only variable of static storage, apart from constants and
// from tables that Wireshark keeps pointers to after their registration.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <wireshark.h>

#include <epan/conversation_table.h>
#include <epan/tap.h>

#include "capture/capture.h"
#include "capture/fields.h"
#include "capture/preferences.h"
#include "capture/recorder.h"
#include "sdk/follower.h"

namespace mptcp {

// The taps of the post-dissector, and the protocol to which expert infos are
// attributed.
struct PostDissector {
    int tap = -1;
    int expert_tap = 0; // 0: there is no such tap
    const char *protocol_name = nullptr;
};

// Wireshark's own tables of MPTCP: the functions that were replaced, and the state
// of those that replace them.
struct BuiltinTables {
    protocol_t *owner = nullptr; // our protocol
    int tap = 0;                 // 0: there is no such tap
    tap_packet_cb conversation = nullptr;
    tap_packet_cb endpoint = nullptr;
    // What the current frame carries, one entry for each connection. The taps
    // are served before the next frame.
    std::vector<Attribution> in_frame;
    // The last name of a filter field of each kind: Wireshark keeps pointers.
    std::array<std::string, CONV_FT_ANY_PORT + 1> filter_fields;
};

struct UpperProtocols; // see upper/

struct Session {
    Fields fields;
    Preferences preferences;
    Recorder recorder;
    PostDissector post_dissector;
    BuiltinTables builtin_tables;

    dissector_handle_t payload_taker = nullptr;
    dissector_handle_t data_dissector = nullptr;
    std::array<FollowFunctions, 8> replaced_followers; // see upper/followers.h; 4.6 has 4
    std::shared_ptr<UpperProtocols> upper_protocols;   // of the capture that was opened last

    std::unique_ptr<Capture> capture; // nullptr while none is open
    // Called before the open capture is destroyed.
    std::vector<void (*)()> capture_closing;

    bool needs_all_sightings = false; // see need_all_sightings()

    // Owned for the statistics, which alone know the type (stats_tap/tap).
    std::shared_ptr<void> statistics;
};

Session &session();

// The observation of the outermost TCP segment of a frame in the open capture. None if there is
// none, or if the frame was not dissected yet.
std::optional<Observation> outermost_observation(std::uint32_t frame);

// To be called by a statistic when it starts, if it compares points. Wireshark has then opened the
// capture, or is about to.
void need_all_sightings();

// A file or a live capture is opened, or all packets are dissected again.
void open_capture();
void close_capture();

} // namespace mptcp
