// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "daemon/admin/control_commands.h"
#include "daemon/monitor/domain_walk.h"
#include "daemon/monitor/history_ring.h"
#include "daemon/monitor/http_message.h"
#include "daemon/monitor/monitor_sources.h"

namespace app {

/// The sums that the charts are made from.
HistoryRing::Totals history_totals(const MonitorSources& sources);

/// What a request for the status page looks for among the domains; nothing where a parameter is no good.
DomainWalk::Query domain_query(const HttpRequest& request);

/// The status page: health, what was answered, charts, the failing refreshes, one page of the domains. Where
/// domains are looked for it begins with them and leaves out the charts.
struct StatusPage {
    const MonitorSources& sources;
    const CommandContext& context;
    const HistoryRing& history;
    std::vector<std::string> troubles;  ///< of Liveness
    DomainWalk::Query query;
    DomainWalk::Page domains;

    std::string html() const;
};

/// The page of one domain: what `mta-stsctl explain` says of it, of what is known. Looks nothing up: whoever
/// may read this must not make the daemon ask the network. Status 404 where nothing is known.
HttpResponse domain_page(const CommandContext& context, const std::string& domain);

}  // namespace app
