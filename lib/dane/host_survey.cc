// SPDX-License-Identifier: MIT
#include "lib/dane/host_survey.h"

#include <algorithm>
#include <utility>

#include "lib/dane/mx_hosts.h"
#include "lib/dane/tlsa.h"

namespace dane {
namespace {

bool is_secure(dns::Authentic authentic) {
    return authentic == dns::Authentic::kYes;
}

bool has_usable(const std::vector<dns::Tlsa>& records) {
    return std::any_of(records.begin(), records.end(),
                       [](const dns::Tlsa& record) { return usability(record) == Usability::kUsable; });
}

/// RFC 7671 7, RFC 7672 2.2.3: the name where CNAMEs lead comes first, then the one that the MX record has.
/// Last one first. What is no host name has no TLSA records below it.
std::vector<dns::Name> base_domains(const dns::Name& host, const std::string& canonical) {
    std::vector<dns::Name> domains{host};
    if (auto expanded = host_name(canonical); expanded && *expanded != host)
        domains.push_back(std::move(*expanded));
    return domains;
}

}  // namespace

HostSurvey::HostSurvey(const base::Clock& clock, dns::Resolver& resolver, Task task, Done done)
    : clock_(clock), resolver_(resolver), task_(std::move(task)), done_(std::move(done)) {
    outcome_.host.name = task_.host.text();
    outcome_.host.may_bind = true;
    v4_pending_ = resolver_.addresses(task_.host, dns::Family::kV4, deadline(),
                                      [this](Addresses answer) { on_addresses(v4_, std::move(answer)); });
    v6_pending_ = resolver_.addresses(task_.host, dns::Family::kV6, deadline(),
                                      [this](Addresses answer) { on_addresses(v6_, std::move(answer)); });
}

HostSurvey::~HostSurvey() = default;

void HostSurvey::on_addresses(std::optional<Addresses>& family, Addresses answer) {
    if (answer) {
        count(answer->ttl);
        // Records or a denial: the zone is not signed. Behind a CNAME it may be another zone than the host's.
        if (!is_secure(answer->authentic) && answer->canonical.empty()) outcome_.host.may_bind = false;
    }
    family = std::move(answer);
    if (v4_ && v6_) weigh_addresses();
}

void HostSurvey::weigh_addresses() {
    const dns::Answer<dns::Address>* const addresses = weakest_addresses();
    if (addresses == nullptr) return without_addresses();
    if (is_secure(addresses->authentic)) {
        base_domains_ = base_domains(task_.host, addresses->canonical);
        return ask_tlsa();
    }
    // RFC 7672 2.2.2: below an unsigned zone there are no TLSA records that could count, and name servers
    // there often fail to answer. The exception is a host that is itself a CNAME in a signed zone.
    if (addresses->canonical.empty()) return finish(Host::Status::kInsecure);
    ask_cname();
}

/// Of the families that have records one that is insecure, else any; null where none has.
const dns::Answer<dns::Address>* HostSurvey::weakest_addresses() const {
    const dns::Answer<dns::Address>* weakest = nullptr;
    for (const auto* family : {&v4_, &v6_}) {
        const Addresses& answer = **family;
        if (!answer || answer->records.empty()) continue;
        if (weakest == nullptr || !is_secure(answer->authentic)) weakest = &*answer;
    }
    return weakest;
}

void HostSurvey::without_addresses() {
    if (!*v4_) return fail(v4_->error());
    if (!*v6_) return fail(v6_->error());
    finish(Host::Status::kNoAddress);
}

void HostSurvey::ask_cname() {
    outcome_.host.may_bind = true;
    cname_pending_ = resolver_.cname(task_.host, deadline(),
                                     [this](const dns::Lookup<dns::Cname>& answer) { on_cname(answer); });
}

void HostSurvey::on_cname(const dns::Lookup<dns::Cname>& answer) {
    if (!answer) return fail(answer.error());
    count(answer->ttl);
    if (answer->records.empty() || !is_secure(answer->authentic)) return finish(Host::Status::kInsecure);
    base_domains_ = {task_.host};
    ask_tlsa();
}

void HostSurvey::ask_tlsa() {
    outcome_.host.may_bind = true;
    while (!base_domains_.empty()) {
        const dns::Name base = std::move(base_domains_.back());
        base_domains_.pop_back();
        // RFC 7672 2.2.3. What does not fit into a name cannot be there.
        const auto name = base.with_prefix("_" + std::to_string(task_.port) + "._tcp");
        if (!name) continue;
        tlsa_pending_ = resolver_.tlsa(
            *name, deadline(), [this, base](const dns::Lookup<dns::Tlsa>& answer) { on_tlsa(base, answer); });
        return;
    }
    finish(Host::Status::kNoTlsa);
}

void HostSurvey::on_tlsa(const dns::Name& base_domain, const dns::Lookup<dns::Tlsa>& answer) {
    // RFC 7672 2.1.2: not knowing is not the same as knowing that there are none.
    if (!answer) return fail(answer.error());
    count(answer->ttl);
    if (answer->records.empty() || !is_secure(answer->authentic)) return ask_tlsa();
    outcome_.host.base_domain = base_domain.text();
    finish(has_usable(answer->records) ? Host::Status::kUsable : Host::Status::kUnusable);
}

HostSurvey::Outcome HostSurvey::given_up() const {
    Outcome outcome = outcome_;
    outcome.host.status = Host::Status::kFailed;
    outcome.host.error = dns::LookupError{dns::LookupError::Kind::kTimeout, 0};
    return outcome;
}

void HostSurvey::fail(dns::LookupError error) {
    outcome_.host.error = error;
    finish(Host::Status::kFailed);
}

// The only exit. The callback may destroy this object: nothing of it is touched afterwards.
void HostSurvey::finish(Host::Status status) {
    outcome_.host.status = status;
    if (status != Host::Status::kFailed) outcome_.host.may_bind = false;
    const Done done = std::move(done_);
    done(std::move(outcome_));
}

void HostSurvey::count(base::Seconds ttl) {
    outcome_.ttl = std::min(ttl, outcome_.ttl.value_or(ttl));
}

base::Deadline HostSurvey::deadline() const {
    return base::Deadline{clock_.mono() + task_.dns_time};
}

}  // namespace dane
