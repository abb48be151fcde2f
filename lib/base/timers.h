// SPDX-License-Identifier: MIT
#pragma once
#include <functional>

#include "lib/base/clock.h"
#include "lib/base/pending.h"

namespace base {

/// Calls back later. One implementation on the event loop, one in virtual time for tests.
class Timers {
  public:
    virtual ~Timers() = default;
    /// Runs `done` once, at least `delay` from now (at once means the next turn of the loop, never inside
    /// this call), on the loop's thread, unless the Pending is destroyed first.
    [[nodiscard]] virtual Pending after(Milliseconds delay, std::function<void()> done) = 0;
};

}  // namespace base
