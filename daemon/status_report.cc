// SPDX-License-Identifier: MIT
#include "daemon/status_report.h"

#include <ares.h>
#include <curl/curl.h>
#include <event2/event.h>
#include <openssl/crypto.h>
#include <sqlite3.h>

#include "daemon/admin/override_json.h"
#include "daemon/admin/utc_text.h"

namespace app {
namespace {

using Json = nlohmann::ordered_json;

Json counters_json(const std::vector<std::unique_ptr<ServingThread>>& threads) {
    static const std::pair<const char*, Counters::Counter Counters::*> kShown[] = {
        {"answers_secure", &Counters::answers_secure},
        {"answers_dane", &Counters::answers_dane},
        {"answers_dane_only", &Counters::answers_dane_only},
        {"answers_notfound", &Counters::answers_notfound},
        {"answers_temp", &Counters::answers_temp},
        {"answers_perm", &Counters::answers_perm},
        {"hits", &Counters::hits},
        {"misses", &Counters::misses},
        {"dane_queries", &Counters::dane_queries},
        {"refused_keys", &Counters::refused_keys},
        {"unknown_maps", &Counters::unknown_maps},
        {"late_answers", &Counters::late_answers},
        {"malformed_frames", &Counters::malformed_frames},
        {"oversized_frames", &Counters::oversized_frames},
        {"stalled_frames", &Counters::stalled_frames},
        {"connections_open", &Counters::connections_open},
        {"connections_accepted", &Counters::connections_accepted},
        {"accept_errors", &Counters::accept_errors}};
    Json out;
    for (const auto& [name, counter] : kShown)
        out[name] = sum(threads, counter);
    return out;
}

Json versions_json() {
    return {{"mta-stsd", MTASTSD_VERSION},
            {"libevent", event_get_version()},
            {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
            {"libcurl", curl_version_info(CURLVERSION_NOW)->version},
            {"c-ares", ares_version(nullptr)},
            {"sqlite", sqlite3_libversion()}};
}

std::string health(const StatusSources& sources) {
    if (sources.engine.stats().store_errors > 0)
        return "store errors: policies learnt may not survive a restart";
    if (sources.engine.stats().not_stored > 0) return "cache full: new policies are not kept";
    if (sources.watch.is_in_use() && !sources.watch.validating())
        return "the resolver does not validate: DANE is off";
    return "ok";
}

Json resolver_test_json(const ResolverWatch& watch) {
    const ResolverWatch::Report& report = watch.report();
    Json out;
    out["state"] = to_string(report.state);
    out["since"] = utc_text(report.since);
    if (!report.tested) return out;
    out["tested"] = utc_text(*report.tested);
    out["seen"] = report.last.seen;
    if (!report.last.advice.empty()) out["advice"] = report.last.advice;
    return out;
}

}  // namespace

std::uint64_t sum(const std::vector<std::unique_ptr<ServingThread>>& threads,
                  Counters::Counter Counters::*counter) {
    std::uint64_t total = 0;
    for (const auto& thread : threads)
        total += (thread->counters().*counter).load(std::memory_order_relaxed);
    return total;
}

Json status_report(const StatusSources& sources) {
    const policy::Cache::Stats cache = sources.cache.stats();
    const policy::Engine::Stats engine = sources.engine.stats();
    Json out;
    out["health"] = health(sources);
    out["uptime_s"] = sources.uptime.count();
    out["listeners"] = sources.listeners;
    out["dns_servers"] = sources.dns_servers;
    out["resolver_test"] = resolver_test_json(sources.watch);
    out["cache"] = {{"policies", cache.policies},
                    {"enforce", cache.by_mode[static_cast<std::size_t>(sts::Mode::kEnforce)]},
                    {"testing", cache.by_mode[static_cast<std::size_t>(sts::Mode::kTesting)]},
                    {"none", cache.by_mode[static_cast<std::size_t>(sts::Mode::kNone)]},
                    {"bytes", cache.bytes},
                    {"no_policy", cache.negative},
                    {"surveys", sources.surveys.size()}};
    out["lookups"] = {{"under_way", engine.flights},         {"refreshes", engine.refreshes},
                      {"waiters", engine.waiters},           {"surveys", sources.surveyor.under_way()},
                      {"store_errors", engine.store_errors}, {"not_stored", engine.not_stored}};
    out["lookup_effects"] = sources.flights.effects();
    out["lookup_failures"] = sources.flights.failures();
    out["surveys"] = sources.flights.surveys();
    out["alarms"] = sources.flights.alarms();
    out["overrides"] = overrides_json(sources.overrides, sources.now);
    out["counters"] = counters_json(sources.threads);
    out["log_lines_dropped"] = sources.log.dropped();
    out["versions"] = versions_json();
    return out;
}

std::string status_line(const StatusSources& sources) {
    return std::to_string(sources.cache.stats().policies) + " policies, " +
           std::to_string(sum(sources.threads, &Counters::connections_open)) + " connections, " +
           std::to_string(sum(sources.threads, &Counters::hits) + sum(sources.threads, &Counters::misses)) +
           " queries; " + health(sources);
}

}  // namespace app
