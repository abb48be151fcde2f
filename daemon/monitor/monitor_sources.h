// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

#include "daemon/adapters/dns_counts.h"
#include "daemon/monitor/failing_refreshes.h"
#include "daemon/status_report.h"

namespace app {

/// What metrics and status page are made from, at one moment.
struct MonitorSources {
    StatusSources status;
    const DnsCounts& dns;
    FailingRefreshes& failing;
    std::uint64_t max_policies = 0, max_bytes = 0, max_connections = 0;
    base::WallTime now{};
    bool stopping = false;
};

/// A counter of the serving threads, all together.
std::uint64_t sum_of(const MonitorSources& sources, Counters::Counter Counters::*counter);
std::uint64_t sum_of(const MonitorSources& sources, std::size_t temp_reason);
Histogram::Reading sum_of(const MonitorSources& sources, Histogram Counters::*histogram);

}  // namespace app
