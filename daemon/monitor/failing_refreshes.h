// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <unordered_map>
#include <vector>

#include "lib/base/clock.h"
#include "lib/policy/cache.h"
#include "lib/policy/events.h"

namespace app {

/// The domains whose policy is in force while fetching it again fails: what an operator must see before they
/// expire. Learnt from the reports of lookups; bounded, in memory only (after a restart the first failure of
/// each brings it back). Policies of mode none are left out: nothing is lost with them. Engine's thread only.
class FailingRefreshes {
  public:
    static constexpr std::size_t kMax = 10'000;

    struct Entry {
        dns::Name domain;
        sts::Mode mode = sts::Mode::kNone;
        base::WallTime since{}, expires{};
        policy::Reason reason{};   ///< of the last failure
        bool near_expiry = false;  ///< less than a quarter of its life is left
    };

    void note(const policy::FlightReport& report, base::WallTime now);
    /// Those of which the policy is still in force, the one that expires first before the others.
    std::vector<Entry> list(const policy::Cache& cache, base::WallTime now);

  private:
    struct Failure {
        base::WallTime since;
        policy::Reason reason;
    };
    std::unordered_map<dns::Name, Failure> failures_;
};

}  // namespace app
