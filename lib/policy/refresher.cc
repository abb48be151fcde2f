// SPDX-License-Identifier: MIT
// The once-a-second round: what the clock does, what expires, what is to be refreshed. There is no timer per
// policy.
#include <algorithm>
#include <chrono>
#include <utility>

#include "lib/policy/engine.h"
#include "lib/policy/flight.h"

namespace policy {

namespace {

constexpr base::Seconds kRound{1};
// A round this late means that the process or the machine has stood still. The network may come back after
// it: what fell due meanwhile begins with the next round, as a failed fetch is not repeated for minutes.
constexpr base::Seconds kStandstill{10};
constexpr std::size_t kRoundsForAll = 60;       // a table of any size is seen once a minute
constexpr std::size_t kEntriesAtLeast = 20000;  // a small one each second: about a millisecond

}  // namespace

void Engine::start() {
    tick_ = services_.timers.after(kRound, [this, due = services_.clock.mono() + kRound] {
        if (services_.clock.mono() - due < kStandstill) return round();
        watch_clock();
        start();
    });
}

void Engine::round() {
    watch_clock();
    sweep();
    save_again();
    purge();
    start();
}

void Engine::watch_clock() {
    const std::optional<base::Seconds> jump = services_.expiry_clock.observe();
    if (!jump) return;
    const bool back = *jump < base::Seconds{0};
    // What was fetched before, or under a clock that was ahead, must not live longer for it.
    if (back) services_.cache.limit_expiry(services_.clock.wall());
    alarm({back ? Alarm::Kind::kClockBack : Alarm::Kind::kClockForward, std::nullopt, {}, jump->count(), {}});
}

void Engine::sweep() {
    const Cache::Now now{services_.expiry_clock.now(), services_.clock.mono()};
    const auto idle_days = std::chrono::ceil<std::chrono::days>(options_.idle_after);
    const auto asked_since = today() - static_cast<std::int32_t>(idle_days.count());
    const std::size_t budget = std::max(
        kEntriesAtLeast, static_cast<std::size_t>(services_.cache.stats().policies) / kRoundsForAll + 1);
    const std::uint32_t room =
        options_.refresh_concurrency - std::min(refreshes_, options_.refresh_concurrency);
    // Refreshes are due by the wall clock itself: while a jump is doubted, what it would expire is fetched.
    for (const Cache::Due& due :
         services_.cache.sweep(now, asked_since, budget, room, services_.clock.wall())) {
        if (due.kind == Cache::Due::Kind::kRefresh) start_refresh(due.domain);
    }
}

void Engine::start_refresh(const dns::Name& domain) {
    if (find_flight(domain) != nullptr || background_full()) return;
    // RFC 8461 3.3: a refresh does not come sooner after a failed fetch than any other fetch.
    const base::MonoTime now = services_.clock.mono();
    const History::Entry* failure = history_.find(domain);
    if (failure != nullptr && failure->not_before > now) {
        const auto wait = std::chrono::ceil<base::Seconds>(failure->not_before - now);
        services_.cache.reschedule(domain, std::nullopt, services_.clock.wall() + wait);
        return;
    }
    launch(domain, Cause::kRefresh);
}

}  // namespace policy
