// SPDX-License-Identifier: MIT
#include "lib/policy/verdict.h"

#include <doctest/doctest.h>

#include "tests/lib/policy/policy_records.h"

using namespace testing_support;
using policy::Override;
using policy::Profile;
using policy::Reason;
using policy::Verdict;
using Action = policy::Override::Action;
using Level = policy::Verdict::Level;
using Source = policy::Verdict::Source;

namespace {

const Reason kNoRecord = Reason::of(sts::RecordError::kNone);
const Reason kBadRecord = Reason::of(sts::RecordError::kBadId);
const Reason kDnsFailed = Reason::of(dns::LookupError{dns::LookupError::Kind::kTimeout, 0});
const Reason kFetchFailed = Reason::of(sts::FetchFailure{sts::FetchFailure::Class::kConnect, 0});
const Reason kOverloaded{Reason::Kind::kOverloaded};
const Reason kTooLate{Reason::Kind::kTooLate};

Override override_of(Action action) {
    return {name("example.com"), false, action, {"mx.example"}, {}, ""};
}

}  // namespace

TEST_CASE("a policy decides by its mode (RFC 8461 5)") {
    struct Row {
        std::string_view mode;
        bool strict_testing, enforce_override;
        Level level;
    };
    const Row rows[] = {
        {"enforce", false, false, Level::kSecure}, {"testing", false, false, Level::kNotFound},
        {"testing", true, false, Level::kSecure},  {"testing", false, true, Level::kSecure},
        {"none", false, false, Level::kNotFound},  {"none", true, true, Level::kNotFound},
    };
    for (const Row& row : rows) {
        CAPTURE(row.mode);
        CAPTURE(row.strict_testing);
        CAPTURE(row.enforce_override);
        const auto record = policy_record("example.com", policy_text(row.mode));
        const policy::PolicyView view = record.view();
        Profile profile;
        profile.strict_testing = row.strict_testing;
        const Override enforce = override_of(Action::kEnforce);
        const Verdict verdict =
            policy::decide(&view, {}, {}, profile, row.enforce_override ? &enforce : nullptr);
        CHECK(verdict.level == row.level);
        CHECK(verdict.source == Source::kPolicy);
    }
}

TEST_CASE(
    "without a policy mail flows, unless the operator defers where nothing was found out (RFC 8461 3.3)") {
    struct Row {
        Reason reason;
        Level open, defer;
    };
    const Row rows[] = {
        {kNoRecord, Level::kNotFound, Level::kNotFound}, {kBadRecord, Level::kNotFound, Level::kNotFound},
        {kDnsFailed, Level::kNotFound, Level::kTemp},    {kFetchFailed, Level::kNotFound, Level::kTemp},
        {kTooLate, Level::kNotFound, Level::kTemp},      {kOverloaded, Level::kTemp, Level::kTemp},
    };
    for (const Row& row : rows) {
        CAPTURE(row.reason.word());
        Profile profile;
        const Override enforce = override_of(Action::kEnforce);
        for (const Override* entry : {static_cast<const Override*>(nullptr), &enforce}) {
            profile.on_lookup_failure = Profile::OnLookupFailure::kOpen;
            const Verdict open = policy::decide(nullptr, row.reason, {}, profile, entry);
            CHECK(open.level == row.open);
            CHECK(open.source == Source::kNoPolicy);
            CHECK(open.reason == row.reason);
            profile.on_lookup_failure = Profile::OnLookupFailure::kDefer;
            CHECK(policy::decide(nullptr, row.reason, {}, profile, entry).level == row.defer);
        }
    }
}

TEST_CASE("ignore, pin and defer win over whatever the domain publishes") {
    struct Row {
        Action action;
        Level level;
        Source source;
    };
    const Row rows[] = {
        {Action::kIgnore, Level::kNotFound, Source::kOverride},
        {Action::kPin, Level::kSecure, Source::kPin},
        {Action::kDefer, Level::kTemp, Source::kOverride},
    };
    for (const Row& row : rows) {
        CAPTURE(policy::to_string(row.action));
        const Override entry = override_of(row.action);
        Verdict verdict = policy::decide(nullptr, kOverloaded, {}, {}, &entry);
        CHECK(verdict.level == row.level);
        CHECK(verdict.source == row.source);
        for (const std::string_view mode : {"none", "testing", "enforce"}) {
            CAPTURE(mode);
            const auto record = policy_record("example.com", policy_text(mode));
            const policy::PolicyView view = record.view();
            verdict = policy::decide(&view, {}, {}, {}, &entry);
            CHECK(verdict.level == row.level);
            CHECK(verdict.source == row.source);
        }
    }
}

TEST_CASE("verdicts have stable words") {
    CHECK(policy::to_string(Level::kNotFound) == "notfound");
    CHECK(policy::to_string(Level::kSecure) == "secure");
    CHECK(policy::to_string(Level::kTemp) == "temp");
    CHECK(policy::to_string(Source::kPolicy) == "policy");
    CHECK(policy::to_string(Source::kPin) == "pin");
    CHECK(policy::to_string(Source::kOverride) == "override");
    CHECK(policy::to_string(Source::kNoPolicy) == "none");
    CHECK(policy::to_string(Source::kKey) == "key");
}
