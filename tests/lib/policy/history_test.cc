// SPDX-License-Identifier: MIT
#include "lib/policy/history.h"

#include <doctest/doctest.h>

namespace {

using namespace std::chrono_literals;
using policy::History;

constexpr base::MonoTime kNow{1000s};
constexpr base::WallTime kWall{1767225600s};
const policy::Reason kRefused = policy::Reason::of(sts::FetchFailure{sts::FetchFailure::Class::kConnect, 0});

dns::Name domain(const std::string& text) {
    return *dns::Name::parse(text);
}

}  // namespace

TEST_CASE("history: 5 minutes, doubling, at most an hour, for each id anew") {
    History history(10);
    CHECK(history.find(domain("example.com")) == nullptr);
    struct Row {
        std::string id;
        base::Seconds delay;
    };
    const std::vector<Row> rows = {{"1", 300s},  {"1", 600s}, {"1", 1200s}, {"1", 2400s}, {"1", 3600s},
                                   {"1", 3600s}, {"2", 300s}, {"2", 600s},  {"", 300s},   {"", 600s}};
    for (const Row& row : rows) {
        CAPTURE(row.id);
        CAPTURE(row.delay.count());
        history.record_failure(domain("example.com"), row.id, kRefused, kNow, kWall);
        const History::Entry* entry = history.find(domain("example.com"));
        REQUIRE(entry != nullptr);
        CHECK(entry->not_before - kNow == row.delay);
        CHECK(entry->id == row.id);
        CHECK(entry->reason == kRefused);
        CHECK(entry->last_failure == kWall);
    }
    history.forget(domain("example.com"));
    CHECK(history.find(domain("example.com")) == nullptr);
    history.record_failure(domain("example.com"), "2", kRefused, kNow, kWall);
    CHECK(history.find(domain("example.com"))->failures == 1);
}

TEST_CASE("history: a thousand failures in a row do not wrap around") {
    History history(10);
    for (int i = 0; i < 1000; ++i)
        history.record_failure(domain("example.com"), "1", kRefused, kNow, kWall);
    CHECK(history.find(domain("example.com"))->not_before - kNow == 1h);
}

TEST_CASE("history: bounded, the longest untouched entry makes room") {
    History history(3);
    for (const char* name : {"a.test", "b.test", "c.test", "a.test", "d.test"}) {
        history.record_failure(domain(name), "1", kRefused, kNow, kWall);
    }
    CHECK(history.find(domain("b.test")) == nullptr);
    for (const char* name : {"a.test", "c.test", "d.test"}) {
        CAPTURE(name);
        CHECK(history.find(domain(name)) != nullptr);
    }
}
