// SPDX-License-Identifier: MIT
#include "lib/dns/self_test.h"

#include <utility>

namespace dns {

namespace {

using Verdict = SelfTest::Verdict;

constexpr int kServFail = 2;

constexpr const char* kAdviceNotSigned =
    "let the DNS server validate (DNSSEC); if it does, and the way to it is safe, set dns.trust_ad";
constexpr const char* kAdviceBogus =
    "let the DNS server, each of them if there are several, validate (DNSSEC)";
constexpr const char* kAdviceUnclear =
    "check that the DNS server answers for these names; where it cannot, as in a closed network, set "
    "dns.test_signed and dns.test_bogus to names that it knows";

// A validating resolver answers SERVFAIL for what fails validation (RFC 4035 5.5); other errors say nothing.
bool is_servfail(const Lookup<Address>& answer) {
    return !answer && answer.error().kind == LookupError::Kind::kServerFailure &&
           answer.error().rcode == kServFail;
}

bool has_address(const Lookup<Address>& answer) {
    return answer && !answer->records.empty();
}

std::string describe(const Lookup<Address>& answer) {
    if (!answer) return describe(answer.error());
    return answer->records.empty() ? "no address" : answer->records.front().text();
}

}  // namespace

SelfTest::SelfTest(const base::Clock& clock, Resolver& resolver, const Options& options, Done done)
    : options_(options), done_(std::move(done)) {
    const base::Deadline deadline{clock.mono() + options_.time};
    if (options_.signed_name) {
        ++open_;
        signed_pending_ =
            resolver.ns(*options_.signed_name, deadline, [this](const auto& answer) { on_signed(answer); });
    }
    if (options_.bogus_name) {
        open_ += 2;
        v4_pending_ = resolver.addresses(*options_.bogus_name, Family::kV4, deadline,
                                         [this](const auto& answer) { on_bogus(Family::kV4, answer); });
        v6_pending_ = resolver.addresses(*options_.bogus_name, Family::kV6, deadline,
                                         [this](const auto& answer) { on_bogus(Family::kV6, answer); });
    }
}

SelfTest::~SelfTest() = default;

void SelfTest::on_signed(const Lookup<Ns>& answer) {
    if (!answer) {
        signed_ = Verdict::kUnclear;
        signed_seen_ = dns::describe(answer.error());
    } else if (answer->records.empty()) {
        signed_ = Verdict::kUnclear;
        signed_seen_ = "no NS records";
    } else if (answer->authentic == Authentic::kNo) {
        signed_ = Verdict::kDoesNotValidate;
        signed_seen_ = "NS records, not authentic (no AD bit from a server that is trusted)";
    } else {
        signed_seen_ = "authentic NS records";
    }
    one_less();
}

void SelfTest::on_bogus(Family family, const Lookup<Address>& answer) {
    (family == Family::kV4 ? v4_ : v6_) = answer;
    if (v4_ && v6_) judge_bogus();
    one_less();
}

// One address is one too many. The name may have addresses of one family only, so one SERVFAIL is enough.
void SelfTest::judge_bogus() {
    const Lookup<Address>& telling =
        has_address(*v4_) || (is_servfail(*v4_) && !has_address(*v6_)) ? *v4_ : *v6_;
    if (has_address(telling)) {
        bogus_ = Verdict::kDoesNotValidate;
        bogus_seen_ = "an address (" + describe(telling) + ")";
    } else if (is_servfail(telling)) {
        bogus_seen_ = "SERVFAIL";
    } else {
        bogus_ = Verdict::kUnclear;
        bogus_seen_ = describe(*v4_);
        if (describe(*v6_) != bogus_seen_) bogus_seen_ += ", " + describe(*v6_);
    }
}

void SelfTest::one_less() {
    if (--open_ == 0) finish();
}

void SelfTest::finish() {
    Outcome outcome;
    if (signed_ == Verdict::kDoesNotValidate) {
        outcome.verdict = Verdict::kDoesNotValidate;
        outcome.advice = kAdviceNotSigned;
    } else if (bogus_ == Verdict::kDoesNotValidate) {
        outcome.verdict = Verdict::kDoesNotValidate;
        outcome.advice = kAdviceBogus;
    } else if (signed_ == Verdict::kUnclear || bogus_ == Verdict::kUnclear) {
        outcome.advice = kAdviceUnclear;
    } else {
        outcome.verdict = Verdict::kValidates;
    }
    if (options_.signed_name) outcome.seen = options_.signed_name->text() + ": " + signed_seen_;
    if (options_.bogus_name) {
        if (!outcome.seen.empty()) outcome.seen += "; ";
        outcome.seen += options_.bogus_name->text() + ": " + bogus_seen_;
    }
    const Done done = std::move(done_);
    done(std::move(outcome));
}

}  // namespace dns
