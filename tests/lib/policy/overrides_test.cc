// SPDX-License-Identifier: MIT
#include "lib/policy/overrides.h"

#include <doctest/doctest.h>

#include "tests/lib/policy/policy_records.h"

using namespace testing_support;
using policy::Override;
using policy::Overrides;
using Action = policy::Override::Action;

namespace {

Override entry(std::string_view domain, std::string comment, std::optional<base::WallTime> until = {}) {
    const bool below = domain.substr(0, 2) == "*.";
    return {name(below ? domain.substr(2) : domain), below, Action::kIgnore, {}, until, std::move(comment)};
}

}  // namespace

TEST_CASE("the nearest entry counts: the name itself, then *.parent, then *.grandparent") {
    const Overrides overrides({
        entry("*.com", "com"),
        entry("*.example.com", "below"),
        entry("example.com", "itself"),
        entry("mail.example.com", "mail"),
        entry("*.b.example.org", "b"),
    });
    struct Row {
        std::string_view domain, comment;
    };
    const Row rows[] = {
        {"example.com", "itself"},       {"mail.example.com", "mail"},
        {"www.example.com", "below"},    {"a.b.c.example.com", "below"},
        {"x.mail.example.com", "below"}, {"other.com", "com"},
        {"notexample.com", "com"},       {"example.net", ""},
        {"b.example.org", ""},           {"a.b.example.org", "b"},
        {"ab.example.org", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.domain);
        const Override* found = overrides.find(name(row.domain), kNoon);
        CHECK((found == nullptr ? "" : found->comment) == row.comment);
    }
}

TEST_CASE("an entry past its time is as if it were not there") {
    const Overrides overrides({
        entry("example.com", "itself", kNoon),
        entry("*.com", "com", kNoon + base::Seconds{1}),
    });
    CHECK(overrides.find(name("example.com"), kNoon - base::Seconds{1})->comment == "itself");
    CHECK(overrides.find(name("example.com"), kNoon)->comment == "com");
    CHECK(overrides.find(name("example.com"), kNoon + base::Seconds{1}) == nullptr);
}

TEST_CASE("the first of two entries for one domain counts") {
    const Overrides overrides({entry("example.com", "first"), entry("example.com", "second")});
    CHECK(overrides.find(name("example.com"), kNoon)->comment == "first");
    CHECK(overrides.entries().size() == 2);
}

TEST_CASE("a copy answers by itself") {
    Overrides copy;
    CHECK(copy.find(name("example.com"), kNoon) == nullptr);
    {
        const Overrides overrides({entry("example.com", "itself")});
        copy = overrides;
    }
    CHECK(copy.find(name("example.com"), kNoon)->comment == "itself");
}

TEST_CASE("patterns of a pin stand once each, in their order") {
    Override pin = entry("example.com", "");
    pin.action = Action::kPin;
    pin.mx = {"b.example", "a.example", "b.example", "c.example", "a.example"};
    const Overrides overrides({pin});
    CHECK(overrides.find(name("example.com"), kNoon)->mx ==
          std::vector<std::string>{"b.example", "a.example", "c.example"});
}

TEST_CASE("actions have their names in overrides.yml") {
    CHECK(policy::to_string(Action::kIgnore) == "ignore");
    CHECK(policy::to_string(Action::kEnforce) == "enforce");
    CHECK(policy::to_string(Action::kPin) == "pin");
    CHECK(policy::to_string(Action::kDefer) == "defer");
}

TEST_CASE("hits are counted for each entry, and go on where an entry stays") {
    const Overrides old({entry("example.com", ""), entry("example.net", "")});
    const auto hit = [](const Overrides& all, const char* domain) {
        all.count_hit(*all.find(name(domain), kNoon));
    };
    const auto hits = [](const Overrides& all, const char* domain) {
        return all.hits(*all.find(name(domain), kNoon));
    };
    hit(old, "example.com");
    hit(old, "example.com");
    hit(old, "example.net");

    Override changed = entry("example.net", "");
    changed.action = Override::Action::kDefer;
    Overrides fresh({changed, entry("example.com", "another comment")});
    fresh.continue_counts(old);
    CHECK(hits(fresh, "example.com") == 2);
    CHECK(hits(fresh, "example.net") == 0);
    hit(old, "example.com");  // a thread that has not changed over yet
    CHECK(hits(fresh, "example.com") == 3);
}
