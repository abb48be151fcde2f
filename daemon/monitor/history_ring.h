// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "daemon/serving/histogram.h"

namespace app {

/// What happened in each minute of the last day, for the charts: 1,440 samples of about 60 bytes. Engine's
/// thread only.
class HistoryRing {
  public:
    static constexpr std::size_t kMinutes = 24 * 60;

    /// Sums since the start of the daemon.
    struct Totals {
        std::array<std::uint64_t, 6> answers{};  ///< secure, dane, dane-only, notfound, temp, perm
        std::uint64_t fetches = 0, failed_fetches = 0;
        Histogram::Reading hits, misses;
    };
    /// What came within one minute, or several.
    struct Sample {
        std::array<std::uint32_t, 6> answers{};
        std::uint32_t fetches = 0, failed_fetches = 0;
        /// Median and 99 of 100, in the histograms' units; 0: none. Of several minutes the largest.
        std::uint32_t hit_median = 0, hit_slow = 0, miss_median = 0, miss_slow = 0;

        void add(const Sample& other);
    };

    /// Ends a minute.
    void end_minute(const Totals& totals);
    /// The last `count` stretches of `minutes` each, the oldest first; the last of them holds the minute
    /// that is running, of which `now` are the sums. Those before the start are empty.
    std::vector<Sample> stretches(std::size_t count, std::size_t minutes, const Totals& now) const;

  private:
    Sample since_last(const Totals& totals) const;

    std::deque<Sample> samples_;  // the oldest first
    Totals last_;
};

}  // namespace app
