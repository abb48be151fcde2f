// SPDX-License-Identifier: MIT
#include "lib/policy/expiry_clock.h"

namespace policy {
namespace {

// Small steps back are what time keeping does.
constexpr std::int64_t kIgnoredStepBack = 5;

std::int64_t seconds(base::MonoTime time) {
    return std::chrono::floor<base::Seconds>(time.time_since_epoch()).count();
}

}  // namespace

ExpiryClock::ExpiryClock(const base::Clock& clock)
    : clock_(clock), believed_offset_(offset()), seen_offset_(offset()) {}

std::int64_t ExpiryClock::offset() const {
    return clock_.wall().time_since_epoch().count() - seconds(clock_.mono());
}

bool ExpiryClock::doubtful(std::int64_t offset) const {
    return offset - believed_offset_.load(std::memory_order_relaxed) > kDoubtedJump.count();
}

base::WallTime ExpiryClock::now(base::MonoTime mono) const {
    // A jump is doubted here even before observe() has seen it.
    const std::int64_t wall = clock_.wall().time_since_epoch().count();
    const std::int64_t believed = believed_offset_.load(std::memory_order_relaxed);
    const bool doubted = doubtful(wall - seconds(mono));
    return base::WallTime(base::Seconds(doubted ? seconds(mono) + believed : wall));
}

std::optional<base::Seconds> ExpiryClock::observe() {
    const std::int64_t current = offset();
    const std::int64_t jump = current - seen_offset_;
    const std::int64_t mono = seconds(clock_.mono());
    seen_offset_ = current;

    if (!doubtful(current)) {
        doubt_until_.reset();
        believed_offset_.store(current, std::memory_order_relaxed);
    } else if (jump > kDoubtedJump.count() || !doubt_until_) {
        // A further jump is doubted for an hour of its own.
        doubt_until_ = mono + kGrace.count();
    } else if (mono >= *doubt_until_) {
        doubt_until_.reset();
        believed_offset_.store(current, std::memory_order_relaxed);
    }
    if (jump > kDoubtedJump.count() || jump < -kIgnoredStepBack) return base::Seconds(jump);
    return std::nullopt;
}

bool ExpiryClock::doubting() const {
    return doubtful(offset());
}

}  // namespace policy
