// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ctl/check/judge.h"
#include "ctl/check/tlsa_match.h"

namespace ctl {
namespace {

using Verdict = Finding::Verdict;
using Status = dane::Host::Status;
using Test = dns::SelfTest::Verdict;

/// Nothing where the resolver validates, or was not tested.
Findings blind(const dns::SelfTest::Outcome& test) {
    if (test.verdict == Test::kValidates) return {};
    const std::string what = test.verdict == Test::kUnclear ? "it is unclear whether the resolver validates"
                                                            : "the resolver does not validate DNSSEC";
    return {{Verdict::kWarning, "resolver", "could not look at DANE: " + what + " (" + test.seen + ")",
             test.advice + "; or name one that does with --resolver"}};
}

Finding usable(const MailHostFacts& host, const std::string& tlsa_name) {
    const std::string& name = host.survey.name;
    const auto finding = [&](Verdict verdict, std::string text, std::string remedy) {
        return Finding{verdict, "dane", std::move(text), std::move(remedy), name};
    };
    const TlsFacts::Certificate* own = nullptr;
    bool fits = true;
    for (const AddressProbe& probe : host.probes) {
        const auto& chain = probe.result.tls.chain;
        if (probe.result.state != ProbeResult::State::kTls || chain.empty()) continue;
        const bool here = some_tlsa_fits(host.tlsa, chain);
        if (own == nullptr || (fits && !here)) own = &chain.front();
        fits = fits && here;
    }
    if (own == nullptr)
        return finding(Verdict::kWarning,
                       name + " has TLSA records; without its certificate they could not be compared",
                       "mend what is said of its TLS first");
    if (fits) return finding(Verdict::kOk, name + " has TLSA records that fit its certificate", "");
    return finding(
        Verdict::kWrong,
        "no TLSA record of " + name + " fits its certificate: senders with DANE do not deliver there",
        "publish at " + tlsa_name + ": TLSA " + fitting_tlsa(*own));
}

Finding of_host(const CheckFacts& facts, const MailHostFacts& host) {
    const std::string& name = host.survey.name;
    const std::string& base = host.survey.base_domain.empty() ? name : host.survey.base_domain;
    const std::string tlsa_name = "_" + std::to_string(facts.smtp_port) + "._tcp." + base;
    const auto finding = [&](Verdict verdict, std::string text, std::string remedy) {
        return Finding{verdict, "dane", std::move(text), std::move(remedy), name};
    };
    switch (host.survey.status) {
        case Status::kUsable:
            return usable(host, tlsa_name);
        case Status::kUnusable:
            return finding(Verdict::kWrong, name + " has TLSA records, none of which SMTP can use",
                           "publish one of the kind 3 1 1 at " + tlsa_name);
        case Status::kNoTlsa:
            return finding(Verdict::kOk, name + " has no TLSA records: no DANE, which MTA-STS does without",
                           "");
        case Status::kInsecure:
            return finding(Verdict::kOk,
                           name + " is not signed with DNSSEC: no DANE, which MTA-STS does without", "");
        case Status::kNoAddress:
            return finding(Verdict::kOk, name + " has no address: nothing for DANE to protect", "");
        case Status::kFailed:
            break;
    }
    if (!host.survey.may_bind)
        return finding(Verdict::kWarning,
                       "could not look for TLSA records of " + name + ": " + describe(host.survey.error),
                       "mend the DNS of that name");
    return finding(Verdict::kWrong,
                   "the DNS does not tell the TLSA records of " + name + ": " + describe(host.survey.error) +
                       "; senders with DANE do not deliver there",
                   "let the name servers answer for " + tlsa_name + ", if only that there is nothing");
}

}  // namespace

Findings judge_dane(const CheckFacts& facts) {
    const bool has_hosts = std::any_of(facts.hosts.begin(), facts.hosts.end(), [](const MailHostFacts& host) {
        return host.survey.status != Status::kNoAddress;
    });
    if (!facts.mx || !has_hosts) return {};
    Findings out;
    if (facts.resolver) {
        out = blind(*facts.resolver);
        if (!out.empty()) return out;
        out.push_back({Verdict::kOk, "resolver", "the resolver validates DNSSEC", ""});
    }
    if (!facts.mx_secure)
        out.push_back({Verdict::kOk, "dane",
                       "the MX records are not signed with DNSSEC: DANE protects only against some attacks",
                       ""});
    for (const MailHostFacts& host : facts.hosts)
        if (host.is_name) out.push_back(of_host(facts, host));
    return out;
}

}  // namespace ctl
