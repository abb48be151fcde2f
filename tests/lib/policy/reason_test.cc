// SPDX-License-Identifier: MIT
#include "lib/policy/reason.h"

#include <doctest/doctest.h>

using policy::Reason;
using Kind = policy::Reason::Kind;

TEST_CASE("a reason is a stable word, and a line for people") {
    struct Row {
        Reason reason;
        std::string_view word;
        std::string_view text;
        bool nothing_found_out;
    };
    const Row rows[] = {
        {{}, "none", "none", false},
        {Reason::of(sts::RecordError::kNone), "no-record", "no record", false},
        {Reason::of(sts::RecordError::kSeveral), "bad-record", "bad record: more than one record", false},
        {Reason::of(dns::LookupError{dns::LookupError::Kind::kTimeout, 0}), "dns",
         "DNS lookup failed: timeout", true},
        {Reason::of(dns::LookupError{dns::LookupError::Kind::kServerFailure, 2}), "dns",
         "DNS lookup failed: SERVFAIL", true},
        {Reason::of(sts::FetchFailure{sts::FetchFailure::Class::kHttpStatus, 404}), "http-status",
         "policy fetch failed: http-status: 404", true},
        {Reason::of(sts::FetchFailure{sts::FetchFailure::Class::kTlsExpired, 10}), "tls-expired", "", true},
        {{Kind::kOverloaded}, "overloaded", "overloaded", true},
        {{Kind::kTooLate}, "too-late", "not known in time", true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.word);
        CHECK(row.reason.word() == row.word);
        if (!row.text.empty()) CHECK(row.reason.text() == row.text);
        CHECK(row.reason.nothing_found_out() == row.nothing_found_out);
    }
}

TEST_CASE("what is read back from a reason is what went in") {
    CHECK(Reason::of(sts::RecordError::kBadId) == Reason::of(sts::RecordError::kBadId));
    CHECK_FALSE(Reason::of(sts::RecordError::kBadId) == Reason::of(sts::RecordError::kNoId));
    const sts::FetchFailure syntax{sts::FetchFailure::Class::kSyntax, 3 * 65536 + 4};
    CHECK(Reason::of(syntax).text() == "policy fetch failed: " + sts::describe(syntax));
    const dns::LookupError odd{dns::LookupError::Kind::kServerFailure, 9};
    CHECK(Reason::of(odd).text() == "DNS lookup failed: " + dns::describe(odd));
}
