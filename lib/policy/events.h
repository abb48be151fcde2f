// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/dns/name.h"
#include "lib/policy/reason.h"
#include "lib/sts/discovery.h"
#include "lib/sts/mode.h"

namespace policy {

/// Why the engine looks a domain up.
enum class Cause : std::uint8_t { kClient, kRecheck, kRefresh, kOperator };
/// "client", "recheck", "refresh", "operator".
std::string_view to_string(Cause cause);

/// One lookup, reported once, at its end: for the log line and the counters.
struct FlightReport {
    /// What it did to what is known.
    enum class Effect : std::uint8_t {
        kNew,        ///< a policy where there was none
        kReplaced,   ///< another policy than before
        kConfirmed,  ///< the policy as it was, by record or by fetch
        kKept,       ///< something failed; the cached policy stays in force
        kNoPolicy,   ///< none before, none now
    };
    dns::Name domain;
    Cause cause = Cause::kClient;
    Effect effect = Effect::kNoPolicy;
    bool stored =
        true;  ///< false: a new policy is served but not kept (cache full) or not on disk (store failure)
    bool fetched = false;
    bool fetch_failed = false;                   ///< a fetch was made and failed; `reason` says how
    std::optional<sts::Mode> before{}, after{};  ///< mode in force
    std::string id{};                            ///< of the record, if any
    bool lax = false;
    Reason reason{};  ///< what failed or is missing
    base::Milliseconds took{0};
};
/// "new", "replaced", "confirmed", "kept", "no-policy".
std::string_view to_string(FlightReport::Effect effect);

/// Something the operator must know beyond the line of one lookup.
struct Alarm {
    enum class Kind : std::uint8_t {
        kRefreshFailing,  ///< once per domain and day
        kNearExpiry,      ///< a failing refresh and less than a quarter of the policy's life left
        kCacheFull,       ///< a new policy is served but not kept
        kStoreFailed,     ///< the disk refused a write
        kClockForward,    ///< the wall clock jumped; `amount` seconds
        kClockBack,
    };
    Kind kind = Kind::kRefreshFailing;
    std::optional<dns::Name> domain{};
    Reason reason{};
    std::int64_t amount = 0;  ///< seconds of life left, or of the jump
    std::string text{};       ///< for kStoreFailed: the store's words
};
/// "refresh-failing", "near-expiry", "cache-full", "store-failed", "clock-forward", "clock-back".
std::string_view to_string(Alarm::Kind kind);

}  // namespace policy
