// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ctl/check/judge.h"
#include "lib/base/ascii.h"

namespace ctl {
namespace {

using Verdict = Finding::Verdict;

constexpr std::string_view kExample = "\"v=STSv1; id=20260101000000\"";

/// A TXT record that was meant to be one and is not taken for one.
const dns::Txt* failed_attempt(const std::vector<dns::Txt>& records) {
    const auto found = std::find_if(records.begin(), records.end(), [](const dns::Txt& record) {
        return base::to_lower(record.text).find("stsv1") != std::string::npos;
    });
    return found == records.end() ? nullptr : &*found;
}

Finding none(const std::string& name, const std::vector<dns::Txt>& records) {
    if (const dns::Txt* attempt = failed_attempt(records))
        return {Verdict::kWrong, "record",
                "the TXT record of " + name + " does not count: \"" + attempt->text.substr(0, 200) + "\"",
                "begin it with \"v=STSv1;\" exactly, as in " + std::string(kExample)};
    return {Verdict::kWrong, "record", "there is no MTA-STS record at " + name,
            "publish a TXT record such as " + std::string(kExample)};
}

std::string remedy_of(sts::RecordError error) {
    switch (error) {
        case sts::RecordError::kSeveral:
            return "leave one of them; senders take several for none";
        case sts::RecordError::kNoId:
            return "give it an id, as in " + std::string(kExample);
        case sts::RecordError::kBadId:
            return "make the id 1 to 32 letters and digits, nothing else";
        case sts::RecordError::kNone:
        case sts::RecordError::kSyntax:
            break;
    }
    return "write it as " + std::string(kExample);
}

}  // namespace

Findings judge_record(const CheckFacts& facts) {
    const std::string name = "_mta-sts." + facts.domain.text();
    if (!facts.record)
        return {{Verdict::kWrong, "record",
                 "the DNS does not tell the record of " + name + ": " + describe(facts.record.error()),
                 "mend the DNS of the domain, or DNSSEC in it"}};
    const dns::Answer<dns::Txt>& answer = *facts.record;
    const std::string by = answer.canonical.empty() ? "" : " (by way of " + answer.canonical + ")";
    const auto record = sts::select_record(answer.records);
    if (!record) {
        if (record.error() == sts::RecordError::kNone) return {none(name, answer.records)};
        const std::string shown =
            record.error() == sts::RecordError::kSeveral ? "" : ": \"" + facts.found.record_text + "\"";
        return {{Verdict::kWrong, "record", name + by + ": " + std::string(to_string(record.error())) + shown,
                 remedy_of(record.error())}};
    }
    Findings out = {{Verdict::kOk, "record", name + by + ": " + facts.found.record_text, ""}};
    if (facts.found.record_text.compare(0, 8, "v=STSv1;") != 0)
        out.push_back({Verdict::kWarning, "record",
                       "white space before the first \";\": not all senders take that",
                       "begin the record with \"v=STSv1;\""});
    return out;
}

}  // namespace ctl
