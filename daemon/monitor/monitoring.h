// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "daemon/admin/control_commands.h"
#include "daemon/monitor/domain_walk.h"
#include "daemon/monitor/history_ring.h"
#include "daemon/monitor/http_server.h"
#include "daemon/monitor/liveness.h"
#include "daemon/monitor/monitor_sources.h"

namespace app {

/// What is seen from outside over HTTP: `/metrics`, `/healthz`, `/readyz`, the status page `/` and one page
/// for each domain, `/domain/NAME`. Read-only, and nothing here makes the daemon ask the network. Keeps the
/// history of the charts. Engine's thread only.
class Monitoring {
  public:
    using Sources = std::function<MonitorSources()>;

    /// `listener`: owned by the caller, non-blocking.
    Monitoring(EventLoop& loop, const CommandContext& context, int listener,
               const HttpServer::Options& options, Sources sources);
    ~Monitoring();
    Monitoring(const Monitoring&) = delete;
    Monitoring& operator=(const Monitoring&) = delete;

  private:
    void watch();
    void answer(HttpServer::Call& call);
    void show_status(HttpServer::Call& call);
    std::string status_html(const DomainWalk::Query& query, DomainWalk::Page domains);
    HttpResponse health() const;
    HttpResponse readiness() const;

    EventLoop& loop_;
    const CommandContext& context_;
    Sources sources_;
    Liveness liveness_;
    HistoryRing history_;
    base::MonoTime minute_ends_;
    std::unordered_map<std::uint64_t, std::unique_ptr<DomainWalk>> walks_;
    std::uint64_t last_walk_ = 0;
    base::Pending watch_timer_;
    HttpServer server_;  // last: its calls hold walks
};

}  // namespace app
