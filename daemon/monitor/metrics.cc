// SPDX-License-Identifier: MIT
#include "daemon/monitor/metrics.h"

#include <array>
#include <utility>

#include "daemon/monitor/metrics_text.h"
#include "daemon/serving/temp_reasons.h"

namespace app {

std::uint64_t sum_of(const MonitorSources& sources, Counters::Counter Counters::*counter) {
    return sum(sources.status.threads, counter);
}

std::uint64_t sum_of(const MonitorSources& sources, std::size_t temp_reason) {
    std::uint64_t total = 0;
    for (const auto& thread : sources.status.threads)
        total += thread->counters().temps[temp_reason].load(std::memory_order_relaxed);
    return total;
}

Histogram::Reading sum_of(const MonitorSources& sources, Histogram Counters::*histogram) {
    Histogram::Reading reading;
    for (const auto& thread : sources.status.threads)
        (thread->counters().*histogram).add_to(reading);
    return reading;
}

namespace {

constexpr std::size_t kHitBounds = 17;   // 100 ns to 6.6 ms
constexpr std::size_t kMissBounds = 17;  // 1 ms to 65.5 s

using Counter = Counters::Counter Counters::*;

void one(MetricsText& out, std::string_view name, std::string_view type, std::string_view help,
         std::uint64_t value) {
    out.family(name, type, help);
    out.sample(value);
}

void by_word(MetricsText& out, std::string_view label, const std::map<std::string, std::uint64_t>& counts) {
    for (const auto& [word, count] : counts)
        out.sample({{label, word}}, count);
}

void write_answers(MetricsText& out, const MonitorSources& sources) {
    static constexpr std::array<std::pair<std::string_view, Counter>, 6> kKinds{
        {{"secure", &Counters::answers_secure},
         {"dane", &Counters::answers_dane},
         {"dane-only", &Counters::answers_dane_only},
         {"notfound", &Counters::answers_notfound},
         {"temp", &Counters::answers_temp},
         {"perm", &Counters::answers_perm}}};
    out.family("answers_total", "counter", "Answers to Postfix by kind.");
    for (const auto& [kind, counter] : kKinds)
        out.sample({{"kind", kind}}, sum_of(sources, counter));
    out.family("temp_answers_total", "counter", "Answers of TEMP by reason.");
    for (std::size_t i = 0; i < kTempReasons; ++i) {
        if (const std::uint64_t n = sum_of(sources, i); n > 0)
            out.sample({{"reason", temp_reason_word(i)}}, n);
    }
    one(out, "cache_hits_total", "counter", "Domains answered from the cache.",
        sum_of(sources, &Counters::hits));
    one(out, "cache_misses_total", "counter",
        "Domains not answered from the cache: a client waited, or an override decided.",
        sum_of(sources, &Counters::misses));
    one(out, "refused_keys_total", "counter", "Keys that can have no policy: addresses, parent probes.",
        sum_of(sources, &Counters::refused_keys));
    one(out, "unknown_maps_total", "counter", "Requests with a map name that is not configured.",
        sum_of(sources, &Counters::unknown_maps));
    one(out, "late_answers_total", "counter", "Answers given at server.answer_within without the knowledge.",
        sum_of(sources, &Counters::late_answers));
    out.family("hit_duration_seconds", "histogram",
               "From a request read to its reply made, of hits; a sample: one request in 61 is measured.");
    out.histogram(sum_of(sources, &Counters::hit_times), 1e-7, 1e-9, kHitBounds);
    out.family("miss_duration_seconds", "histogram", "The same, of every request that waited for a lookup.");
    out.histogram(sum_of(sources, &Counters::miss_times), 1e-3, 1e-3, kMissBounds);
}

void write_connections(MetricsText& out, const MonitorSources& sources) {
    one(out, "connections", "gauge", "Open connections of Postfix.",
        sum_of(sources, &Counters::connections_open));
    one(out, "connections_limit", "gauge", "The most that are open at once.", sources.max_connections);
    one(out, "connections_accepted_total", "counter", "Connections accepted.",
        sum_of(sources, &Counters::connections_accepted));
    one(out, "accept_errors_total", "counter", "Connections that could not be accepted.",
        sum_of(sources, &Counters::accept_errors));
    out.family("bad_frames_total", "counter", "Frames that ended their connection.");
    out.sample({{"kind", "malformed"}}, sum_of(sources, &Counters::malformed_frames));
    out.sample({{"kind", "oversized"}}, sum_of(sources, &Counters::oversized_frames));
    out.sample({{"kind", "stalled"}}, sum_of(sources, &Counters::stalled_frames));
}

void write_cache(MetricsText& out, const MonitorSources& sources) {
    const policy::Cache::Stats cache = sources.status.cache.stats();
    out.family("policies", "gauge", "Policies in the cache by mode.");
    for (const sts::Mode mode : {sts::Mode::kEnforce, sts::Mode::kTesting, sts::Mode::kNone})
        out.sample({{"mode", sts::to_string(mode)}}, cache.by_mode[static_cast<std::size_t>(mode)]);
    one(out, "policies_limit", "gauge", "cache.max_policies.", sources.max_policies);
    one(out, "cache_bytes", "gauge", "Memory of the policies.", cache.bytes);
    one(out, "cache_limit_bytes", "gauge", "cache.max_bytes.", sources.max_bytes);
    one(out, "negatives", "gauge", "Domains remembered for having no policy.", cache.negative);
    one(out, "surveys", "gauge", "Next hops of which DNSSEC's word on their MX hosts is remembered.",
        sources.status.surveys.size());
    one(out, "policies_not_stored_total", "counter", "Policies that were served but not kept: cache full.",
        sources.status.engine.stats().not_stored);
    one(out, "store_errors_total", "counter", "Writes that the database refused.",
        sources.status.engine.stats().store_errors);
}

void write_lookups(MetricsText& out, const MonitorSources& sources) {
    const FlightLog& flights = sources.status.flights;
    const policy::Engine::Stats engine = sources.status.engine.stats();
    out.family("lookups_total", "counter",
               "Lookups by what caused them (client, recheck, refresh, operator) and what they did.");
    for (const auto& [key, count] : flights.causes())
        out.sample({{"cause", key.first}, {"effect", key.second}}, count);
    out.family("lookup_failures_total", "counter", "Lookups that found nothing out, by reason.");
    by_word(out, "reason", flights.failures());
    out.family("policy_fetches_total", "counter", "Fetches of policies by result: ok, or what failed.");
    by_word(out, "result", flights.fetches());
    one(out, "lax_policies_total", "counter", "Fetched policies with slips that were read leniently.",
        flights.lax());
    out.family("dane_surveys_total", "counter", "Surveys of MX hosts by what they found.");
    by_word(out, "state", flights.surveys());
    out.family("dns_lookups_total", "counter", "DNS lookups by record type and outcome.");
    sources.dns.for_each([&out](std::string_view type, std::string_view outcome, std::uint64_t n) {
        out.sample({{"type", type}, {"outcome", outcome}}, n);
    });
    one(out, "lookups_under_way", "gauge", "Lookups under way.", engine.flights);
    one(out, "refreshes_under_way", "gauge", "Of these, refreshes.", engine.refreshes);
    one(out, "surveys_under_way", "gauge", "Surveys under way.", sources.status.surveyor.under_way());
    one(out, "waiting_requests", "gauge", "Requests that wait for a lookup.", engine.waiters);
}

void write_alarms(MetricsText& out, const MonitorSources& sources) {
    const auto failing = sources.failing.list(sources.status.cache, sources.now);
    std::uint64_t near_expiry = 0;
    base::Seconds oldest{0};
    for (const FailingRefreshes::Entry& entry : failing) {
        near_expiry += entry.near_expiry ? 1 : 0;
        oldest = std::max(oldest, sources.now - entry.since);
    }
    one(out, "failing_refreshes", "gauge",
        "Policies in force (enforce or testing) that could not be fetched again when last tried.",
        failing.size());
    one(out, "failing_refreshes_near_expiry", "gauge",
        "Of these, with less than a quarter of their life left.", near_expiry);
    one(out, "failing_refresh_oldest_seconds", "gauge", "How long the longest of them has been failing.",
        static_cast<std::uint64_t>(oldest.count()));
    out.family("alarms_total", "counter", "Alarms by kind, as in the log.");
    by_word(out, "kind", sources.status.flights.alarms());
    const ResolverWatch::State resolver = sources.status.watch.report().state;
    out.family("resolver_validates", "gauge",
               "1: the DNS resolver validates DNSSEC; 0: it does not, and DANE is off; absent until tested.");
    if (resolver != ResolverWatch::State::kUnknown)
        out.sample(resolver == ResolverWatch::State::kValidates ? 1 : 0);
    one(out, "log_lines_dropped_total", "counter", "Log lines lost because the log was too slow.",
        sources.status.log.dropped());
}

void write_process(MetricsText& out, const MonitorSources& sources) {
    out.family("build_info", "gauge", "Always 1; the labels tell the version.");
    out.sample({{"version", MTASTSD_VERSION}}, 1);
    one(out, "start_time_seconds", "gauge", "When the daemon started, in seconds since 1970.",
        static_cast<std::uint64_t>((sources.now - sources.status.uptime).time_since_epoch().count()));
    one(out, "serving_threads", "gauge", "Threads that answer from the cache.",
        sources.status.threads.size());
}

}  // namespace

std::string metrics_text(const MonitorSources& sources) {
    MetricsText out;
    write_answers(out, sources);
    write_connections(out, sources);
    write_cache(out, sources);
    write_lookups(out, sources);
    write_alarms(out, sources);
    write_process(out, sources);
    return out.text();
}

}  // namespace app
