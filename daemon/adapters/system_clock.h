// SPDX-License-Identifier: MIT
#pragma once
#include "lib/base/clock.h"

namespace app {

/// The machine's clocks: CLOCK_REALTIME_COARSE in seconds and CLOCK_MONOTONIC in milliseconds, both rounded
/// down. No state, any thread, no system call (vDSO). The monotonic clock stands still while the machine is
/// suspended.
class SystemClock final : public base::Clock {
  public:
    base::WallTime wall() const override;
    base::MonoTime mono() const override;
};

/// The same clocks as the kernel's last tick left them: up to 10 ms behind, at a fifth of the price. For what
/// is asked at every request and needs no better; never ahead of SystemClock.
class CoarseClock final : public base::Clock {
  public:
    base::WallTime wall() const override;
    base::MonoTime mono() const override;
};

}  // namespace app
