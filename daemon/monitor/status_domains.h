// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/monitor/status_page.h"

namespace app {

/// The policies that cannot be fetched again, as HTML; empty where there are none. At most 50 of them.
std::string failing_html(const StatusPage& page);

/// The search form and one page of the domains, as HTML. Blocks for a row of the store for each.
std::string domains_html(const StatusPage& page);

}  // namespace app
