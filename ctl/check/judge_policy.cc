// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ctl/check/judge.h"
#include "lib/sts/mx_pattern.h"

namespace ctl {
namespace {

using Verdict = Finding::Verdict;

constexpr std::uint32_t kWeek = 7 * 86400;

Finding bad_policy(const CheckFacts& facts) {
    return {Verdict::kWrong, "policy", "the file is no policy: " + describe(facts.found.failure),
            "write version, mode, mx and max_age on lines of their own; mta-stsctl check-policy FILE helps"};
}

std::string remedy_of(sts::LaxReason::Kind kind) {
    switch (kind) {
        case sts::LaxReason::Kind::kBlankLine:
            return "take the blank line away";
        case sts::LaxReason::Kind::kByteOrderMark:
            return "save the file without a byte order mark";
        case sts::LaxReason::Kind::kFinalDot:
            return "write the name without the dot at its end";
        case sts::LaxReason::Kind::kUnusableMx:
            return "name a mail host by its DNS name (A-labels), or *. and a domain";
    }
    return "write it as RFC 8461 3.2 says";
}

Finding mode(const sts::Policy& policy) {
    switch (policy.mode) {
        case sts::Mode::kEnforce:
            return {Verdict::kOk, "mode", "enforce: mail comes over verified TLS or not at all", ""};
        case sts::Mode::kTesting:
            return {Verdict::kWarning, "mode", "testing: mail comes even where TLS fails",
                    "set mode: enforce and a new id once the reports are good"};
        case sts::Mode::kNone:
            break;
    }
    return {Verdict::kWarning, "mode", "none: MTA-STS is switched off",
            "set mode: testing, later enforce, and a new id"};
}

std::string age_text(std::uint32_t seconds) {
    constexpr std::uint32_t kDay = 86400;
    const std::string text = "max_age " + std::to_string(seconds);
    if (seconds < kDay) return text + " (less than a day)";
    return text + " (" + std::to_string(seconds / kDay) + (seconds < 2 * kDay ? " day)" : " days)");
}

Finding max_age(const sts::Policy& policy) {
    // RFC 8461 3.2 expects weeks or more; in a test a mistake should not last that long.
    if (policy.mode == sts::Mode::kEnforce && policy.max_age < kWeek)
        return {Verdict::kWarning, "max-age",
                age_text(policy.max_age) + ": senders that write seldom are hardly protected",
                "set weeks or more, such as max_age: 2592000"};
    return {Verdict::kOk, "max-age", age_text(policy.max_age), ""};
}

void patterns(Findings& out, const CheckFacts& facts) {
    // Where the hosts are not known nothing can be said of what fits them.
    if (!facts.mx || facts.hosts.empty()) return;
    for (const sts::MxSpan& span : facts.found.policy.mx) {
        const std::string pattern(span.in(facts.found.body));
        const bool used = std::any_of(facts.hosts.begin(), facts.hosts.end(), [&](const MailHostFacts& host) {
            return host.is_name && sts::mx_matches(pattern, host.survey.name);
        });
        if (!used)
            out.push_back({Verdict::kWarning, "pattern",
                           "mx: " + pattern + " fits no mail host of the domain",
                           "take it away unless the host is to come or a spare, or mend the name"});
    }
}

}  // namespace

Findings judge_policy(const CheckFacts& facts) {
    if (!facts.has_policy()) {
        if (facts.found.policy_state == sts::Found::PolicyState::kFailed &&
            facts.found.failure.cls == sts::FetchFailure::Class::kSyntax)
            return {bad_policy(facts)};
        return {};
    }
    const sts::Policy& policy = facts.found.policy;
    Findings out;
    for (const sts::LaxReason& reason : policy.lax)
        out.push_back({Verdict::kWarning, "policy",
                       describe(reason) + ": other senders may refuse the policy", remedy_of(reason.kind)});
    if (out.empty())
        out.push_back({Verdict::kOk, "policy",
                       "within the grammar, with " + std::to_string(policy.mx.size()) +
                           (policy.mx.size() == 1 ? " mx pattern" : " mx patterns"),
                       ""});
    out.push_back(mode(policy));
    out.push_back(max_age(policy));
    patterns(out, facts);
    return out;
}

}  // namespace ctl
