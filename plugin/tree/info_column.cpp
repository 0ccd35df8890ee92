// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/info_column.h"

#include <span>
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

struct InfoOfPacket {
    const packet_info *pinfo;
    const Capture &capture;
    const Segment &segment;
    const Attribution &attribution;

    const Tracker &tracker() const { return capture.tracker(); }
};

std::string events_in_words(const InfoOfPacket &of, std::span<const Event> events, bool known)
{
    const EventContext context = of.tracker().context();
    std::string words;
    for (const Event &event : events)
        if (event.subflow == of.attribution.subflow && !event.withdrawn &&
            session().preferences.shows_in_info(severity(event, verdict(context, event))))
            // Without the connection's index while it is uncertain.
            words += bracketed(known ? info_words(context, event) : sentence(context, event));
    return words;
}

std::string all_words(const InfoOfPacket &of)
{
    const Tracker &tracker = of.tracker();
    const bool known = connection_is_known(of.pinfo, tracker.registry()[of.attribution.subflow]);
    const std::uint32_t frame = of.segment.frame;
    std::string words;
    if (known && session().preferences.info_column)
        words += bracketed(place_in_words(tracker, of.attribution));
    if (of.segment.payload > 0 && session().preferences.shows_in_info(Severity::Note))
        words += bracketed(reinjection_in_words(tracker.data(), of.segment, of.attribution));
    if (!session().preferences.shows_in_info(Severity::Error))
        return words;
    words += events_in_words(of, tracker.events().of_frame(frame), known);
    if (of.pinfo->fd->visited)
        words += events_in_words(of, of.capture.recently_between().packets.events_of(frame), known);
    return words;
}

// In the packet's memory pool: no object may own memory across a call of epan.
// nullptr if there is no text.
const char *all_words_in_packet(const InfoOfPacket &of)
{
    const std::string words = all_words(of);
    return words.empty() ? nullptr : wmem_strdup(of.pinfo->pool, words.c_str());
}

} // namespace

void write_info(packet_info *pinfo, const Capture &capture, const Segment &segment,
                const Attribution &attribution)
{
    if (pinfo->cinfo == nullptr || col_get_writable(pinfo->cinfo, COL_INFO) == 0)
        return; // the column is not shown
    const char *words = all_words_in_packet({pinfo, capture, segment, attribution});
    if (words != nullptr)
        col_prepend_fstr(pinfo->cinfo, COL_INFO, "%s", words);
}

} // namespace mptcp
