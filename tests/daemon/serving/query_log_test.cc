// SPDX-License-Identifier: MIT
#include "daemon/serving/query_log.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "lib/sts/mode.h"
#include "tests/support/manual_loop.h"
#include "tests/support/standard_error.h"

namespace {

using Query = policy::Responder::Query;
using Level = policy::Verdict::Level;
using Source = policy::Verdict::Source;
using ReasonKind = policy::Reason::Kind;

/// Cached answers of every kind, each for two domains, in no order.
std::vector<Query> cached_answers() {
    std::vector<Query> queries;
    for (const char* map : {"postfix", "postfix-dane", "QUERY"})
        for (const Level level : {Level::kNotFound, Level::kSecure, Level::kTemp, Level::kDaneOnly})
            for (const Source source : {Source::kPolicy, Source::kPin, Source::kNoPolicy})
                for (const auto mode : {std::optional<sts::Mode>(), std::optional(sts::Mode::kEnforce),
                                        std::optional(sts::Mode::kTesting)})
                    for (const auto survey : {std::optional<dane::State>(), std::optional(dane::State::kAll)})
                        for (const ReasonKind reason :
                             {ReasonKind::kNone, ReasonKind::kNoRecord, ReasonKind::kFetchFailed})
                            for (const char* domain : {"a.example", "b.example"}) {
                                Query query;
                                query.kind = Query::Kind::kDomain;
                                query.map = map;
                                query.key = policy::parse_key(domain);
                                query.verdict = {level, source, false, survey, {reason}};
                                query.mode = mode;
                                query.cached = true;
                                queries.push_back(std::move(query));
                            }
    std::shuffle(queries.begin(), queries.end(), std::mt19937(1));
    return queries;
}

std::string expected_line(const Query& query, app::LogFormat format) {
    const app::LogStyle style{format, false, true};
    std::string out;
    {
        app::LogLine line(
            out, style, query.verdict.level == Level::kTemp ? app::LogLevel::kWarning : app::LogLevel::kInfo,
            "query");
        line.add("domain", query.key->domain.text())
            .add("map", query.map)
            .add("verdict", policy::to_string(query.verdict.level))
            .add("source", policy::to_string(query.verdict.source))
            .add_flag("cached", true);
        if (query.mode) line.add("mode", sts::to_string(*query.mode));
        if (query.verdict.survey) line.add("dane", dane::to_string(*query.verdict.survey));
        if (query.verdict.reason.kind != ReasonKind::kNone) line.add("reason", query.verdict.reason.word());
    }
    return out;
}

const testing_support::ManualLoop kStill;

/// What a log with `format` says of these answers.
std::string logged(const std::vector<Query>& queries, app::LogFormat format) {
    return testing_support::standard_error_of([&] {
        app::Log log({app::LogLevel::kInfo, format, app::LogTarget::kJournal});
        app::Counters counters;
        app::QueryLog query_log(log, counters, kStill);
        for (const Query& query : queries)
            query_log.answered(query, base::Milliseconds{0});
        query_log.flush();
    });
}

}  // namespace

TEST_CASE("each cached answer's line says what was answered, whatever was answered before it") {
    const std::vector<Query> queries = cached_answers();
    for (const app::LogFormat format : {app::LogFormat::kText, app::LogFormat::kJson}) {
        const std::string text = logged(queries, format);
        std::size_t at = 0;
        for (const Query& query : queries) {
            const std::string expected = expected_line(query, format);
            REQUIRE(text.substr(at, expected.size()) == expected);
            at += expected.size();
        }
        CHECK(at == text.size());
    }
}

TEST_CASE("a line of an answer that had to be found out says how long that took") {
    Query query = cached_answers().front();
    query.cached = false;
    query.verdict = {Level::kSecure, Source::kPolicy};
    query.mode.reset();
    query.map = "postfix";
    CHECK(logged({query}, app::LogFormat::kText) == "<6>info query domain=" + query.key->domain.text() +
                                                        " map=postfix verdict=secure source=policy cached=no "
                                                        "took_ms=0\n");
}

TEST_CASE("each line is stamped with the second of its answer") {
    Query cached = cached_answers().front();
    cached.verdict = {Level::kSecure, Source::kPolicy};
    Query fresh = cached;
    fresh.cached = false;
    const std::string text = testing_support::standard_error_of([&] {
        testing_support::ManualLoop time;
        app::Log log({app::LogLevel::kInfo, app::LogFormat::kText, app::LogTarget::kStderr});
        app::Counters counters;
        app::QueryLog query_log(log, counters, time);
        const auto answer_both = [&] {
            query_log.answered(cached, base::Milliseconds{0});
            query_log.answered(fresh, base::Milliseconds{0});
        };
        answer_both();
        for (const int wait : {400, 700, 3'600'000}) {
            time.advance(base::Milliseconds{wait});
            answer_both();
        }
        time.set_wall(time.wall() - base::Seconds{2});
        answer_both();
        query_log.flush();
    });
    std::string times;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        times += line.substr(0, line.find(' ')) + '\n';
    std::string expected;
    for (const char* time : {"00:00:00Z", "00:00:00Z", "00:00:01Z", "01:00:01Z", "00:59:59Z"})
        for (int i = 0; i < 2; ++i)
            expected += std::string("2026-01-01T") + time + '\n';
    CHECK(times == expected);
}

TEST_CASE("an unknown map is logged once a minute, however often it is asked for") {
    Query query;
    query.kind = Query::Kind::kUnknownMap;
    query.map = "posfix";
    const std::string text = testing_support::standard_error_of([&] {
        testing_support::ManualLoop time;
        app::Counters counters;
        app::Log log({app::LogLevel::kInfo, app::LogFormat::kText, app::LogTarget::kJournal});
        app::QueryLog query_log(log, counters, time);
        for (int i = 0; i < 121; ++i, time.advance(base::Seconds{1}))
            query_log.answered(query, base::Milliseconds{0});
        query_log.flush();
    });
    CHECK(std::count(text.begin(), text.end(), '\n') == 3);
    CHECK(text.find("map=posfix") != std::string::npos);
}
