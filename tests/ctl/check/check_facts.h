// SPDX-License-Identifier: MIT
#pragma once
#include <openssl/x509_vfy.h>

#include <string>
#include <vector>

#include "ctl/check/judge.h"

namespace testing_support {

inline constexpr base::WallTime kNow{base::Seconds{1'800'000'000}};
inline constexpr base::Seconds kDay{86400};

inline dns::Name name(const std::string& text) {
    return *dns::Name::parse(text);
}

inline dns::Address address(const std::string& text) {
    return *dns::Address::parse(text);
}

/// What a server with a good certificate for `host` shows.
inline ctl::ProbeResult good_probe(const std::string& host) {
    ctl::ProbeResult probe;
    probe.state = ctl::ProbeResult::State::kTls;
    probe.connected = true;
    probe.tls.version = "TLSv1.3";
    probe.tls.chain = {{"own", "key"}, {"intermediate", "its key"}};
    probe.tls.names = {host};
    probe.tls.name_fits = true;
    probe.tls.not_before = kNow - 30 * kDay;
    probe.tls.not_after = kNow + 60 * kDay;
    return probe;
}

inline ctl::AddressFacts addresses(const std::string& text) {
    ctl::AddressFacts facts;
    facts.all = facts.usable = {address(text)};
    return facts;
}

inline ctl::MailHostFacts mail_host(const std::string& host, std::uint16_t preference = 10) {
    ctl::MailHostFacts facts;
    facts.survey.name = host;
    facts.survey.preference = preference;
    facts.survey.status = dane::Host::Status::kNoTlsa;
    facts.addresses = addresses("9.9.9.9");
    facts.probes = {{address("9.9.9.9"), good_probe(host)}};
    return facts;
}

inline void set_record(ctl::CheckFacts& facts, const std::vector<std::string>& texts) {
    dns::Answer<dns::Txt> answer;
    for (const std::string& text : texts)
        answer.records.push_back({text});
    facts.found.record_text = texts.empty() ? "" : texts.front();
    facts.record = answer;
}

inline void set_policy(ctl::CheckFacts& facts, const std::string& body) {
    facts.found.body = body;
    const auto policy = sts::parse_policy(facts.found.body);
    if (policy) {
        facts.found.policy = *policy;
        facts.found.policy_state = sts::Found::PolicyState::kFetched;
    } else {
        facts.found.policy_state = sts::Found::PolicyState::kFailed;
        facts.found.failure = sts::failure_of(policy.error());
    }
    facts.response = https::Response{200, "text/plain", "", body};
}

/// The fetch that failed.
inline void set_failure(ctl::CheckFacts& facts, sts::FetchFailure::Class cls, int detail = 0) {
    facts.found.policy_state = sts::Found::PolicyState::kFailed;
    facts.found.failure = {cls, detail};
}

inline void set_reports(ctl::CheckFacts& facts, const std::vector<std::string>& texts) {
    dns::Answer<dns::Txt> answer;
    for (const std::string& text : texts)
        answer.records.push_back({text});
    facts.reports = answer;
}

/// A domain that does everything right.
inline ctl::CheckFacts good_facts() {
    ctl::CheckFacts facts(name("a.example"));
    facts.now = kNow;
    set_record(facts, {"v=STSv1; id=1;"});
    facts.found.record = sts::Found::RecordState::kLive;
    facts.found.id = "1";
    facts.policy_host = addresses("9.9.9.8");
    facts.policy_probe = good_probe("mta-sts.a.example");
    set_policy(facts, "version: STSv1\nmode: enforce\nmx: mx.a.example\nmx: *.b.example\nmax_age: 2592000\n");
    dns::Answer<dns::Mx> mx;
    mx.records = {{10, "mx.a.example"}, {20, "mx.b.example"}};
    facts.mx = mx;
    facts.mx_secure = true;
    facts.hosts = {mail_host("mx.a.example"), mail_host("mx.b.example", 20)};
    set_reports(facts, {"v=TLSRPTv1; rua=mailto:tls@a.example"});
    facts.resolver = dns::SelfTest::Outcome{dns::SelfTest::Verdict::kValidates, "", ""};
    return facts;
}

/// "wrong:record warning:mode": what is not right. Each must have a remedy, and every point a heading.
inline std::string complaints(const ctl::Findings& findings) {
    std::string out;
    for (const ctl::Finding& finding : findings) {
        CAPTURE(finding.text);
        CHECK(!ctl::heading_of(finding.point).empty());
        CHECK(!finding.text.empty());
        const bool fine = finding.verdict == ctl::Finding::Verdict::kOk;
        CHECK(finding.remedy.empty() == fine);
        if (!fine)
            out += (out.empty() ? "" : " ") + std::string(to_string(finding.verdict)) + ":" + finding.point;
    }
    return out;
}

/// All texts and remedies, to look for words in.
inline std::string words(const ctl::Findings& findings) {
    std::string out;
    for (const ctl::Finding& finding : findings)
        out += finding.text + " -> " + finding.remedy + "\n";
    return out;
}

}  // namespace testing_support
