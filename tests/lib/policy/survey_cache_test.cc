// SPDX-License-Identifier: MIT
#include "lib/policy/survey_cache.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

using base::MonoTime;
using base::Seconds;
using dane::State;
using policy::Key;
using policy::SurveyCache;

namespace {

constexpr MonoTime kNow{Seconds{1000}};
const policy::DomainLocks kLocks;

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
    SurveyCache cache{SurveyCache::Options{}, kLocks};
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
    SurveyCache cache{SurveyCache::Options{}, kLocks};
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
        SurveyCache cache{SurveyCache::Options{}, kLocks};
        cache.put(key(row.one), entry(State::kAll), kNow);
        CHECK(cache.find(key(row.other), kNow).state.has_value() == row.same);
        CHECK(cache.remove(key(row.other)) == row.same);
        CHECK(cache.find(key(row.one), kNow).state.has_value() != row.same);
    }
}

TEST_CASE("the oldest surveys make room, and those whose time is over leave as others come") {
    SurveyCache small{SurveyCache::Options{640}, kLocks};
    for (int i = 0; i < 2000; ++i)
        small.put(key("d" + std::to_string(i) + ".example"), entry(State::kNone), kNow);
    CHECK(small.size() <= 640);
    CHECK(small.find(key("d1999.example"), kNow).state);
    CHECK_FALSE(small.find(key("d0.example"), kNow).state);

    SurveyCache cache{SurveyCache::Options{}, kLocks};
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

TEST_CASE("many hosts with long names count as many surveys, whatever was there before") {
    const auto heavy = [](std::size_t hosts) {
        dane::Findings findings;
        findings.hosts.resize(hosts);
        for (dane::Host& host : findings.hosts)
            host.name = host.base_domain = std::string(250, 'x');
        return SurveyCache::Entry{std::make_shared<const dane::Findings>(std::move(findings)),
                                  kNow + Seconds{100}, kNow + Seconds{90}};
    };
    SurveyCache cache{SurveyCache::Options{6400}, kLocks};
    const auto put_all = [&](std::size_t hosts) {
        for (int i = 0; i < 12000; ++i)
            cache.put(key("d" + std::to_string(i) + ".example"), heavy(hosts), kNow);
        return cache.size();
    };
    CHECK(put_all(0) == 6400);
    CHECK(put_all(dane::Survey::kMaxHosts) <= 64);  // one in each shard
    CHECK(cache.find(key("d11999.example"), kNow).state);
    CHECK(put_all(0) == 6400);

    SurveyCache tiny{SurveyCache::Options{1}, kLocks};
    tiny.put(key("example.com"), heavy(dane::Survey::kMaxHosts), kNow);
    CHECK(tiny.find(key("example.com"), kNow).state);  // whatever its weight, the last one
    tiny.put(key("example.com"), heavy(0), kNow);
    CHECK(tiny.size() == 1);
    CHECK(tiny.remove(key("example.com")));
    CHECK(tiny.size() == 0);
}
