// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/adapters/ares_resolver.h"
#include "daemon/adapters/curl_fetcher.h"
#include "daemon/adapters/sqlite_store.h"
#include "daemon/admin/log.h"
#include "daemon/monitor/http_server.h"
#include "daemon/resolver_watch.h"
#include "daemon/serving/listen_socket.h"
#include "daemon/serving/socketmap_server.h"
#include "daemon/settings.h"
#include "lib/policy/cache.h"
#include "lib/policy/engine.h"
#include "lib/policy/survey_cache.h"
#include "lib/policy/surveyor.h"

namespace app {

// Each component's own Options, made from the settings: the one place that knows both.

AresResolver::Options resolver_options(const Settings& settings);
CurlFetcher::Options fetcher_options(const Settings& settings);
SqliteStore::Options store_options(const Settings& settings);
policy::Cache::Options cache_options(const Settings& settings);
policy::SurveyCache::Options survey_cache_options(const Settings& settings);
policy::Engine::Options engine_options(const Settings& settings);
policy::Surveyor::Options surveyor_options(const Settings& settings);
ResolverWatch::Options resolver_watch_options(const Settings& settings);
/// `max_connections`: of the process, at most those of the settings; each thread gets its share.
SocketmapServer::Options serving_options(const Settings& settings, std::uint32_t max_connections);
/// How many of the `wanted` connections fit within a limit of open files. Some are kept back for lookups,
/// fetches and the database: a flood of connections must not stop those. Where the limit is very low, half.
std::uint32_t connections_within(std::uint64_t files, std::uint32_t wanted);
ListenSocket::Access socket_access(const Settings& settings);
/// On a loopback address only this host's names are taken, on a unix socket any.
HttpServer::Options http_options(const ListenAddress& address);
Log::Options log_options(const Settings& settings);

}  // namespace app
