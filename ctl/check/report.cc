// SPDX-License-Identifier: MIT
#include "ctl/check/report.h"

#include <algorithm>
#include <cstdio>

#include "ctl/check/judge.h"
#include "ctl/print_findings.h"
#include "daemon/admin/utc_text.h"
#include "lib/sts/tlsrpt_record.h"

namespace ctl {
namespace {

using Verdict = Finding::Verdict;

Json addresses_as_json(const AddressFacts& addresses) {
    Json out = Json::array();
    for (const dns::Address& address : addresses.all)
        out.push_back(address.text());
    return out;
}

void add_tls(Json& out, const ProbeResult& probe) {
    if (probe.state != ProbeResult::State::kTls) return;
    out["tls"] = {{"version", probe.tls.version},
                  {"expires", app::utc_text(probe.tls.not_after)},
                  {"names", probe.tls.names}};
}

Json policy_as_json(const CheckFacts& facts) {
    const sts::Policy& policy = facts.found.policy;
    Json out = {{"mode", to_string(policy.mode)}, {"max_age", policy.max_age}, {"mx", Json::array()}};
    for (const sts::MxSpan& mx : policy.mx)
        out["mx"].push_back(std::string(mx.in(facts.found.body)));
    out["lax"] = Json::array();
    for (const sts::LaxReason& reason : policy.lax)
        out["lax"].push_back(sts::describe(reason));
    out["body"] = facts.found.body;
    return out;
}

Json host_as_json(const CheckFacts& facts, const MailHostFacts& host) {
    Json out = {{"name", host.survey.name},
                {"preference", host.survey.preference},
                {"addresses", addresses_as_json(host.addresses)}};
    if (facts.has_policy() && facts.found.policy.mode != sts::Mode::kNone)
        out["allowed"] = facts.covered(host.survey.name);
    const auto shown = std::find_if(host.probes.begin(), host.probes.end(), [](const AddressProbe& probe) {
        return probe.result.state == ProbeResult::State::kTls;
    });
    if (shown != host.probes.end()) add_tls(out, shown->result);
    out["dane"] = dane::to_string(host.survey.status);
    return out;
}

std::string summary(const Findings& findings) {
    const auto count = [&](Verdict verdict) {
        return std::count_if(findings.begin(), findings.end(),
                             [&](const Finding& f) { return f.verdict == verdict; });
    };
    return std::to_string(count(Verdict::kOk)) + " right, " + std::to_string(count(Verdict::kWarning)) +
           " to look at, " + std::to_string(count(Verdict::kWrong)) + " wrong";
}

}  // namespace

void print_report(const CheckFacts& facts, const Findings& findings) {
    if (!for_people()) return print_findings(findings, true);
    const std::size_t width = point_width_of(findings);
    for (auto begin = findings.begin(); begin != findings.end();) {
        const std::string heading(heading_of(begin->point));
        const auto end = std::find_if(begin, findings.end(), [&](const Finding& finding) {
            return heading_of(finding.point) != heading;
        });
        std::printf("%s%s%s\n", in_colour() ? "\033[1m" : "", heading.c_str(), in_colour() ? "\033[0m" : "");
        print_findings(Findings(begin, end), false, width);
        begin = end;
    }
    std::printf("\n%s: %s\n", facts.domain.text().c_str(), summary(findings).c_str());
}

Json report_as_json(const CheckFacts& facts, const Findings& findings) {
    Json out = {{"domain", facts.domain.text()},
                {"verdict", to_string(worst(findings))},
                {"findings", to_json(findings)}};
    if (!facts.found.record_text.empty()) out["record"] = facts.found.record_text;
    if (facts.found.record == sts::Found::RecordState::kLive) out["id"] = facts.found.id;
    out["policy_host"] = {{"name", "mta-sts." + facts.domain.text()},
                          {"addresses", addresses_as_json(facts.policy_host)}};
    if (facts.response) {
        out["policy_host"]["status"] = facts.response->status;
        out["policy_host"]["media_type"] = facts.response->content_type;
    }
    add_tls(out["policy_host"], facts.policy_probe);
    if (facts.has_policy()) out["policy"] = policy_as_json(facts);
    out["mail_hosts"] = Json::array();
    for (const MailHostFacts& host : facts.hosts)
        out["mail_hosts"].push_back(host_as_json(facts, host));
    if (facts.reports)
        if (const auto record = sts::select_tlsrpt_record(facts.reports->records)) out["rua"] = record->rua;
    return out;
}

}  // namespace ctl
