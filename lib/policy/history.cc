// SPDX-License-Identifier: MIT
#include "lib/policy/history.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace policy {

namespace {

// RFC 8461 3.3: at most one attempt in five minutes; the doubling and its end are our own.
base::Seconds delay_after(std::uint32_t failures) {
    base::Seconds delay = History::kFirstDelay;
    for (std::uint32_t i = 1; i < failures && delay < History::kLastDelay; ++i)
        delay *= 2;
    return std::min(delay, History::kLastDelay);
}

}  // namespace

const History::Entry* History::find(const dns::Name& domain) const {
    const auto found = entries_.find(domain);
    return found == entries_.end() ? nullptr : &found->second.entry;
}

History::Entry* History::find(const dns::Name& domain) {
    const auto found = entries_.find(domain);
    return found == entries_.end() ? nullptr : &found->second.entry;
}

void History::record_failure(const dns::Name& domain, const std::string& id, const Reason& reason,
                             base::MonoTime mono, base::WallTime wall) {
    auto found = entries_.find(domain);
    if (found == entries_.end()) {
        if (entries_.size() >= limit_ && !by_age_.empty()) {
            entries_.erase(by_age_.front());
            by_age_.pop_front();
        }
        by_age_.push_back(domain);
        found = entries_.emplace(domain, Slot{{}, std::prev(by_age_.end())}).first;
    } else {
        by_age_.splice(by_age_.end(), by_age_, found->second.age);
    }
    Entry& entry = found->second.entry;
    entry.failures = entry.id == id ? entry.failures + 1 : 1;
    entry.id = id;
    entry.not_before = mono + delay_after(entry.failures);
    entry.last_failure = wall;
    entry.reason = reason;
}

void History::forget(const dns::Name& domain) {
    const auto found = entries_.find(domain);
    if (found == entries_.end()) return;
    by_age_.erase(found->second.age);
    entries_.erase(found);
}

}  // namespace policy
