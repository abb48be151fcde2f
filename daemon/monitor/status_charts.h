// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/monitor/history_ring.h"

namespace app {

/// The charts of the last hour and day, as HTML.
std::string charts_html(const HistoryRing& history, const HistoryRing::Totals& now);

}  // namespace app
