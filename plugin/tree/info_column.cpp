// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/info_column.h"

#include <string>

#include "capture/session.h"
#include "events/event_info.h"
#include "events/event_words.h"
#include "tree/certainty.h"

namespace mptcp {
namespace {

// "[Join of connection 0] "; "" for an empty text.
std::string bracketed(const std::string &words) { return words.empty() ? "" : "[" + words + "] "; }

std::string place_in_words(const Tracker &tracker, const Attribution &attribution)
{
    const std::uint32_t connection =
        tracker.registry().index_of(tracker.registry().connection_of(attribution.subflow));
    const std::uint32_t subflow = tracker.registry().index_of(attribution.subflow);
    return "MPTCP " + std::to_string(connection) + "." + std::to_string(subflow);
}

std::string reinjection_in_words(const DataLevel &data, const Segment &segment,
                                 const Attribution &attribution)
{
    const DataPacket *packet = data.find(segment.frame, attribution.subflow);
    const DataExtras *extras = packet == nullptr ? nullptr : data.extras(*packet);
    if (extras == nullptr || extras->reinjection_of == 0)
        return {};
    return "Reinjection of frame " + std::to_string(extras->reinjection_of);
}

std::string all_words(const Tracker &tracker, const Segment &segment,
                      const Attribution &attribution, bool known)
{
    std::string words;
    if (known && session().preferences.info_column)
        words += bracketed(place_in_words(tracker, attribution));
    if (segment.payload > 0 && session().preferences.shows_in_info(Severity::Note))
        words += bracketed(reinjection_in_words(tracker.data(), segment, attribution));
    if (!session().preferences.shows_in_info(Severity::Error))
        return words;
    for (const Event &event : tracker.events().of_frame(segment.frame))
        if (event.subflow == attribution.subflow && !event.withdrawn &&
            session().preferences.shows_in_info(severity(event, verdict(tracker.context(), event))))
            // Without the connection's index while it is uncertain.
            words += bracketed(known ? info_words(tracker.context(), event)
                                     : sentence(tracker.context(), event));
    return words;
}

// In the packet's memory pool: no object may own memory across a call of epan.
// nullptr if there is no text.
const char *all_words_in_packet(packet_info *pinfo, const Capture &capture, const Segment &segment,
                                const Attribution &attribution)
{
    const Tracker &tracker = capture.tracker();
    const bool known = connection_is_known(pinfo, tracker.registry()[attribution.subflow]);
    const std::string words = all_words(tracker, segment, attribution, known);
    return words.empty() ? nullptr : wmem_strdup(pinfo->pool, words.c_str());
}

} // namespace

void write_info(packet_info *pinfo, const Capture &capture, const Segment &segment,
                const Attribution &attribution)
{
    if (pinfo->cinfo == nullptr || col_get_writable(pinfo->cinfo, COL_INFO) == 0)
        return; // the column is not shown
    const char *words = all_words_in_packet(pinfo, capture, segment, attribution);
    if (words != nullptr)
        col_prepend_fstr(pinfo->cinfo, COL_INFO, "%s", words);
}

} // namespace mptcp
