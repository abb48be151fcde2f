// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/clock.h"

namespace app {

/// Whether the serving threads still turn: each has a count that must go up. Told of the counts a few times a
/// second. Engine's thread only.
class Liveness {
  public:
    static constexpr base::Milliseconds kStandstill{3'000};

    void look(const std::vector<std::uint64_t>& heartbeats, base::MonoTime now);
    /// What is wrong, one line each: "serving thread 1 has stood still for 4 s". Empty: all is well.
    std::vector<std::string> troubles(base::MonoTime now) const;

  private:
    struct Beat {
        std::uint64_t count = 0;
        base::MonoTime changed{};
    };
    std::vector<Beat> beats_;
    base::MonoTime looked_{};
};

}  // namespace app
