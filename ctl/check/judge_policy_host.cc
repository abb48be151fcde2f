// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ctl/check/judge.h"

namespace ctl {
namespace {

using Verdict = Finding::Verdict;
using State = ProbeResult::State;
using Class = sts::FetchFailure::Class;

Finding name_and_addresses(const std::string& host, const AddressFacts& addresses) {
    const std::string by = addresses.alias.empty() ? "" : " (by way of " + addresses.alias + ")";
    const std::string shown = host + by;
    if (addresses.all.empty() && addresses.error)
        return {Verdict::kWrong, "policy-host",
                "the DNS does not tell the address of " + shown + ": " + describe(*addresses.error),
                "mend the DNS of that name"};
    if (addresses.all.empty())
        return {Verdict::kWrong, "policy-host", shown + " has no address",
                "publish an A or AAAA record, or a CNAME to the web server that has the policy"};
    if (addresses.usable.empty())
        return {Verdict::kWrong, "policy-host", shown + " has no public address: " + text_of(addresses.all),
                "publish addresses that can be reached from the Internet"};
    if (addresses.usable.size() < addresses.all.size())
        return {Verdict::kWarning, "policy-host",
                shown + " has addresses that are not public: " + text_of(addresses.all),
                "take those away that cannot be reached from the Internet"};
    if (addresses.error)
        return {Verdict::kWarning, "policy-host",
                shown + " has " + text_of(addresses.all) + ", but for one of A and AAAA the DNS says " +
                    describe(*addresses.error),
                "let the DNS answer for both types"};
    return {Verdict::kOk, "policy-host", shown + " has " + text_of(addresses.all), ""};
}

/// What the connection and its TLS say; nothing where the fetch has to say it.
Findings connection(const CheckFacts& facts, const std::string& host) {
    const ProbeResult& probe = facts.policy_probe;
    switch (probe.state) {
        case State::kTls:
            return judge_certificate(probe.tls, host, facts.now, "certificate", "");
        case State::kNoRoute:
            return {{Verdict::kWarning, "certificate",
                     "could not look: from here no way leads to " + text_of(facts.policy_host.usable),
                     remedy_for_no_route(facts.policy_host.usable)}};
        case State::kNoConnection:
        case State::kNoAnswer:
            return {{Verdict::kWrong, "certificate", "no TLS connection to " + host + ": " + probe.text,
                     "let a web server answer on port 443 of all its addresses"}};
        case State::kHandshake:
            return {{Verdict::kWrong, "certificate", "no TLS with " + host + ": " + probe.text,
                     "set TLS 1.2 or 1.3 up for this name on the web server"}};
        case State::kNotTried:
        case State::kSmtp:
            break;
    }
    return {};
}

Finding bad_status(const std::string& url, int status) {
    if (status >= 300 && status < 400)
        return {Verdict::kWrong, "policy-file",
                url + " redirects (" + std::to_string(status) + "), which senders do not follow",
                "serve the file there itself"};
    if (status == 404 || status == 410)
        return {Verdict::kWrong, "policy-file", url + " is not there (" + std::to_string(status) + ")",
                "put the policy there"};
    if (status == 0)
        return {Verdict::kWrong, "policy-file", url + ": the server does not speak HTTP",
                "see the web server's log"};
    return {Verdict::kWrong, "policy-file", url + " answers with status " + std::to_string(status),
            "let it answer with 200 to everybody; see the web server's log"};
}

Finding bad_media_type(const std::string& url, const https::Response& response) {
    if (!response.content_encoding.empty())
        return {Verdict::kWrong, "policy-file",
                url + " comes encoded (" + response.content_encoding + "), which was not asked for",
                "serve the file as it is to those who do not ask for compression"};
    return {Verdict::kWrong, "policy-file",
            url + (response.content_type.empty() ? " has no media type"
                                                 : " has the media type \"" + response.content_type + "\""),
            "serve it as text/plain"};
}

Findings file(const CheckFacts& facts, const std::string& url, bool told) {
    const auto wrong = [&](const std::string& text, const std::string& remedy) {
        return Findings{{Verdict::kWrong, "policy-file", text, remedy}};
    };
    if (facts.has_policy() || facts.found.failure.cls == Class::kSyntax)
        return {{Verdict::kOk, "policy-file",
                 url + ": 200, " + (facts.response ? facts.response->content_type : ""), ""}};
    switch (facts.found.failure.cls) {
        case Class::kHttpStatus:
            return {bad_status(url, facts.found.failure.detail)};
        case Class::kMediaType:
            return {bad_media_type(url, facts.response.value_or(https::Response{}))};
        case Class::kTooLarge:
            return wrong(url + " is longer than " + std::to_string(sts::kMaxPolicyBytes) + " bytes",
                         "serve the policy and nothing else");
        case Class::kDns:
        case Class::kAddressRefused:
            return {};  // policy-host says so
        default:
            // `told`: the certificate's points say why.
            if (told) return {};
            return wrong(url + " cannot be fetched: " + describe(facts.found.failure) +
                             (facts.fetch_text.empty() ? "" : " (" + facts.fetch_text + ")"),
                         "see the web server's log");
    }
}

}  // namespace

Findings judge_policy_host(const CheckFacts& facts) {
    const std::string host = "mta-sts." + facts.domain.text();
    Findings out = {name_and_addresses(host, facts.policy_host)};
    if (facts.policy_host.usable.empty()) return out;
    const Findings seen = connection(facts, host);
    const bool told = std::any_of(seen.begin(), seen.end(),
                                  [](const Finding& finding) { return finding.verdict != Verdict::kOk; });
    out.insert(out.end(), seen.begin(), seen.end());
    const Findings fetched = file(facts, "https://" + host + "/.well-known/mta-sts.txt", told);
    out.insert(out.end(), fetched.begin(), fetched.end());
    return out;
}

}  // namespace ctl
