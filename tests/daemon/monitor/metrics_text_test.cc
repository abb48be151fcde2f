// SPDX-License-Identifier: MIT
#include "daemon/monitor/metrics_text.h"

#include <doctest/doctest.h>

#include "daemon/adapters/dns_counts.h"
#include "daemon/serving/temp_reasons.h"

using app::Histogram;
using app::MetricsText;

TEST_CASE("a family has its help and type once, and its samples") {
    MetricsText out;
    out.family("answers_total", "counter", "Answers.");
    out.sample({{"kind", "secure"}}, 3);
    out.sample({{"kind", "temp"}, {"reason", "dns"}}, 18446744073709551615U);
    out.family("connections", "gauge", "Open.");
    out.sample(7);
    CHECK(out.text() ==
          "# HELP mta_stsd_answers_total Answers.\n"
          "# TYPE mta_stsd_answers_total counter\n"
          "mta_stsd_answers_total{kind=\"secure\"} 3\n"
          "mta_stsd_answers_total{kind=\"temp\",reason=\"dns\"} 18446744073709551615\n"
          "# HELP mta_stsd_connections Open.\n"
          "# TYPE mta_stsd_connections gauge\n"
          "mta_stsd_connections 7\n");
}

TEST_CASE("label values and help are escaped as the format asks") {
    MetricsText out;
    out.family("x", "gauge", "a \\ and\na \"quote\"");
    out.sample({{"l", "a\"b\\c\nd"}}, 1);
    CHECK(out.text().find("# HELP mta_stsd_x a \\\\ and\\na \"quote\"\n") == 0);
    CHECK(out.text().find("mta_stsd_x{l=\"a\\\"b\\\\c\\nd\"} 1\n") != std::string::npos);
}

TEST_CASE("a histogram's buckets count up to their bound, and the last holds all") {
    Histogram times(100);
    for (const std::uint64_t ns : {1U, 100U, 101U, 200U, 250U, 4000000000U})
        times.record(ns);
    Histogram::Reading reading;
    times.add_to(reading);
    MetricsText out;
    out.family("t_seconds", "histogram", "T.");
    out.histogram(reading, 1e-7, 1e-9, 3);
    CHECK(out.text() ==
          "# HELP mta_stsd_t_seconds T.\n"
          "# TYPE mta_stsd_t_seconds histogram\n"
          "mta_stsd_t_seconds_bucket{le=\"1e-07\"} 2\n"
          "mta_stsd_t_seconds_bucket{le=\"2e-07\"} 4\n"
          "mta_stsd_t_seconds_bucket{le=\"4e-07\"} 5\n"
          "mta_stsd_t_seconds_bucket{le=\"+Inf\"} 6\n"
          "mta_stsd_t_seconds_sum 4.000000652\n"
          "mta_stsd_t_seconds_count 6\n");
}

TEST_CASE("a share of the times lies below the quantile") {
    Histogram times(1);
    Histogram::Reading before;
    times.add_to(before);
    CHECK(before.quantile(0.5) == 0);
    for (int i = 0; i < 98; ++i)
        times.record(3);
    times.record(900);
    times.record(std::uint64_t{1} << 40);
    Histogram::Reading now;
    times.add_to(now);
    CHECK(now.quantile(0.5) == 4);
    CHECK(now.quantile(0.99) == 1024);
    CHECK(now.quantile(1.0) == Histogram::bound(Histogram::kBounds - 1));
    CHECK(now.since(now).total() == 0);
    CHECK(now.since(before).total() == 100);
}

TEST_CASE("every reason of TEMP has a place and a word of its own") {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < app::kTempReasons; ++i)
        words.emplace_back(app::temp_reason_word(i));
    CHECK(words[0] == "override");
    const auto word_of = [&](policy::Reason reason) {
        policy::Verdict verdict;
        verdict.reason = reason;
        return words[app::temp_reason(verdict)];
    };
    CHECK(word_of({policy::Reason::Kind::kDnsFailed, 1, 2}) == "dns");
    CHECK(word_of({policy::Reason::Kind::kOverloaded}) == "overloaded");
    CHECK(word_of({policy::Reason::Kind::kTooLate}) == "too-late");
    CHECK(word_of({policy::Reason::Kind::kDaneUnknown}) == "dane-unknown");
    for (const auto cls : {sts::FetchFailure::Class::kDns, sts::FetchFailure::Class::kTlsExpired,
                           sts::FetchFailure::Class::kSyntax}) {
        CHECK(word_of(policy::Reason::of(sts::FetchFailure{cls, 0})) == sts::to_string(cls));
    }
}

TEST_CASE("DNS lookups are counted by type and outcome") {
    app::DnsCounts counts;
    counts.count(16, app::DnsCounts::kRecords);
    counts.count(16, app::DnsCounts::kRecords);
    counts.count(52, dns::LookupError::Kind::kServerFailure);
    counts.count(6, app::DnsCounts::kDenied);
    std::vector<std::string> lines;
    counts.for_each([&](std::string_view type, std::string_view outcome, std::uint64_t n) {
        lines.push_back(std::string(type) + " " + std::string(outcome) + " " + std::to_string(n));
    });
    CHECK(lines == std::vector<std::string>{"txt records 2", "tlsa server-failure 1", "other denied 1"});
}
