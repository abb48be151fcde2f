// SPDX-License-Identifier: MIT
// The table of DANE beside MTA-STS: each row of surveys against both columns, in every kind of profile.
#include <doctest/doctest.h>

#include <string>

#include "lib/policy/verdict.h"
#include "tests/lib/policy/policy_records.h"

using namespace testing_support;
using dane::State;
using policy::Override;
using policy::Profile;
using policy::Reason;
using policy::Verdict;

namespace {

const Reason kNoRecord = Reason::of(sts::RecordError::kNone);
const Reason kDnsFailed = Reason::of(dns::LookupError{dns::LookupError::Kind::kTimeout, 0});

constexpr const char* kSecure = "OK secure match=mx1.example.com servername=hostname";
constexpr const char* kDane = "OK dane";
constexpr const char* kDaneOnly = "OK dane-only";
constexpr const char* kNotFound = "NOTFOUND ";
constexpr const char* kTemp = "TEMP cannot tell whether DANE applies: a DNS lookup for an MX host failed";

struct Row {
    State survey;
    const char* enforce;    ///< policy mode enforce
    const char* otherwise;  ///< testing, none, or no policy
};
const Row kTable[] = {
    {State::kAll, kDaneOnly, kDaneOnly}, {State::kSome, kDaneOnly, kDane},
    {State::kUnusable, kSecure, kDane},  {State::kInsecureMx, kSecure, kDane},
    {State::kNone, kSecure, kNotFound},  {State::kUnknown, kTemp, kDane},
    {State::kMxFailed, kSecure, kDane},  {State::kIrrelevant, kSecure, kNotFound},
};

Profile profile_of(Profile::Dane dane) {
    Profile profile;
    profile.dane = dane;
    return profile;
}

/// The reply for a policy of this mode; empty: none, for `reason`.
std::string reply(std::optional<State> survey, std::string_view mode, const Profile& profile,
                  const Override* entry = nullptr, const Reason& reason = kNoRecord) {
    std::string out;
    const dns::Name domain = name("example.com");
    if (mode.empty()) {
        const Verdict verdict = policy::decide(nullptr, reason, survey, profile, entry);
        policy::to_postfix(out, verdict, domain, nullptr, entry, profile);
        return out;
    }
    const auto record = policy_record("example.com", policy_text(mode));
    const policy::PolicyView view = record.view();
    policy::to_postfix(out, policy::decide(&view, {}, survey, profile, entry), domain, &view, entry, profile);
    return out;
}

}  // namespace

TEST_CASE("a policy never overrides DANE, and partial DANE never switches a policy off (RFC 8461 2)") {
    const Profile profile = profile_of(Profile::Dane::kEnforce);
    for (const Row& row : kTable) {
        CAPTURE(dane::to_string(row.survey));
        CHECK(reply(row.survey, "enforce", profile) == row.enforce);
        for (const std::string_view mode : {"testing", "none", ""}) {
            CAPTURE(mode);
            CHECK(reply(row.survey, mode, profile) == row.otherwise);
        }
        CHECK(reply(row.survey, "", profile, nullptr, kDnsFailed) == row.otherwise);
    }
}

TEST_CASE("a profile that yields says nothing where the table says dane or dane-only") {
    const Profile profile = profile_of(Profile::Dane::kYield);
    const auto yielded = [](const char* text) {
        return std::string_view(text).substr(0, 7) == "OK dane" ? kNotFound : text;
    };
    for (const Row& row : kTable) {
        CAPTURE(dane::to_string(row.survey));
        CHECK(reply(row.survey, "enforce", profile) == yielded(row.enforce));
        CHECK(reply(row.survey, "testing", profile) == yielded(row.otherwise));
        CHECK(reply(row.survey, "", profile) == yielded(row.otherwise));
    }
}

TEST_CASE("where testing counts as enforce the table's first column holds") {
    Profile strict = profile_of(Profile::Dane::kEnforce);
    strict.strict_testing = true;
    const Profile lenient = profile_of(Profile::Dane::kEnforce);
    const Override enforce{name("example.com"), false, Override::Action::kEnforce, {}, {}, ""};
    for (const Row& row : kTable) {
        CAPTURE(dane::to_string(row.survey));
        CHECK(reply(row.survey, "testing", strict) == row.enforce);
        CHECK(reply(row.survey, "testing", lenient, &enforce) == row.enforce);
        CHECK(reply(row.survey, "none", strict) == row.otherwise);
    }
}

TEST_CASE("an override comes before DANE") {
    const Profile profile = profile_of(Profile::Dane::kEnforce);
    for (const Row& row : kTable) {
        CAPTURE(dane::to_string(row.survey));
        Override entry{name("example.com"), false, Override::Action::kIgnore, {"pinned.example"}, {}, ""};
        CHECK(reply(row.survey, "enforce", profile, &entry) == kNotFound);
        entry.action = Override::Action::kPin;
        CHECK(reply(row.survey, "enforce", profile, &entry) ==
              "OK secure match=pinned.example servername=hostname");
        entry.action = Override::Action::kDefer;
        CHECK(reply(row.survey, "enforce", profile, &entry) == "TEMP deferred by an override");
    }
}

TEST_CASE("whoever defers what cannot be found out does so unless DANE decides alone") {
    Profile profile = profile_of(Profile::Dane::kEnforce);
    profile.on_lookup_failure = Profile::OnLookupFailure::kDefer;
    for (const Row& row : kTable) {
        CAPTURE(dane::to_string(row.survey));
        const std::string expected =
            row.survey == State::kAll ? kDaneOnly : "TEMP DNS lookup failed: timeout";
        CHECK(reply(row.survey, "", profile, nullptr, kDnsFailed) == expected);
        CHECK(reply(row.survey, "", profile, nullptr, kNoRecord) == row.otherwise);
    }
}

TEST_CASE("shed load is TEMP, whatever a survey says") {
    const Profile profile = profile_of(Profile::Dane::kEnforce);
    const Reason overloaded{Reason::Kind::kOverloaded};
    for (const State survey : {State::kSome, State::kNone, State::kUnknown})
        CHECK(reply(survey, "", profile, nullptr, overloaded) == "TEMP overloaded");
}

TEST_CASE("TLSRPT attributes never stand beside dane or dane-only") {
    Profile profile = profile_of(Profile::Dane::kEnforce);
    profile.tlsrpt = true;
    for (const Row& row : kTable) {
        CAPTURE(dane::to_string(row.survey));
        const std::string text = reply(row.survey, "enforce", profile);
        const bool secure = std::string_view(row.enforce) == kSecure;
        CHECK((text.find("policy_type=sts") != std::string::npos) == secure);
        CHECK(text.substr(0, std::string_view(row.enforce).size()) == row.enforce);
    }
}

TEST_CASE("a verdict tells its cell of the table and what it gives up") {
    const Profile profile = profile_of(Profile::Dane::kEnforce);
    const auto record = enforce_record("example.com");
    const policy::PolicyView view = record.view();
    for (const Row& row : kTable) {
        CAPTURE(dane::to_string(row.survey));
        const Verdict enforced = policy::decide(&view, {}, row.survey, profile, nullptr);
        CHECK(enforced.survey == row.survey);
        CHECK(enforced.enforced);
        CHECK(enforced.source ==
              (std::string_view(row.enforce) == kSecure ? Verdict::Source::kPolicy : Verdict::Source::kDane));
        const bool loses = row.survey == State::kAll || row.survey == State::kSome ||
                           row.survey == State::kInsecureMx || row.survey == State::kMxFailed;
        CHECK(policy::given_up(enforced).empty() != loses);
        const Verdict otherwise = policy::decide(nullptr, kNoRecord, row.survey, profile, nullptr);
        CHECK(otherwise.survey == row.survey);
        CHECK_FALSE(otherwise.enforced);
        CHECK(policy::given_up(otherwise).empty());
    }
    CHECK_FALSE(policy::decide(&view, {}, {}, Profile{}, nullptr).survey);
    // A profile that yields leaves hosts without TLSA records to Postfix.
    const Profile yields = profile_of(Profile::Dane::kYield);
    CHECK(policy::given_up(policy::decide(&view, {}, State::kSome, yields, nullptr)) !=
          policy::given_up(policy::decide(&view, {}, State::kSome, profile, nullptr)));
}
