// SPDX-License-Identifier: MIT
#include "daemon/monitor/monitoring.h"

#include <utility>

#include "daemon/monitor/html.h"
#include "daemon/monitor/metrics.h"
#include "daemon/monitor/status_page.h"

namespace app {
namespace {
constexpr base::Milliseconds kLookEvery{1'000};
constexpr base::Milliseconds kMinute{60'000};
constexpr std::size_t kMaxWalks = 4;  // each takes a share of the loop until it is done
constexpr std::string_view kDomainPath = "/domain/";
}  // namespace

Monitoring::Monitoring(EventLoop& loop, const CommandContext& context, int listener,
                       const HttpServer::Options& options, Sources sources)
    : loop_(loop),
      context_(context),
      sources_(std::move(sources)),
      minute_ends_(context.clock.mono() + kMinute),
      server_(loop, context.clock, listener, options, [this](HttpServer::Call& call) { answer(call); }) {
    watch_timer_ = loop_.after(base::Milliseconds{0}, [this] { watch(); });
}

Monitoring::~Monitoring() = default;

void Monitoring::watch() {
    watch_timer_ = loop_.after(kLookEvery, [this] { watch(); });
    const MonitorSources sources = sources_();
    std::vector<std::uint64_t> heartbeats;
    for (const auto& thread : sources.status.threads)
        heartbeats.push_back(thread->heartbeat());
    const base::MonoTime now = context_.clock.mono();
    liveness_.look(heartbeats, now);
    // After a standstill of the process as many minutes are over, and the first of them has it all.
    for (; now >= minute_ends_; minute_ends_ += kMinute)
        history_.end_minute(history_totals(sources));
}

void Monitoring::answer(HttpServer::Call& call) {
    const std::string& path = call.request().path;
    if (path == "/metrics") {
        return call.respond({200, "text/plain; version=0.0.4; charset=utf-8", metrics_text(sources_())});
    }
    if (path == "/healthz") return call.respond(health());
    if (path == "/readyz") return call.respond(readiness());
    if (path == "/style.css")
        return call.respond({200, "text/css; charset=utf-8", std::string(style_sheet())});
    if (path.starts_with(kDomainPath))
        return call.respond(domain_page(context_, path.substr(kDomainPath.size())));
    if (path == "/") return show_status(call);
    call.respond(HttpResponse::plain(404, "there is no such page"));
}

// The page waits for a walk over the cache, which lets other work run in between.
void Monitoring::show_status(HttpServer::Call& call) {
    if (walks_.size() >= kMaxWalks) {
        return call.respond(HttpResponse::plain(503, "too many of these pages are being made: try again"));
    }
    const std::uint64_t id = ++last_walk_;
    const auto query = domain_query(call.request());
    walks_[id] = std::make_unique<DomainWalk>(
        loop_, context_.cache, query, [this, &call, query](DomainWalk::Page page) {
            call.respond({200, "text/html; charset=utf-8", status_html(query, std::move(page))});
        });
    call.keep(base::Pending(
        this,
        [](void* self, std::uint64_t walk) noexcept { static_cast<Monitoring*>(self)->walks_.erase(walk); },
        id));
}

std::string Monitoring::status_html(const DomainWalk::Query& query, DomainWalk::Page domains) {
    const MonitorSources sources = sources_();
    const StatusPage page{sources, context_,          history_, liveness_.troubles(context_.clock.mono()),
                          query,   std::move(domains)};
    return page.html();
}

HttpResponse Monitoring::health() const {
    std::string troubles;
    for (const std::string& trouble : liveness_.troubles(context_.clock.mono()))
        troubles += (troubles.empty() ? "" : "\n") + trouble;
    return troubles.empty() ? HttpResponse::plain(200, "ok") : HttpResponse::plain(503, troubles);
}

// Nothing is answered here before the cache is loaded.
HttpResponse Monitoring::readiness() const {
    if (sources_().stopping) return HttpResponse::plain(503, "stopping");
    return health();
}

}  // namespace app
