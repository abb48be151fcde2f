// SPDX-License-Identifier: MIT
#include "daemon/monitor/monitoring.h"

#include <utility>

#include "daemon/monitor/metrics.h"

namespace app {
namespace {
constexpr base::Milliseconds kLookEvery{1'000};
}  // namespace

Monitoring::Monitoring(EventLoop& loop, const base::Clock& clock, int listener,
                       const HttpServer::Options& options, Sources sources)
    : loop_(loop),
      clock_(clock),
      sources_(std::move(sources)),
      server_(loop, clock, listener, options, [this](HttpServer::Call& call) { answer(call); }) {
    watch_timer_ = loop_.after(base::Milliseconds{0}, [this] { watch(); });
}

Monitoring::~Monitoring() = default;

void Monitoring::watch() {
    watch_timer_ = loop_.after(kLookEvery, [this] { watch(); });
    const MonitorSources sources = sources_();
    std::vector<std::uint64_t> heartbeats;
    for (const auto& thread : sources.status.threads)
        heartbeats.push_back(thread->heartbeat());
    liveness_.look(heartbeats, clock_.mono());
}

void Monitoring::answer(HttpServer::Call& call) {
    const std::string& path = call.request().path;
    if (path == "/metrics") {
        return call.respond({200, "text/plain; version=0.0.4; charset=utf-8", metrics_text(sources_())});
    }
    if (path == "/healthz") return call.respond(health());
    if (path == "/readyz") return call.respond(readiness());
    call.respond(HttpResponse::plain(404, "there is no such page"));
}

HttpResponse Monitoring::health() const {
    std::string troubles;
    for (const std::string& trouble : liveness_.troubles(clock_.mono()))
        troubles += (troubles.empty() ? "" : "\n") + trouble;
    return troubles.empty() ? HttpResponse::plain(200, "ok") : HttpResponse::plain(503, troubles);
}

// Nothing is answered here before the cache is loaded.
HttpResponse Monitoring::readiness() const {
    if (sources_().stopping) return HttpResponse::plain(503, "stopping");
    return health();
}

}  // namespace app
