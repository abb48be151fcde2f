// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/monitor/monitor_sources.h"

namespace app {

/// All metrics in Prometheus' text format. The number of series is bounded: no label takes a domain, a map or
/// anything else that a stranger chooses.
std::string metrics_text(const MonitorSources& sources);

}  // namespace app
