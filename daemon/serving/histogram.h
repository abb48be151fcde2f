// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace app {

/// Counts of durations in buckets that double: up to 1, 2, 4 ... units, and one for what is longer than all.
/// Recorded by one thread, read by any (relaxed atomics, as in Counters): a reading may miss the latest.
class Histogram {
  public:
    static constexpr std::size_t kBounds = 18;
    /// A plain copy, or a sum of several.
    struct Reading {
        std::array<std::uint64_t, kBounds + 1> counts{};  ///< the last: above the last bound
        std::uint64_t sum = 0;                            ///< of the values

        std::uint64_t total() const {
            std::uint64_t n = 0;
            for (const std::uint64_t count : counts)
                n += count;
            return n;
        }
        /// What came since `before`.
        Reading since(const Reading& before) const {
            Reading out;
            for (std::size_t i = 0; i < counts.size(); ++i)
                out.counts[i] = counts[i] - before.counts[i];
            out.sum = sum - before.sum;
            return out;
        }
        /// The bound, in units, below which `share` (0 to 1) of the values lie; 0 where there is none. For
        /// the longest the last bound is given.
        std::uint64_t quantile(double share) const {
            const auto wanted = static_cast<double>(total()) * share;
            double seen = 0;
            for (std::size_t i = 0; i < kBounds; ++i) {
                seen += static_cast<double>(counts[i]);
                if (seen > 0 && seen >= wanted) return bound(i);
            }
            return seen < wanted ? bound(kBounds - 1) : 0;
        }
    };

    /// `unit`: the first bound, in what is recorded.
    explicit Histogram(std::uint64_t unit) : unit_(unit) {}

    static constexpr std::uint64_t bound(std::size_t bucket) { return std::uint64_t{1} << bucket; }
    std::uint64_t unit() const { return unit_; }

    void record(std::uint64_t value) {
        const std::uint64_t units = (value + unit_ - 1) / unit_;
        const std::size_t bucket = units <= 1 ? 0 : static_cast<std::size_t>(std::bit_width(units - 1));
        add(counts_[bucket < kBounds ? bucket : kBounds], 1);
        add(sum_, value);
    }

    void add_to(Reading& reading) const {
        for (std::size_t i = 0; i < counts_.size(); ++i)
            reading.counts[i] += counts_[i].load(std::memory_order_relaxed);
        reading.sum += sum_.load(std::memory_order_relaxed);
    }

  private:
    using Counter = std::atomic<std::uint64_t>;
    static void add(Counter& counter, std::uint64_t n) {
        counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }

    const std::uint64_t unit_;
    std::array<Counter, kBounds + 1> counts_{};
    Counter sum_{0};
};

}  // namespace app
