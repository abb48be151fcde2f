// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/dane/survey.h"
#include "lib/dns/name.h"
#include "lib/policy/reason.h"
#include "lib/sts/mode.h"
#include "lib/sts/policy.h"

namespace policy {

/// A policy as decide() and to_postfix() see it: views into a cache entry (valid under its lock) or a
/// PolicyRecord.
struct PolicyView {
    std::string_view id;
    sts::Mode mode = sts::Mode::kNone;
    bool lax = false;           ///< parsed with lenience; parse the body again for the reasons
    std::uint32_t max_age = 0;  ///< seconds
    base::WallTime fetched{};   ///< last successful fetch
    std::string_view body;      ///< as served
    std::span<const sts::MxSpan> mx;

    base::WallTime expires() const { return fetched + base::Seconds(max_age); }
};

/// One domain's policy as it is stored: what the cache's entry and the database's row hold. Owned, a plain
/// value.
struct PolicyRecord {
    dns::Name domain;
    std::string id{};
    sts::Mode mode = sts::Mode::kNone;
    bool lax = false;
    std::uint32_t max_age = 0;
    base::WallTime fetched{};
    base::WallTime refresh_at{};  ///< when to fetch again even if nothing changes
    std::uint8_t refetch_stage =
        0;  ///< 2, 1: fetches still to make because a new id came with an old body; 0: none
    std::int32_t asked_day = 0;  ///< days since 1970-01-01 UTC on which a client last asked
    std::string body{};
    std::vector<sts::MxSpan> mx{};  ///< into body
    std::string record_text{};      ///< on disk and in `explain` only, not in the cache
    std::string last_error{};       ///< likewise

    PolicyView view() const { return {id, mode, lax, max_age, fetched, body, mx}; }
    base::WallTime expires() const { return fetched + base::Seconds(max_age); }
};

/// What is known of a next hop at the end of a lookup, for those who waited: a policy (of any mode, even one
/// whose max_age is over already), or why there is none; and the survey of its MX hosts, where one was asked
/// for and too many were not under way. Shared, because waiters on several threads read it after the flight
/// is gone.
struct Evidence {
    std::shared_ptr<const PolicyRecord> policy;
    Reason reason{};
    std::shared_ptr<const dane::Findings> survey{};
};

}  // namespace policy
