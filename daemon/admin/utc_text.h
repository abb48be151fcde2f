// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "lib/base/clock.h"

namespace app {

/// A time of day for people and logs: "2026-01-31T12:00:00Z". Any thread.
std::string utc_text(base::WallTime time);

}  // namespace app
