// SPDX-License-Identifier: MIT
// The once-a-second round: what the clock does, what expires, what is to be refreshed. There is no timer per
// policy: a sweep through the cache finds what is due, and RefreshQueue says what of it comes next.
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
constexpr std::size_t kEntriesAtLeast = 20000;  // a small one each second
constexpr std::size_t kSlice = 2000;            // then others have their turn: a fraction of a millisecond

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
    refresh_queue_.next_second();
    const auto policies = static_cast<std::size_t>(services_.cache.stats().policies);
    sweep(std::max(kEntriesAtLeast, policies / kRoundsForAll + 1));
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

void Engine::sweep(std::size_t entries) {
    const Cache::Now now{services_.expiry_clock.now(), services_.clock.mono()};
    const auto idle_days = std::chrono::ceil<std::chrono::days>(options_.idle_after);
    const std::int32_t asked_since = today() - static_cast<std::int32_t>(idle_days.count());
    // Refreshes are due by the wall clock itself: while a jump is doubted, what it would expire is fetched.
    const base::WallTime wall = services_.clock.wall();
    const auto look = [&](const Cache::Seen& policy) {
        if (policy.asked_day >= asked_since) look_at(policy, wall);
    };
    const Cache::Swept swept = services_.cache.sweep(now, std::min(entries, kSlice), look);
    if (swept.around) refresh_queue_.set_need(std::exchange(need_so_far_, 0));
    if (!swept.around && entries > kSlice) {
        rest_of_sweep_ =
            services_.timers.after(base::Milliseconds{0}, [this, left = entries - kSlice] { sweep(left); });
    } else {
        start_refreshes();
    }
}

// Under a lock of the cache's.
void Engine::look_at(const Cache::Seen& policy, base::WallTime now) {
    need_so_far_ += 1.0 / static_cast<double>(refresh_period(policy.max_age).count());
    if (policy.refresh_at > now) return;
    const bool dying =
        policy.mode != sts::Mode::kNone && policy.expires() - now < base::Seconds{policy.max_age} / 4;
    // A file that a new id may have left behind does not wait behind those which are merely due.
    const base::WallTime until = policy.refetch ? policy.refresh_at : policy.expires();
    refresh_queue_.offer({policy.domain, policy.refresh_at, until, policy.refetch || dying});
}

void Engine::start_refreshes() {
    while (refreshes_ < options_.refresh_concurrency && !background_full()) {
        const std::optional<dns::Name> domain = refresh_queue_.take();
        if (!domain) return;
        if (!start_refresh(*domain)) refresh_queue_.not_begun();
    }
}

// False: there is nothing to be done now.
bool Engine::start_refresh(const dns::Name& domain) {
    const std::optional<base::WallTime> due = services_.cache.refresh_at(domain);
    if (!due || *due > services_.clock.wall() || find_flight(domain) != nullptr) return false;
    // RFC 8461 3.3: a refresh does not come sooner after a failed fetch than any other fetch.
    const base::MonoTime now = services_.clock.mono();
    const History::Entry* failure = history_.find(domain);
    if (failure != nullptr && failure->not_before > now) {
        const auto wait = std::chrono::ceil<base::Seconds>(failure->not_before - now);
        services_.cache.reschedule(domain, std::nullopt, services_.clock.wall() + wait);
        return false;
    }
    launch(domain, Cause::kRefresh);
    return true;
}

}  // namespace policy
