// SPDX-License-Identifier: MIT
#include "lib/policy/surveyor.h"

#include <algorithm>
#include <utility>

namespace policy {
namespace {

// A TTL of nothing would have every mail wait for a survey.
constexpr base::Seconds kShortest{5};
// After a failed renewal the next one waits this long.
constexpr base::Seconds kRenewAgain{60};

}  // namespace

/// One survey under way. Private to the Surveyor.
struct Surveyor::Flight {
    Flight(const Key& next_hop, std::string its_name, Quota of, base::MonoTime now)
        : name(std::move(its_name)), quota(of), started(now), report{next_hop} {}

    std::string name;
    Quota quota;
    base::MonoTime started;
    std::vector<std::uint64_t> waiters;  // ids; some may have gone
    std::optional<dane::Survey> survey;
    std::uint64_t times_cleared = 0;  // when that began
    SurveyReport report;
};

Surveyor::Surveyor(Services services, const Options& options)
    : services_(std::move(services)), options_(options), waiters_(services_.timers) {}

Surveyor::~Surveyor() {
    flights_.clear();
}

// ---- questions ----

base::Pending Surveyor::survey(const Key& key, Quota quota, Done done) {
    // The question was under way while a survey may have landed.
    if (auto known = services_.cache.peek(key, services_.clock.mono())) {
        return waiters_.answer_later(std::move(known->findings), std::move(done));
    }
    std::string buffer;
    const std::string name(survey_name(key, buffer));
    const auto found = flights_.find(name);
    Flight* const flight = found != flights_.end() ? found->second.get() : launch(key, name, quota);
    if (flight == nullptr) return waiters_.answer_later(nullptr, std::move(done));
    return waiters_.join(flight->waiters, std::move(done));
}

void Surveyor::renew(const Key& key) {
    const auto known = services_.cache.peek(key, services_.clock.mono());
    if (known && known->renew_at > services_.clock.mono()) return;  // a late hint: has been renewed
    std::string buffer;
    const std::string name(survey_name(key, buffer));
    if (flights_.find(name) != flights_.end()) return;
    if (Flight* const flight = launch(key, name, Quota::kKnownDomain)) flight->report.renewal = true;
}

// ---- flights ----

Surveyor::Flight* Surveyor::launch(const Key& key, const std::string& name, Quota quota) {
    std::uint32_t& count = under_way_[static_cast<std::size_t>(quota)];
    if (count >= options_.surveys) return nullptr;
    ++count;
    auto owned = std::make_unique<Flight>(key, name, quota, services_.clock.mono());
    Flight& flight = *owned;
    flights_.emplace(name, std::move(owned));
    look_up(flight);
    return &flight;
}

void Surveyor::look_up(Flight& flight) {
    const Key& key = flight.report.key;
    flight.times_cleared = services_.cache.times_cleared();
    flight.survey.emplace(dane::Survey::Services{services_.clock, services_.timers, services_.resolver},
                          options_.survey, dane::Survey::Task{key.domain, key.port, !key.bracketed},
                          [this, &flight](dane::Findings findings) { land(flight, std::move(findings)); });
}

void Surveyor::land(Flight& flight, dane::Findings findings) {
    // It may rest on servers, or a trust in them, that the operator has just taken back.
    if (flight.times_cleared != services_.cache.times_cleared()) return look_up(flight);
    // Out of the table first: whoever asks from now on, a waiter's callback too, finds what it has left.
    const auto node = flights_.extract(flight.name);
    --under_way_[static_cast<std::size_t>(flight.quota)];
    flight.report.took = services_.clock.mono() - flight.started;
    flight.report.found = findings.state;
    flight.report.findings = std::make_shared<const dane::Findings>(std::move(findings));
    const auto in_use = remember(flight.report);
    for (const std::uint64_t waiter : flight.waiters)
        waiters_.answer(waiter, in_use);
    if (services_.on_survey) services_.on_survey(flight.report);
}

/// What is in use from now on.
std::shared_ptr<const dane::Findings> Surveyor::remember(SurveyReport& report) {
    const base::MonoTime now = services_.clock.mono();
    const auto before = services_.cache.peek(report.key, now);
    if (before) report.before = before->findings->state;
    if (report.findings->failed() && before && !before->findings->failed()) {
        report.kept = true;
        services_.cache.put(report.key, {before->findings, before->until, now + kRenewAgain}, now);
        return before->findings;
    }
    const base::Milliseconds time = time_for(*report.findings);
    services_.cache.put(report.key, {report.findings, now + time, now + time - time / 10}, now);
    return report.findings;
}

base::Seconds Surveyor::time_for(const dane::Findings& findings) const {
    if (findings.failed()) return options_.failed_time;
    const base::Seconds time = std::clamp(findings.ttl, kShortest, std::max(kShortest, options_.longest));
    // What was left out may be back soon.
    return findings.left_out ? std::min(time, options_.failed_time) : time;
}

}  // namespace policy
