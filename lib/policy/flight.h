// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lib/policy/engine.h"

namespace policy {

/// One lookup of one domain, from the first question to the commit of what was found: while it is in the
/// engine's table, every further question for the domain joins it. Private to the engine. Its parts are child
/// operations; destroying it cancels them.
struct Engine::Flight {
    Flight(const dns::Name& name, Cause why, base::MonoTime now) : domain(name), cause(why), started(now) {}

    dns::Name domain;
    Cause cause;
    base::MonoTime started;
    bool asked = false;      ///< a client waits or has waited: the domain counts as asked for today
    bool forgotten = false;  ///< the operator's `forget` came while the policy was on its way to the disk

    std::vector<std::uint64_t> waiters;       ///< ids; some may have gone
    std::vector<std::uint64_t> want_refresh;  ///< they asked for a fetch, and this flight may end without one

    std::optional<sts::Discovery> discovery;
    base::Pending commit;

    // What the landing has made of it.
    Evidence evidence;
    base::MonoTime recheck_at{};
    FlightReport report{domain};

    /// A refresh: fetches whatever the record says.
    bool forced() const { return cause == Cause::kRefresh || cause == Cause::kOperator; }
};

}  // namespace policy
