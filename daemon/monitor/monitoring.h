// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>

#include "daemon/monitor/http_server.h"
#include "daemon/monitor/liveness.h"
#include "daemon/monitor/monitor_sources.h"

namespace app {

/// What is seen from outside over HTTP: `/metrics`, `/healthz`, `/readyz`. Read-only. Engine's thread only.
class Monitoring {
  public:
    using Sources = std::function<MonitorSources()>;

    /// `listener`: owned by the caller, non-blocking.
    Monitoring(EventLoop& loop, const base::Clock& clock, int listener, const HttpServer::Options& options,
               Sources sources);
    ~Monitoring();
    Monitoring(const Monitoring&) = delete;
    Monitoring& operator=(const Monitoring&) = delete;

  private:
    void watch();
    void answer(HttpServer::Call& call);
    HttpResponse health() const;
    HttpResponse readiness() const;

    EventLoop& loop_;
    const base::Clock& clock_;
    Sources sources_;
    Liveness liveness_;
    base::Pending watch_timer_;
    HttpServer server_;
};

}  // namespace app
