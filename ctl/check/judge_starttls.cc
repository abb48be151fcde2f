// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "ctl/check/judge.h"

namespace ctl {
namespace {

using Verdict = Finding::Verdict;
using State = ProbeResult::State;
using Failure = SmtpDialogue::Failure;

bool tried(const ProbeResult& probe) {
    return probe.state != State::kNotTried && probe.state != State::kNoRoute;
}

/// No mail host has so much as accepted a connection at an address of this family, and none has refused one.
bool looks_blocked(const CheckFacts& facts, dns::Family family) {
    const auto silent = [&](const AddressProbe& probe) {
        return probe.address.family() != family || !tried(probe.result) ||
               (probe.result.state == State::kNoAnswer && !probe.result.connected);
    };
    return std::all_of(facts.hosts.begin(), facts.hosts.end(), [&](const MailHostFacts& host) {
        return std::all_of(host.probes.begin(), host.probes.end(), silent);
    });
}

Finding smtp_failure(const std::string& name, const ProbeResult& probe) {
    const std::string said = ": \"" + probe.text.substr(0, 200) + "\"";
    const auto finding = [&](Verdict verdict, std::string text, std::string remedy) {
        return Finding{verdict, "starttls", std::move(text), std::move(remedy), name};
    };
    switch (probe.smtp) {
        case Failure::kTurnedAway:
            return finding(Verdict::kWarning, "could not look: " + name + " turns this host away" + said,
                           "run this from a host that may send mail");
        case Failure::kEhlo:
            return finding(Verdict::kWrong, name + " refuses EHLO" + said,
                           "let it take EHLO, and offer STARTTLS");
        case Failure::kNoStartTls:
            return finding(Verdict::kWrong, name + " does not offer STARTTLS",
                           "switch TLS on for incoming mail (Postfix: smtpd_tls_security_level = may)");
        case Failure::kRefused:
            return finding(Verdict::kWrong, name + " offers STARTTLS and then refuses it" + said,
                           "see its log; often it cannot read its key");
        case Failure::kInjected:
            return finding(Verdict::kWrong, name + " sends more in clear text behind its answer to STARTTLS",
                           "update the mail server, or look who meddles with the connection");
        case Failure::kNone:
        case Failure::kNotSmtp:
        case Failure::kTooLong:
            break;
    }
    return finding(Verdict::kWrong, name + " does not speak SMTP as it should" + said,
                   "see what listens there");
}

/// The certificate's points where there is TLS, else the one that says why not.
Findings at(const CheckFacts& facts, const MailHostFacts& host, const AddressProbe& where) {
    const std::string& name = host.survey.name;
    const ProbeResult& probe = where.result;
    const std::string port = " on port " + std::to_string(facts.smtp_port);
    const auto wrong = [&](std::string text, std::string remedy) {
        return Findings{{Verdict::kWrong, "starttls", std::move(text), std::move(remedy), name}};
    };
    switch (probe.state) {
        case State::kNotTried:
            return {};
        case State::kNoRoute:
            return {{Verdict::kWarning, "starttls",
                     "could not look: from here no way leads to " + text_of(host.addresses.usable),
                     remedy_for_no_route(host.addresses.usable), name}};
        case State::kNoAnswer:
            if (looks_blocked(facts, where.address.family()))
                return {{Verdict::kWarning, "starttls",
                         "could not look: " + name + " does not answer" + port +
                             "; perhaps the network here lets no mail out",
                         "run this from a host that sends mail; if it can, let the mail host answer", name}};
            return wrong("no TLS with " + name + port + ": " + probe.text,
                         "see the log and the firewall of that host");
        case State::kNoConnection:
            return wrong("no connection to " + name + port + ": " + probe.text,
                         "let the mail server listen on all its addresses, or take the MX record away");
        case State::kSmtp:
            return {smtp_failure(name, probe)};
        case State::kHandshake:
            return wrong("no TLS with " + name + ": " + probe.text,
                         "see its log; TLS 1.2 or 1.3 and a key that it can read are needed");
        case State::kTls:
            break;
    }
    Findings out = {{Verdict::kOk, "starttls", name + " offers STARTTLS", "", name}};
    const Findings more = judge_certificate(probe.tls, name, facts.now, "mx-certificate", name);
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

/// What is the same at all addresses is said once, without them.
Findings of_host(const CheckFacts& facts, const MailHostFacts& host) {
    const bool some_route = std::any_of(host.probes.begin(), host.probes.end(),
                                        [](const AddressProbe& probe) { return tried(probe.result); });
    std::vector<std::pair<dns::Address, Findings>> all;
    for (const AddressProbe& probe : host.probes)
        if (tried(probe.result) || !some_route) all.emplace_back(probe.address, at(facts, host, probe));
    if (all.empty()) return {};
    const bool same = std::all_of(all.begin(), all.end(),
                                  [&](const auto& one) { return one.second == all.front().second; });
    if (same) return all.front().second;
    Findings out;
    for (auto& [address, findings] : all) {
        for (Finding& finding : findings) {
            finding.text += " (at " + address.text() + ")";
            out.push_back(std::move(finding));
        }
    }
    return out;
}

}  // namespace

Findings judge_starttls(const CheckFacts& facts) {
    Findings out;
    for (const MailHostFacts& host : facts.hosts) {
        const Findings some = of_host(facts, host);
        out.insert(out.end(), some.begin(), some.end());
    }
    return out;
}

}  // namespace ctl
