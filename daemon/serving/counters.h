// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <atomic>
#include <cstdint>

#include "daemon/serving/histogram.h"
#include "daemon/serving/temp_reasons.h"

namespace app {

/// What one serving thread has done since the start. Written by that thread alone, read by the engine's (sums
/// for `status` and metrics): relaxed atomics, a block per thread, so that threads do not share cache lines.
struct alignas(64) Counters {
    using Counter = std::atomic<std::uint64_t>;
    Counter answers_secure{0}, answers_dane{0}, answers_dane_only{0}, answers_notfound{0}, answers_temp{0},
        answers_perm{0};
    Counter hits{0}, misses{0}, refused_keys{0}, unknown_maps{0}, dane_queries{0};
    Counter malformed_frames{0}, oversized_frames{0}, stalled_frames{0}, late_answers{0};
    std::array<Counter, kTempReasons> temps{};  ///< answers_temp by temp_reason()
    Histogram hit_times{100};                   ///< in ns; of one hit in kHitSample
    Histogram miss_times{1};                    ///< in ms; of every request that waited for the engine
    Counter connections_accepted{0}, connections_open{0}, accept_errors{0};

    /// Reading the clock twice costs as much as a tenth of a hit. A prime: not always the same place in a
    /// batch of requests.
    static constexpr std::uint32_t kHitSample = 61;

    static void add(Counter& counter, std::uint64_t n = 1) {
        // One writer: a plain load and store do, and cost less than a locked instruction.
        counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    static void subtract(Counter& counter) {
        counter.store(counter.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    }
};

}  // namespace app
