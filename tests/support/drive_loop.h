// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>

#include "daemon/adapters/event_loop.h"

namespace testing_support {

/// Turns the loop until `done()` holds; false if that does not happen within `guard`. The guard is for broken
/// code only: no test waits for it.
template <class Done>
[[nodiscard]] bool drive(app::EventLoop& loop, Done done,
                         base::Milliseconds guard = std::chrono::seconds(20)) {
    bool late = false;
    const base::Pending timer = loop.after(guard, [&late] { late = true; });
    while (!done()) {
        if (late) return false;
        loop.run_once();
    }
    return true;
}

}  // namespace testing_support
