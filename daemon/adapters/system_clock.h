// SPDX-License-Identifier: MIT
#pragma once
#include "lib/base/clock.h"

namespace app {

/// The machine's clocks: CLOCK_REALTIME in seconds and CLOCK_MONOTONIC in milliseconds, both rounded down. No
/// state, any thread, no system call (vDSO). The monotonic clock stands still while the machine is suspended.
class SystemClock final : public base::Clock {
  public:
    base::WallTime wall() const override;
    base::MonoTime mono() const override;
};

}  // namespace app
