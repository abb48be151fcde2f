// SPDX-License-Identifier: MIT
// docs/how-it-decides.md says what the code does: each row of its tables that are marked as tested.
#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "lib/policy/key.h"
#include "lib/policy/verdict.h"
#include "lib/sts/mx_pattern.h"
#include "lib/sts/policy.h"
#include "lib/sts/record.h"
#include "tests/lib/policy/policy_records.h"

using namespace testing_support;
using dane::State;
using policy::Override;
using policy::Profile;
using policy::Reason;

namespace {

using Row = std::vector<std::string>;

std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string::npos) return "";
    return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// A cell's text; of one that is code as a whole, what is in it.
std::string cell_of(const std::string& text) {
    std::string cell = trimmed(text);
    if (cell.size() >= 2 && cell.front() == '`' && cell.find('`', 1) == cell.size() - 1)
        return cell.substr(1, cell.size() - 2);
    return cell;
}

/// The rows below the heading of the table that follows "<!-- tested: NAME -->".
std::vector<Row> table(const std::string& name) {
    std::ifstream in(SOURCE_DIR "/docs/how-it-decides.md");
    std::vector<Row> rows;
    std::string line;
    while (std::getline(in, line) && line != "<!-- tested: " + name + " -->") {
    }
    std::getline(in, line);
    std::getline(in, line);
    while (std::getline(in, line) && !line.empty() && line[0] == '|') {
        Row row;
        std::istringstream cells(line.substr(1));
        for (std::string cell; std::getline(cells, cell, '|');)
            row.push_back(cell_of(cell));
        rows.push_back(row);
    }
    CAPTURE(name);
    CHECK(rows.size() > 1);
    return rows;
}

/// What the page says of a reply: "secure", "dane", "dane-only", "NOTFOUND", "TEMP".
std::string word_of(const std::string& reply) {
    const std::string text = reply.substr(0, 3) == "OK " ? reply.substr(3) : reply;
    return text.substr(0, text.find(' '));
}

/// The reply for a policy of this mode; empty: none, for `reason`.
std::string reply(std::string_view mode, const Profile& profile, const Override* entry,
                  std::optional<State> survey = {}, const Reason& reason = {Reason::Kind::kNoRecord}) {
    std::string out;
    const dns::Name domain = name("example.com");
    if (mode.empty()) {
        policy::to_postfix(out, policy::decide(nullptr, reason, survey, profile, entry), domain, nullptr,
                           entry, profile);
        return word_of(out);
    }
    const auto record = policy_record("example.com", policy_text(mode));
    const policy::PolicyView view = record.view();
    policy::to_postfix(out, policy::decide(&view, {}, survey, profile, entry), domain, &view, entry, profile);
    return word_of(out);
}

std::string whole_reply(const std::string& body, bool tlsrpt) {
    Profile profile;
    profile.tlsrpt = tlsrpt;
    const auto record = policy_record("example.com", body);
    const policy::PolicyView view = record.view();
    std::string out;
    policy::to_postfix(out, policy::decide(&view, {}, {}, profile, nullptr), record.domain, &view, nullptr,
                       profile);
    return out;
}

/// What follows `key` in a reply, to the next space.
std::string value_in(const std::string& reply, const std::string& key) {
    const std::size_t at = reply.find(key);
    if (at == std::string::npos) return "";
    return reply.substr(at + key.size(), reply.find(' ', at) - at - key.size());
}

}  // namespace

TEST_CASE("how-it-decides: keys") {
    for (const Row& row : table("keys")) {
        CAPTURE(row[0]);
        const auto key = policy::parse_key(row[0]);
        REQUIRE(key.has_value() == (row[1] != "at once"));
        if (!key) continue;
        CHECK(key->domain.text() == row[1]);
        const std::string hosts = key->bracketed ? "the host itself, port " : "its MX hosts, port ";
        CHECK(hosts + std::to_string(key->port) == row[2]);
    }
}

TEST_CASE("how-it-decides: overrides") {
    const char* modes[] = {"enforce", "testing", "none", ""};
    std::set<std::string> told;
    for (const Row& row : table("overrides")) {
        CAPTURE(row[0]);
        told.insert(row[0]);
        Override entry{name("example.com"), false, Override::Action::kIgnore, {"mx.example"}, {}, ""};
        bool is_action = row[0] == "no entry";
        for (const auto action : {Override::Action::kIgnore, Override::Action::kEnforce,
                                  Override::Action::kPin, Override::Action::kDefer}) {
            if (policy::to_string(action) != row[0]) continue;
            entry.action = action;
            is_action = true;
        }
        REQUIRE(is_action);
        for (std::size_t i = 0; i < 4; ++i) {
            CAPTURE(modes[i]);
            CHECK(reply(modes[i], Profile{}, row[0] == "no entry" ? nullptr : &entry) == row[i + 1]);
        }
    }
    CHECK(told.size() == 5);
}

TEST_CASE("how-it-decides: records") {
    for (const Row& row : table("records")) {
        CAPTURE(row[0]);
        const auto record = sts::select_record({dns::Txt{row[0]}});
        CHECK((record ? "id `" + record->id + "`" : std::string(sts::to_string(record.error()))) == row[1]);
    }
}

TEST_CASE("how-it-decides: lines of a policy") {
    for (const Row& row : table("policy lines")) {
        CAPTURE(row[0]);
        const std::string line = trimmed(row[0]);
        const auto parsed = sts::parse_policy("version: STSv1\nmode: enforce\nmx: mx1.example.com\n" + line +
                                              "\nmax_age: 604800\n");
        std::string said = parsed ? "valid" : "invalid: " + sts::describe(parsed.error());
        if (parsed && !parsed->lax.empty()) said += "; lax: " + sts::describe(parsed->lax[0]);
        if (const std::size_t at = said.find("line 4: "); at != std::string::npos) said.erase(at, 8);
        CHECK(said == row[1]);
        if (parsed) CHECK(parsed->mode == sts::Mode::kEnforce);
    }
}

TEST_CASE("how-it-decides: modes") {
    const std::vector<std::pair<std::string, Reason>> reasons{
        {"no record", {Reason::Kind::kNoRecord}},
        {"a bad record", Reason::of(sts::RecordError::kBadId)},
        {"nothing known: DNS fails", Reason::of(dns::LookupError{dns::LookupError::Kind::kTimeout, 0})},
        {"nothing known: the fetch fails",
         Reason::of(sts::FetchFailure{sts::FetchFailure::Class::kConnect, 0})},
        {"nothing known in time", {Reason::Kind::kTooLate}},
        {"nothing known: too many lookups under way", {Reason::Kind::kOverloaded}}};
    Profile strict, deferring;
    strict.strict_testing = true;
    deferring.on_lookup_failure = Profile::OnLookupFailure::kDefer;
    std::size_t known = 0;
    for (const Row& row : table("modes")) {
        CAPTURE(row[0]);
        std::string mode;
        Reason reason;
        for (const char* one : {"enforce", "testing", "none"})
            if (row[0] == std::string("a policy, ") + one) mode = one;
        for (const auto& [words, why] : reasons)
            if (words == row[0]) reason = why;
        known += !mode.empty() || reason.kind != Reason::Kind::kNone;
        CHECK(reply(mode, Profile{}, nullptr, {}, reason) == row[1]);
        CHECK(reply(mode, strict, nullptr, {}, reason) == row[2]);
        CHECK(reply(mode, deferring, nullptr, {}, reason) == row[3]);
    }
    CHECK(known == 3 + reasons.size());
}

TEST_CASE("how-it-decides: DANE") {
    Profile enforce, yield;
    enforce.dane = Profile::Dane::kEnforce;
    yield.dane = Profile::Dane::kYield;
    std::set<std::string> told;
    for (const Row& row : table("dane")) {
        CAPTURE(row[0]);
        for (int number = 0; number <= static_cast<int>(State::kIrrelevant); ++number) {
            const auto survey = static_cast<State>(number);
            if (dane::to_string(survey) != row[0]) continue;
            told.insert(row[0]);
            CHECK(reply("enforce", enforce, nullptr, survey) == row[2]);
            CHECK(reply("enforce", yield, nullptr, survey) == row[4]);
            for (const char* mode : {"testing", "none", ""}) {
                CHECK(reply(mode, enforce, nullptr, survey) == row[3]);
                CHECK(reply(mode, yield, nullptr, survey) == row[5]);
            }
        }
    }
    CHECK(told.size() == static_cast<std::size_t>(State::kIrrelevant) + 1);
}

TEST_CASE("how-it-decides: replies") {
    for (const Row& row : table("match")) {
        CAPTURE(row[0]);
        const std::string text = whole_reply(policy_text("enforce", row[0]), true);
        CHECK(value_in(text, "match=") == row[1]);
        CHECK(value_in(text, "mx_host_pattern=") == row[2]);
    }
    const std::string body =
        "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: *.example.net\nmax_age: 604800\n";
    const auto rows = table("replies");
    REQUIRE(rows.size() == 2);
    for (const Row& row : rows)
        CHECK(whole_reply(body, row[0].find("tlsrpt") != std::string::npos) == row[1]);
}

TEST_CASE("how-it-decides: patterns") {
    for (const Row& row : table("patterns")) {
        CAPTURE(row[0]);
        CAPTURE(row[1]);
        CHECK(sts::mx_matches(row[0], row[1]) == (row[2] == "yes"));
    }
}
