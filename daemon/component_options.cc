// SPDX-License-Identifier: MIT
#include "daemon/component_options.h"

#include <algorithm>

namespace app {

AresResolver::Options resolver_options(const Settings& settings) {
    AresResolver::Options options;
    for (const ServerAddress& server : settings.dns.servers)
        options.servers.push_back(server.text());
    options.timeout = settings.dns.timeout;
    options.attempts = static_cast<int>(settings.dns.attempts);
    options.trust_ad = settings.dns.trust_ad;
    options.source_addresses = settings.dns.source_address;
    return options;
}

CurlFetcher::Options fetcher_options(const Settings& settings) {
    CurlFetcher::Options options;
    options.connect_timeout = settings.https.connect_timeout;
    options.ca_file = settings.https.ca_file;
    options.port = settings.https.port;
    options.proxy = settings.https.proxy;
    options.max_concurrent = settings.https.max_concurrent;
    options.max_per_address = settings.https.max_per_address;
    options.source_addresses = settings.https.source_address;
    return options;
}

SqliteStore::Options store_options(const Settings& settings) {
    return {settings.cache.file, settings.cache.sync};
}

policy::Cache::Options cache_options(const Settings& settings) {
    policy::Cache::Options options;
    options.max_policies = settings.cache.max_policies;
    options.max_bytes = settings.cache.max_bytes;
    options.max_negative = settings.cache.max_negative;
    return options;
}

policy::SurveyCache::Options survey_cache_options(const Settings& settings) {
    // They last an hour at the longest: of a million domains no more than so many are asked for in one.
    policy::SurveyCache::Options options;
    options.max_surveys = std::max<std::uint64_t>(options.max_surveys, settings.cache.max_policies / 5);
    return options;
}

policy::Engine::Options engine_options(const Settings& settings) {
    policy::Engine::Options options;
    options.discovery.dns_time = settings.dns.timeout * settings.dns.attempts;
    options.discovery.fetch_time = settings.https.timeout;
    options.discovery.allow_networks = settings.https.allow_networks;
    options.lookups = settings.limits.lookups;
    options.recheck_min = settings.cache.recheck_min;
    options.recheck_max = settings.cache.recheck_max;
    options.negative_min = settings.cache.negative_min;
    options.negative_max = settings.cache.negative_max;
    options.refresh_interval = settings.refresh.interval;
    options.idle_after = settings.refresh.idle_after;
    options.refresh_concurrency = settings.refresh.concurrency;
    return options;
}

policy::Surveyor::Options surveyor_options(const Settings& settings) {
    policy::Surveyor::Options options;
    options.survey.dns_time = settings.dns.timeout * settings.dns.attempts;
    options.survey.total_time = 3 * options.survey.dns_time;
    options.surveys = settings.limits.lookups;
    options.failed_time = settings.cache.negative_min;
    options.longest = settings.cache.recheck_max;
    return options;
}

ResolverWatch::Options resolver_watch_options(const Settings& settings) {
    const auto name = [](const std::string& text) {
        const auto parsed = dns::Name::parse(text);
        return parsed ? std::optional(*parsed) : std::nullopt;
    };
    ResolverWatch::Options options;
    options.needed = std::any_of(settings.profiles.begin(), settings.profiles.end(), [](const auto& profile) {
        return profile.second.dane != policy::Profile::Dane::kOff;
    });
    options.test.signed_name = name(settings.dns.test_signed);
    options.test.bogus_name = name(settings.dns.test_bogus);
    return options;
}

SocketmapServer::Options serving_options(const Settings& settings, std::uint32_t max_connections) {
    SocketmapServer::Options options;
    options.max_connections = std::max<std::uint32_t>(1, max_connections / settings.server.threads);
    options.answer_within = settings.server.answer_within;
    options.idle_timeout = settings.server.idle_timeout;
    return options;
}

std::uint32_t connections_within(std::uint64_t files, std::uint32_t wanted) {
    constexpr std::uint64_t kOthers = 1200;  // fetches, DNS, database, log
    const std::uint64_t room = files > 2 * kOthers ? files - kOthers : files / 2;
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(room, 1, wanted));
}

ListenSocket::Access socket_access(const Settings& settings) {
    return {settings.server.socket_mode, settings.server.socket_owner, settings.server.socket_group};
}

HttpServer::Options http_options(const ListenAddress& address) {
    HttpServer::Options options;
    options.local_names_only = address.kind == ListenAddress::Kind::kInet &&
                               (address.host.starts_with("127.") || address.host == "::1");
    return options;
}

Log::Options log_options(const Settings& settings) {
    Log::Options options;
    options.level = settings.log.level;
    options.format = settings.log.format;
    options.target = settings.log.target;
    return options;
}

}  // namespace app
