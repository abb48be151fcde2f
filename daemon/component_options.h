// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/adapters/ares_resolver.h"
#include "daemon/adapters/curl_fetcher.h"
#include "daemon/adapters/sqlite_store.h"
#include "daemon/admin/log.h"
#include "daemon/serving/listen_socket.h"
#include "daemon/serving/socketmap_server.h"
#include "daemon/settings.h"
#include "lib/policy/cache.h"
#include "lib/policy/engine.h"

namespace app {

// Each component's own Options, made from the settings: the one place that knows both.

AresResolver::Options resolver_options(const Settings& settings);
CurlFetcher::Options fetcher_options(const Settings& settings);
SqliteStore::Options store_options(const Settings& settings);
policy::Cache::Options cache_options(const Settings& settings);
policy::Engine::Options engine_options(const Settings& settings);
SocketmapServer::Options serving_options(const Settings& settings);  ///< of one thread
ListenSocket::Access socket_access(const Settings& settings);
Log::Options log_options(const Settings& settings);

}  // namespace app
