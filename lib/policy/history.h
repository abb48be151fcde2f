// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "lib/base/clock.h"
#include "lib/dns/name.h"
#include "lib/policy/reason.h"

namespace policy {

/// The failed fetches of domains, bounded, in memory only: which id failed, why, and until when it is not
/// tried again (RFC 8461 3.3: five minutes; then doubling up to an hour). A success drops the entry. The
/// oldest entries make room; a forgotten back-off costs one early fetch. Engine's thread only.
class History {
  public:
    static constexpr base::Seconds kFirstDelay{300};
    static constexpr base::Seconds kLastDelay{3600};

    struct Entry {
        std::string id;              ///< of the record whose fetch failed; empty: a refresh without a record
        std::uint32_t failures = 0;  ///< in a row
        base::MonoTime not_before;
        base::WallTime last_failure{};
        std::int32_t warned_day = 0;  ///< day of the last kRefreshFailing alarm
        std::int32_t near_day = 0;    ///< day of the last kNearExpiry alarm
        Reason reason;
    };

    explicit History(std::size_t limit) : limit_(limit) {}

    const Entry* find(const dns::Name& domain) const;
    /// The same, to note the days of the alarms in.
    Entry* find(const dns::Name& domain);
    /// Counts a failure: a new id starts again at kFirstDelay.
    void record_failure(const dns::Name& domain, const std::string& id, const Reason& reason,
                        base::MonoTime mono, base::WallTime wall);
    void forget(const dns::Name& domain);

  private:
    struct Slot {
        Entry entry;
        std::list<dns::Name>::iterator age;
    };
    std::size_t limit_;
    std::list<dns::Name> by_age_;  // oldest first
    std::unordered_map<dns::Name, Slot> entries_;
};

}  // namespace policy
