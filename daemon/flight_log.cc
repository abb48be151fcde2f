// SPDX-License-Identifier: MIT
#include "daemon/flight_log.h"

#include <cstddef>

namespace app {
namespace {

using Alarm = policy::Alarm;

std::string_view advice_for(Alarm::Kind kind) {
    switch (kind) {
        case Alarm::Kind::kRefreshFailing:
            return "the cached policy stays in force; mta-stsctl explain tells more";
        case Alarm::Kind::kNearExpiry:
            return "when it expires the domain is delivered to without a policy";
        case Alarm::Kind::kCacheFull:
            return "raise cache.max_policies or cache.max_bytes; new policies are not kept";
        case Alarm::Kind::kStoreFailed:
            return "check the disk of cache.file; policies learnt now do not survive a restart";
        case Alarm::Kind::kClockForward:
            return "policies stay in force for an hour while they are refreshed; check the clock";
        case Alarm::Kind::kClockBack:
            return "no policy lives longer for it; check the clock";
    }
    return "";
}

constexpr std::size_t kHostsTold = 4;

/// Each with its error, as far as that fits into a line.
std::string failed_hosts(const dane::Findings& findings) {
    std::string text;
    std::size_t count = 0;
    for (const dane::Host& host : findings.hosts) {
        if (host.status != dane::Host::Status::kFailed || ++count > kHostsTold) continue;
        text.append(text.empty() ? "" : ", ")
            .append(host.name)
            .append(": ")
            .append(dns::describe(host.error));
    }
    if (count > kHostsTold) text.append(" and ").append(std::to_string(count - kHostsTold)).append(" more");
    return text;
}

bool is_error(Alarm::Kind kind) {
    return kind != Alarm::Kind::kRefreshFailing;
}

}  // namespace

void FlightLog::count(const policy::FlightReport& report) {
    const std::string effect(policy::to_string(report.effect));
    ++effects_[effect];
    ++causes_[{std::string(policy::to_string(report.cause)), effect}];
    if (report.reason.nothing_found_out()) ++failures_[std::string(report.reason.word())];
    if (report.fetched) ++fetches_["ok"];
    if (report.fetch_failed) ++fetches_[std::string(report.reason.word())];
    if (report.fetched && report.lax) ++lax_;
}

void FlightLog::flight(const policy::FlightReport& report) {
    count(report);
    const bool failed = report.reason.nothing_found_out();
    LogEntry entry(log_, failed ? LogLevel::kWarning : LogLevel::kInfo, "lookup");
    entry.add("domain", report.domain.text())
        .add("cause", policy::to_string(report.cause))
        .add("effect", policy::to_string(report.effect))
        .add_flag("fetched", report.fetched);
    if (!report.id.empty()) entry.add("id", report.id);
    if (report.after) entry.add("mode", sts::to_string(*report.after));
    if (report.lax) entry.add_flag("lax", true);
    if (!report.stored) entry.add_flag("stored", false);
    if (report.reason.kind != policy::Reason::Kind::kNone) entry.add("reason", report.reason.text());
    entry.add("took_ms", static_cast<std::int64_t>(report.took.count()));
    verdict_change(report);
}

void FlightLog::verdict_change(const policy::FlightReport& report) {
    if (!report.before || report.before == report.after) return;
    LogEntry(log_, LogLevel::kWarning, "mode-changed")
        .add("domain", report.domain.text())
        .add("before", sts::to_string(*report.before))
        .add("after", report.after ? sts::to_string(*report.after) : std::string_view("no policy"));
}

void FlightLog::survey(const policy::SurveyReport& report) {
    ++surveys_[std::string(dane::to_string(report.found))];
    const policy::Key& key = report.key;
    const bool failed = report.found >= dane::State::kUnknown;
    {
        LogEntry entry(log_, failed ? LogLevel::kWarning : LogLevel::kInfo, "survey");
        std::string buffer;
        entry.add("next_hop", policy::survey_name(key, buffer))
            .add("dane", dane::to_string(report.found))
            .add("cause", report.renewal ? "renewal" : "client");
        if (report.kept) entry.add_flag("kept", true);
        if (const std::string hosts = failed_hosts(*report.findings); !hosts.empty())
            entry.add("failed", hosts);
        if (report.findings->error) entry.add("reason", dns::describe(*report.findings->error));
        entry.add("took_ms", static_cast<std::int64_t>(report.took.count()));
    }
    if (report.kept || !report.before || *report.before == report.found) return;
    std::string buffer;
    LogEntry(log_, LogLevel::kInfo, "dane-changed")
        .add("next_hop", policy::survey_name(key, buffer))
        .add("before", dane::to_string(*report.before))
        .add("after", dane::to_string(report.found));
}

void FlightLog::alarm(const Alarm& alarm) {
    ++alarms_[std::string(policy::to_string(alarm.kind))];
    LogEntry entry(log_, is_error(alarm.kind) ? LogLevel::kError : LogLevel::kWarning,
                   policy::to_string(alarm.kind));
    if (alarm.domain) entry.add("domain", alarm.domain->text());
    if (alarm.reason.kind != policy::Reason::Kind::kNone) entry.add("reason", alarm.reason.text());
    if (alarm.amount != 0) entry.add("seconds", alarm.amount);
    if (!alarm.text.empty()) entry.add("error", alarm.text);
    entry.add("advice", advice_for(alarm.kind));
}

}  // namespace app
