// SPDX-License-Identifier: MIT
#include "daemon/adapters/system_clock.h"

#include <time.h>

namespace app {

base::WallTime SystemClock::wall() const {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return base::WallTime(base::Seconds(now.tv_sec));
}

base::MonoTime SystemClock::mono() const {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return base::MonoTime(base::Milliseconds(now.tv_sec * 1000 + now.tv_nsec / 1'000'000));
}

}  // namespace app
