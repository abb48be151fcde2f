// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/timers.h"

namespace testing_support {

/// Virtual time: clock, timers and event loop of a test. Nothing happens and no time passes except in
/// advance() and run_ready(). Starts at 2026-01-01 00:00:00 UTC. Must outlive whatever holds its Pendings.
class ManualLoop : public base::Clock, public base::Timers {
  public:
    static constexpr base::WallTime kStart{base::Seconds{1767225600}};

    ManualLoop() = default;
    ManualLoop(const ManualLoop&) = delete;
    ManualLoop& operator=(const ManualLoop&) = delete;

    base::WallTime wall() const override {
        return base::WallTime{std::chrono::floor<base::Seconds>(mono_.time_since_epoch() + wall_offset_)};
    }
    base::MonoTime mono() const override { return mono_; }

    base::Pending after(base::Milliseconds delay, std::function<void()> done) override {
        const std::uint64_t id = schedule(delay, std::move(done));
        return base::Pending(this, &ManualLoop::cancel, id);
    }
    /// Runs `work` in the next turn; cannot be cancelled.
    void post(std::function<void()> work) { schedule(base::Milliseconds{0}, std::move(work)); }

    /// Lets time pass: both clocks move on together, stopping at each due timer, which runs at its own time.
    /// Timers started on the way run too, if they are due.
    void advance(base::Milliseconds time) {
        const base::MonoTime end = mono_ + time;
        run_until(end);
        mono_ = end;
    }
    /// The machine is suspended for `time`: nothing runs meanwhile, and what fell due runs late, all at once.
    void stand_still(base::Milliseconds time) {
        mono_ += time;
        run_ready();
    }
    /// Runs what is due now, and what that makes due now, without time passing.
    void run_ready() { run_until(mono_); }
    /// Moves the time of day alone, as an operator or NTP does. Timers do not notice.
    void set_wall(base::WallTime to) { wall_offset_ = to.time_since_epoch() - mono_.time_since_epoch(); }

    /// Timers and posted work that have not run yet.
    std::size_t waiting() const { return due_.size(); }

  private:
    using Key = std::pair<base::MonoTime, std::uint64_t>;

    std::uint64_t schedule(base::Milliseconds delay, std::function<void()> done) {
        const base::MonoTime at = mono_ + std::max(delay, base::Milliseconds{0});
        const std::uint64_t id = ++last_id_;
        due_.emplace(Key{at, id}, std::move(done));
        time_of_.emplace(id, at);
        return id;
    }
    static void cancel(void* self, std::uint64_t id) noexcept {
        auto& loop = *static_cast<ManualLoop*>(self);
        const auto found = loop.time_of_.find(id);
        if (found == loop.time_of_.end()) return;
        // The callback may own what cancels again: taken out first, destroyed last.
        const auto node = loop.due_.extract(Key{found->second, id});
        loop.time_of_.erase(found);
    }
    void run_until(base::MonoTime end) {
        int runs_without_time = 0;
        while (!due_.empty() && due_.begin()->first.first <= end) {
            auto node = due_.extract(due_.begin());
            const auto& [at, id] = node.key();
            time_of_.erase(id);
            runs_without_time = at > mono_ ? 0 : runs_without_time + 1;
            if (runs_without_time > kMaxRunsWithoutTime) throw std::logic_error("work begets work for ever");
            if (at > mono_) mono_ = at;
            const std::function<void()> done = std::move(node.mapped());
            done();
        }
    }

    static constexpr int kMaxRunsWithoutTime = 10'000'000;
    base::MonoTime mono_{base::Seconds{1'000'000}};
    base::Milliseconds wall_offset_ = kStart.time_since_epoch() - base::Seconds{1'000'000};
    std::uint64_t last_id_ = 0;
    std::map<Key, std::function<void()>> due_;
    std::unordered_map<std::uint64_t, base::MonoTime> time_of_;
};

}  // namespace testing_support
