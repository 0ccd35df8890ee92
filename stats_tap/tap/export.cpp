// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/export.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/parse.h"
#include "capture/session.h"
#include "tap/command_line.h"
#include "tap/tap_session.h"

namespace mptcp {

// One `-z` of the command line.
struct ExportRequest : Exporter {
    ExportRequest(std::string argument, std::uint32_t connection, std::string path)
        : Exporter(connection, std::move(path)), option(std::move(argument))
    {
    }
    static ExportRequest &of(void *tap_data)
    {
        return static_cast<ExportRequest &>(*static_cast<ConnectionListener *>(tap_data));
    }

    std::string option;
};

namespace {

constexpr char kExportOption[] = "mptcp,export";

// The first error would end tshark before it draws the other requests, so all are completed at
// once.
void complete_all(void *)
{
    bool failed = false;
    for (ExportRequest *request : tap_session().exports) {
        const std::string why_not = request->complete();
        if (!why_not.empty())
            complain(request->option, why_not);
        failed = failed || !why_not.empty();
    }
    if (failed)
        std::exit(EXIT_FAILURE); // NOLINT(concurrency-mt-unsafe): there is one thread
}

std::uint32_t index_from(const char *option, std::string_view text)
{
    const auto index = number_from<std::uint32_t>(text);
    if (!index)
        give_up(option, "\"" + std::string{text} + "\" is not the index of a connection");
    return *index;
}

// `option` is the argument of "-z": kExportOption, the index of the connection, and the file. A
// comma in the name of the file is part of it.
void start_export(const char *option, void *)
{
    const std::string_view arguments = option + std::strlen(kExportOption);
    const std::size_t comma = arguments.find(',', 1);
    if (!arguments.starts_with(',') || comma == std::string_view::npos ||
        comma + 1 == arguments.size())
        give_up(option, "give the index of a connection and a file, as in mptcp,export,0,FILE");
    const std::string_view path = arguments.substr(comma + 1);
    auto request = std::make_unique<ExportRequest>(
        option, index_from(option, arguments.substr(1, comma - 1)), std::string{path});
    const std::string error = request->listen(complete_all, [](void *tap_data) {
        ExportRequest &finished = ExportRequest::of(tap_data);
        std::erase(tap_session().exports, &finished);
        delete &finished;
    });
    if (!error.empty())
        give_up(option, error);
    tap_session().exports.push_back(
        request.release()); // owned by the tap, whose finish callback deletes it
}

} // namespace

void Exporter::reset()
{
    tcp_ = {};
    file_.reset();
}

void Exporter::apply(const Tracker &tracker, const TapRecord &record, FollowedConnection::Seen seen)
{
    tcp_.apply(tracker, record.segment, *record.observation, seen,
               [this](const ExportedPacket &packet) { write(packet); });
}

void Exporter::write(const ExportedPacket &packet)
{
    if (!file_) {
        file_.emplace();
        file_->open(path_, "The data of MPTCP connection " + std::to_string(connection()) +
                               " as one TCP connection. Packets whose comment begins with "
                               "\"Synthetic\" were not captured.");
    }
    file_->write(packet);
}

std::string Exporter::complete()
{
    const Capture *capture = session().capture.get();
    if (capture != nullptr)
        tcp_.finish(capture->tracker(), [this](const ExportedPacket &packet) { write(packet); });
    tcp_ = {};
    if (file_)
        file_->close();
    return why_not();
}

std::string Exporter::why_not() const
{
    const std::string number = std::to_string(connection());
    if (!seen())
        return "the capture has no connection " + number;
    if (!file_)
        return "connection " + number + " has no data";
    return file_->error().empty() ? "" : "cannot write to " + path_ + ": " + file_->error();
}

void register_export()
{
    register_option<start_export>("MPTCP Connection as TCP", kExportOption, nullptr);
}

} // namespace mptcp
