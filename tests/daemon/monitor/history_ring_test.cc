// SPDX-License-Identifier: MIT
#include "daemon/monitor/history_ring.h"

#include <doctest/doctest.h>

using app::Histogram;
using app::HistoryRing;

namespace {

HistoryRing::Totals totals(std::uint64_t secure, std::uint64_t fetches = 0) {
    HistoryRing::Totals out;
    out.answers[0] = secure;
    out.fetches = fetches;
    return out;
}

std::vector<std::uint32_t> secure(const std::vector<HistoryRing::Sample>& samples) {
    std::vector<std::uint32_t> out;
    for (const auto& sample : samples)
        out.push_back(sample.answers[0]);
    return out;
}

}  // namespace

TEST_CASE("each minute holds what came in it, the last the one that is running") {
    HistoryRing ring;
    CHECK(secure(ring.stretches(3, 1, totals(4))) == std::vector<std::uint32_t>{0, 0, 4});
    ring.end_minute(totals(5));
    ring.end_minute(totals(5));
    ring.end_minute(totals(25, 2));
    CHECK(secure(ring.stretches(5, 1, totals(26, 2))) == std::vector<std::uint32_t>{0, 5, 0, 20, 1});
    CHECK(secure(ring.stretches(2, 1, totals(26, 2))) == std::vector<std::uint32_t>{20, 1});
    CHECK(ring.stretches(2, 1, totals(26, 2))[0].fetches == 2);
}

TEST_CASE("several minutes make a stretch: sums, and the largest of the times") {
    HistoryRing ring;
    Histogram hits(1);
    std::uint64_t sum = 0;
    for (const std::uint64_t took : {4U, 64U, 16U, 2U}) {
        hits.record(took);
        HistoryRing::Totals now = totals(sum += took);
        hits.add_to(now.hits);
        ring.end_minute(now);
    }
    HistoryRing::Totals now = totals(sum + 100);
    hits.add_to(now.hits);
    // Counted back: the running minute and 2, then 16 and 64, then 4.
    const auto stretches = ring.stretches(3, 2, now);
    CHECK(secure(stretches) == std::vector<std::uint32_t>{4, 80, 102});
    CHECK(stretches[0].hit_slow == 4);
    CHECK(stretches[1].hit_slow == 64);
    CHECK(stretches[1].hit_median == 64);
    CHECK(stretches[2].hit_slow == 2);
    CHECK(stretches[2].miss_slow == 0);
}

TEST_CASE("a day is kept and no more") {
    HistoryRing ring;
    for (std::uint64_t minute = 1; minute <= 2 * HistoryRing::kMinutes; ++minute)
        ring.end_minute(totals(minute));
    const auto day = ring.stretches(72, 20, totals(2 * HistoryRing::kMinutes + 1));
    for (std::size_t i = 0; i < day.size(); ++i)
        CHECK(day[i].answers[0] == 20);
    CHECK(secure(ring.stretches(75, 20, totals(2 * HistoryRing::kMinutes + 1)))[0] == 0);
}
