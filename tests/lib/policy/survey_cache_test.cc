// SPDX-License-Identifier: MIT
#include "lib/policy/survey_cache.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using base::MonoTime;
using base::Seconds;
using dane::State;
using policy::Key;
using policy::SurveyCache;

namespace {

constexpr MonoTime kNow{Seconds{1000}};

Key key(const std::string& text) {
    return policy::parse_key(text).value();
}

SurveyCache::Entry entry(State state, Seconds until = Seconds{100}, Seconds renew = Seconds{90}) {
    dane::Findings findings;
    findings.state = state;
    return {std::make_shared<const dane::Findings>(std::move(findings)), kNow + until, kNow + renew};
}

}  // namespace

TEST_CASE("a survey is found until its time is over") {
    SurveyCache cache{SurveyCache::Options{}};
    CHECK_FALSE(cache.find(key("example.com"), kNow).state);
    cache.put(key("example.com"), entry(State::kSome), kNow);
    CHECK(cache.find(key("example.com"), kNow).state == State::kSome);
    CHECK(cache.find(key("example.com"), kNow + Seconds{99}).state == State::kSome);
    CHECK_FALSE(cache.find(key("example.com"), kNow + Seconds{100}).state);
    CHECK_FALSE(cache.peek(key("example.com"), kNow + Seconds{100}));
    cache.put(key("example.com"), entry(State::kNone, Seconds{200}), kNow);
    CHECK(cache.find(key("example.com"), kNow + Seconds{100}).state == State::kNone);
    CHECK(cache.size() == 1);
}

TEST_CASE("that a survey is to be renewed is told once") {
    SurveyCache cache{SurveyCache::Options{}};
    cache.put(key("example.com"), entry(State::kAll), kNow);
    CHECK_FALSE(cache.find(key("example.com"), kNow + Seconds{89}).renew_due);
    CHECK(cache.find(key("example.com"), kNow + Seconds{90}).renew_due);
    CHECK_FALSE(cache.find(key("example.com"), kNow + Seconds{90}).renew_due);
    cache.put(key("example.com"), entry(State::kAll), kNow);
    CHECK(cache.find(key("example.com"), kNow + Seconds{90}).renew_due);
}

TEST_CASE("each next hop has its own survey") {
    // The port that mail has anyway makes no difference; brackets do.
    const struct {
        const char* one;
        const char* other;
        bool same;
    } rows[] = {
        {"example.com", "EXAMPLE.com.", true},
        {"example.com", "example.com:25", true},
        {"example.com", "example.com:smtp", true},
        {"example.com", "[example.com]", false},
        {"example.com", "example.com:26", false},
        {"[example.com]", "[example.com]:25", true},
        {"[example.com]", "[example.com]:26", false},
        {"example.com:26", "[example.com]:26", false},
        {"example.com:587", "example.com:submission", true},
        {"example.com", "www.example.com", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.one);
        CAPTURE(row.other);
        SurveyCache cache{SurveyCache::Options{}};
        cache.put(key(row.one), entry(State::kAll), kNow);
        CHECK(cache.find(key(row.other), kNow).state.has_value() == row.same);
        CHECK(cache.remove(key(row.other)) == row.same);
        CHECK(cache.find(key(row.one), kNow).state.has_value() != row.same);
    }
}

TEST_CASE("the oldest surveys make room, and those whose time is over leave as others come") {
    SurveyCache small{SurveyCache::Options{640}};
    for (int i = 0; i < 2000; ++i)
        small.put(key("d" + std::to_string(i) + ".example"), entry(State::kNone), kNow);
    CHECK(small.size() <= 640);
    CHECK(small.find(key("d1999.example"), kNow).state);
    CHECK_FALSE(small.find(key("d0.example"), kNow).state);

    SurveyCache cache{SurveyCache::Options{}};
    for (int i = 0; i < 2000; ++i)
        cache.put(key("d" + std::to_string(i) + ".example"), entry(State::kNone), kNow);
    CHECK(cache.size() == 2000);
    for (int i = 0; i < 1000; ++i)
        cache.put(key("n" + std::to_string(i) + ".example"), entry(State::kNone, Seconds{900}),
                  kNow + Seconds{100});
    CHECK(cache.size() < 1200);
    cache.clear();
    CHECK(cache.size() == 0);
    CHECK_FALSE(cache.find(key("n1.example"), kNow).state);
}
