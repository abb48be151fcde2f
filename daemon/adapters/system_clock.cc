// SPDX-License-Identifier: MIT
#include "daemon/adapters/system_clock.h"

#include <time.h>

namespace app {
namespace {

timespec read_clock(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return now;
}

base::MonoTime milliseconds(const timespec& time) {
    return base::MonoTime(base::Milliseconds(time.tv_sec * 1000 + time.tv_nsec / 1'000'000));
}

}  // namespace

base::WallTime SystemClock::wall() const {
    return base::WallTime(base::Seconds(read_clock(CLOCK_REALTIME_COARSE).tv_sec));
}

base::MonoTime SystemClock::mono() const {
    return milliseconds(read_clock(CLOCK_MONOTONIC));
}

base::WallTime CoarseClock::wall() const {
    return SystemClock().wall();
}

base::MonoTime CoarseClock::mono() const {
    return milliseconds(read_clock(CLOCK_MONOTONIC_COARSE));
}

}  // namespace app
