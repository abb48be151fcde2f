// SPDX-License-Identifier: MIT
// When a landed flight lets the domain be looked at again: the recheck and refresh clocks of its policy.
#include <algorithm>
#include <chrono>

#include "lib/policy/engine.h"

namespace policy {

namespace {

// RFC 8461 8.1: a cache in front of the policy host may go on serving the old file after the record has
// changed. When a new id came with the old body: fetches 10 minutes and an hour after it.
constexpr std::uint8_t kRefetches = 2;
constexpr base::Seconds kFirstRefetch{600}, kSecondRefetch{3600 - 600};

// The id changed, but the file behind it did not.
bool is_old_body_under_new_id(const PolicyRecord& record, const Cache::Known* known) {
    return known != nullptr && known->record.body == record.body && known->record.id != record.id;
}

}  // namespace

base::MonoTime Engine::next_recheck(const sts::Found& found, const dns::Name& domain) const {
    const base::MonoTime now = services_.clock.mono();
    base::MonoTime at = now + options_.recheck_min;
    if (found.record != sts::Found::RecordState::kUnknown) {
        at = now + std::max(options_.recheck_min, std::min(found.record_ttl, options_.recheck_max));
    }
    // A new id whose fetch failed is tried again as soon as that is allowed, not a whole TTL later.
    const bool wants_fetch = found.policy_state == sts::Found::PolicyState::kFailed ||
                             found.policy_state == sts::Found::PolicyState::kHeldBack;
    const History::Entry* failure = history_.find(domain);
    if (wants_fetch && failure != nullptr) {
        at = std::min(at, std::max(failure->not_before, now + options_.recheck_min));
    }
    return at;
}

base::Seconds Engine::refresh_period(std::uint32_t max_age) const {
    // A quarter of the life, so that several failures in a row do no harm. Not more often than a recheck: a
    // max_age of seconds must not make us a load generator.
    const base::Seconds quarter{max_age / 4};
    return std::min(options_.refresh_interval, std::max(quarter, options_.recheck_min));
}

void Engine::plan_refresh(PolicyRecord& record, const Cache::Known* known) const {
    // Brought forward at random by up to a tenth, so that domains looked up together are not refreshed
    // together.
    const base::Seconds period = refresh_period(record.max_age);
    record.refresh_at = record.fetched + period - period * (services_.random() % 1001) / 10000;

    base::Seconds refetch{0};
    if (is_old_body_under_new_id(record, known)) {
        record.refetch_stage = kRefetches;
        refetch = kFirstRefetch;
    } else if (known != nullptr && known->record.body == record.body && known->record.refetch_stage > 0) {
        record.refetch_stage = static_cast<std::uint8_t>(known->record.refetch_stage - 1);
        refetch = record.refetch_stage > 0 ? kSecondRefetch : base::Seconds{0};
    }
    if (refetch > base::Seconds{0}) record.refresh_at = std::min(record.refresh_at, record.fetched + refetch);
}

std::int32_t Engine::today() const {
    const auto days = std::chrono::floor<std::chrono::days>(services_.expiry_clock.now().time_since_epoch());
    return static_cast<std::int32_t>(days.count());
}

}  // namespace policy
