// SPDX-License-Identifier: MIT
#include "lib/dane/survey.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "lib/dane/conclusion.h"

namespace dane {
namespace {

constexpr dns::LookupError kTimeUp{dns::LookupError::Kind::kTimeout, 0};

std::vector<MxHost> only(const dns::Name& host) {
    return {MxHost{0, host.text(), host}};
}

/// What stands of a host until more is known, and for ever if time is up before it is its turn.
Host not_surveyed(const MxHost& target) {
    Host host;
    host.name = target.text;
    host.preference = target.preference;
    host.status = target.name ? Host::Status::kFailed : Host::Status::kNoAddress;
    host.may_bind = target.name.has_value();
    host.error = kTimeUp;
    return host;
}

}  // namespace

Survey::Survey(Services services, const Options& options, Task task, Done done)
    : services_(services), options_(options), task_(std::move(task)), done_(std::move(done)) {
    end_pending_ = services_.timers.after(options_.total_time, [this] { give_up(); });
    if (!task_.by_mx) {
        // RFC 7672 2.2.1: without an MX lookup there is no MX RRset that could be insecure.
        findings_.mx_secure = true;
        begin(only(task_.host));
        return;
    }
    const base::Deadline deadline{services_.clock.mono() + options_.dns_time};
    mx_pending_ = services_.resolver.mx(task_.host, deadline,
                                        [this](const dns::Lookup<dns::Mx>& answer) { on_mx(answer); });
}

Survey::~Survey() = default;

void Survey::on_mx(const dns::Lookup<dns::Mx>& answer) {
    if (!answer) return fail(answer.error());
    count(answer->ttl);
    findings_.mx_secure = answer->authentic == dns::Authentic::kYes;
    // RFC 5321 5.1: where there is no MX record the domain itself is the host.
    begin(answer->records.empty() ? only(task_.host) : mx_hosts(answer->records, kMaxHosts));
}

void Survey::begin(std::vector<MxHost> targets) {
    targets_ = std::move(targets);
    std::transform(targets_.begin(), targets_.end(), std::back_inserter(findings_.hosts), not_surveyed);
    start_hosts();
    if (under_way_.empty()) finish();
}

void Survey::start_hosts() {
    for (; next_ < targets_.size() && under_way_.size() < kParallel; ++next_) {
        const std::size_t index = next_;
        if (!targets_[index].name) continue;
        HostSurvey::Task task{*targets_[index].name, task_.port, options_.dns_time};
        under_way_[index] = std::make_unique<HostSurvey>(
            services_.clock, services_.resolver, std::move(task),
            [this, index](HostSurvey::Outcome outcome) { on_host(index, std::move(outcome)); });
    }
}

void Survey::on_host(std::size_t index, HostSurvey::Outcome outcome) {
    keep(index, std::move(outcome));
    under_way_.erase(index);
    start_hosts();
    if (under_way_.empty()) finish();
}

void Survey::keep(std::size_t index, HostSurvey::Outcome outcome) {
    if (outcome.ttl) count(*outcome.ttl);
    outcome.host.preference = targets_[index].preference;
    findings_.hosts[index] = std::move(outcome.host);
}

void Survey::give_up() {
    if (targets_.empty()) return fail(kTimeUp);
    for (const auto& [index, survey] : under_way_)
        keep(index, survey->given_up());
    finish();
}

void Survey::fail(dns::LookupError error) {
    findings_.error = error;
    findings_.state = State::kMxFailed;
    finish();
}

// The only exit. The callback may destroy this object: nothing of it is touched afterwards.
void Survey::finish() {
    under_way_.clear();
    mx_pending_.reset();
    end_pending_.reset();
    if (!findings_.error) conclude(findings_);
    findings_.ttl = ttl_.value_or(base::Seconds{0});
    const Done done = std::move(done_);
    done(std::move(findings_));
}

void Survey::count(base::Seconds ttl) {
    ttl_ = std::min(ttl, ttl_.value_or(ttl));
}

}  // namespace dane
