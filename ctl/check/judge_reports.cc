// SPDX-License-Identifier: MIT
#include "ctl/check/judge.h"
#include "lib/sts/tlsrpt_record.h"

namespace ctl {
namespace {

using Verdict = Finding::Verdict;

constexpr const char* kExample = "\"v=TLSRPTv1; rua=mailto:tls-reports@";

}  // namespace

Findings judge_reports(const CheckFacts& facts) {
    const std::string name = "_smtp._tls." + facts.domain.text();
    const std::string example = kExample + facts.domain.text() + "\"";
    if (!facts.reports)
        return {{Verdict::kWarning, "tlsrpt",
                 "the DNS does not tell the record of " + name + ": " + describe(facts.reports.error()),
                 "mend the DNS of that name"}};
    const auto record = sts::select_tlsrpt_record(facts.reports->records);
    if (record) return {{Verdict::kOk, "tlsrpt", name + ": reports go to " + some_of(record->rua), ""}};
    if (record.error() == sts::TlsrptError::kNone)
        return {{Verdict::kWarning, "tlsrpt", "there is no TLSRPT record: nobody tells you when TLS fails",
                 "publish a TXT record at " + name + " such as " + example}};
    return {{Verdict::kWrong, "tlsrpt", name + ": " + std::string(to_string(record.error())),
             record.error() == sts::TlsrptError::kSeveral ? "leave one of them" : "write it as " + example}};
}

}  // namespace ctl
