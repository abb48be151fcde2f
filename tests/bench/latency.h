// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <vector>

namespace bench {

/// Times of requests, every one of them.
class Latency {
  public:
    void add(std::uint64_t nanoseconds) { samples_.push_back(static_cast<std::uint32_t>(nanoseconds / 100)); }
    void reserve(std::size_t count) { samples_.reserve(count); }
    std::size_t count() const { return samples_.size(); }
    /// Microseconds within which `share` (0 to 1) of them were done; 0 without any. Reorders.
    double quantile(double share);

  private:
    std::vector<std::uint32_t> samples_;  // tenths of a microsecond
};

/// CPU time that all threads of a process have used, in nanoseconds; 0 where it cannot be read.
std::uint64_t cpu_time_of(int pid);
/// Resident memory of a process in KiB; 0 where it cannot be read.
std::uint64_t resident_of(int pid);

}  // namespace bench
