// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstdint>
#include <optional>

#include "lib/base/clock.h"

namespace policy {

/// The time by which policies expire: the wall clock, doubted where it jumps. A jump forward by more than an
/// hour against the monotonic clock does not expire anything for an hour (during which what it would expire
/// is refreshed); then the wall clock is believed. A further jump meanwhile is doubted for an hour of its
/// own. At start the wall clock is believed. A fetch is stamped, and refreshes become due, by the wall clock
/// itself even while it is doubted: otherwise what is refreshed in that hour would expire at its end, and
/// nothing would be refreshed. now() and doubting() from any thread; observe() on the engine thread, about
/// once a second.
class ExpiryClock {
  public:
    static constexpr base::Seconds kDoubtedJump{3600};
    static constexpr base::Seconds kGrace{3600};

    explicit ExpiryClock(const base::Clock& clock);

    /// The time for judging expiry. A jump is doubted from its first moment, before observe() has seen it.
    base::WallTime now() const { return now(clock_.mono()); }
    /// The same for who has just read the monotonic clock.
    base::WallTime now(base::MonoTime mono) const;

    /// A jump seen for the first time since the last call: seconds forward (over kDoubtedJump), or back
    /// (negative, more than a few seconds; the caller then limits entries that would expire too late).
    std::optional<base::Seconds> observe();
    /// True while a jump forward is doubted.
    bool doubting() const;

  private:
    std::int64_t offset() const;  // wall minus monotonic, seconds
    bool doubtful(std::int64_t offset) const;

    const base::Clock& clock_;
    std::atomic<std::int64_t> believed_offset_;
    // Of the engine's thread:
    std::int64_t seen_offset_;                 // at the last observe()
    std::optional<std::int64_t> doubt_until_;  // monotonic, seconds
};

}  // namespace policy
