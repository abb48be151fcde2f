// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "daemon/flight_log.h"
#include "daemon/resolver_watch.h"
#include "daemon/serving/serving_thread.h"
#include "lib/policy/cache.h"
#include "lib/policy/engine.h"
#include "lib/policy/overrides.h"
#include "lib/policy/survey_cache.h"
#include "lib/policy/surveyor.h"

namespace app {

/// What `mta-stsctl status` shows is made from.
struct StatusSources {
    const policy::Cache& cache;
    const policy::Engine& engine;
    const policy::SurveyCache& surveys;
    const policy::Surveyor& surveyor;
    const FlightLog& flights;
    const Log& log;
    const std::vector<std::unique_ptr<ServingThread>>& threads;
    std::vector<std::string> listeners;  ///< as text
    std::vector<std::string> dns_servers;
    const ResolverWatch& watch;
    base::Seconds uptime;
    const policy::Overrides& overrides;
    base::WallTime now;
};

/// The sum of one counter over all serving threads.
std::uint64_t sum(const std::vector<std::unique_ptr<ServingThread>>& threads,
                  Counters::Counter Counters::*counter);

nlohmann::ordered_json status_report(const StatusSources& sources);

/// One line for the service manager.
std::string status_line(const StatusSources& sources);

}  // namespace app
