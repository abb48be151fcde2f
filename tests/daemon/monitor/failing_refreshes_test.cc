// SPDX-License-Identifier: MIT
#include "daemon/monitor/failing_refreshes.h"

#include <doctest/doctest.h>

#include "daemon/monitor/liveness.h"

using app::FailingRefreshes;
using namespace std::chrono_literals;

namespace {

constexpr base::WallTime kNow{base::Seconds{1'700'000'000}};

dns::Name name(const std::string& text) {
    return *dns::Name::parse(text);
}

void put(policy::Cache& cache, const std::string& domain, base::Seconds age, sts::Mode mode) {
    policy::PolicyRecord record{name(domain)};
    record.id = "1";
    record.mode = mode;
    record.max_age = 86400;
    record.fetched = kNow - age;
    record.body = "version: STSv1\n";
    cache.put(record, {});
}

policy::FlightReport report(const std::string& domain, bool fetched, std::optional<sts::Mode> after) {
    policy::FlightReport out{name(domain)};
    out.effect = fetched ? policy::FlightReport::Effect::kConfirmed : policy::FlightReport::Effect::kKept;
    out.fetched = fetched;
    out.fetch_failed = !fetched;
    out.after = after;
    if (!fetched) out.reason = policy::Reason::of(sts::FetchFailure{sts::FetchFailure::Class::kConnect, 0});
    return out;
}

}  // namespace

TEST_CASE("a policy that cannot be fetched again is listed until it can, the first to expire first") {
    policy::Cache cache({});
    put(cache, "fresh.example", 1h, sts::Mode::kEnforce);
    put(cache, "late.example", 23h, sts::Mode::kTesting);
    FailingRefreshes failing;
    failing.note(report("fresh.example", false, sts::Mode::kEnforce), kNow);
    failing.note(report("late.example", false, sts::Mode::kTesting), kNow - 1h);
    failing.note(report("late.example", false, sts::Mode::kTesting), kNow);
    const auto list = failing.list(cache, kNow);
    REQUIRE(list.size() == 2);
    CHECK(list[0].domain.text() == "late.example");
    CHECK(list[0].near_expiry);
    CHECK(list[0].since == kNow - 1h);
    CHECK(list[0].reason.word() == "connect");
    CHECK(list[1].domain.text() == "fresh.example");
    CHECK_FALSE(list[1].near_expiry);

    failing.note(report("late.example", true, sts::Mode::kTesting), kNow);
    CHECK(failing.list(cache, kNow).size() == 1);
}

TEST_CASE("expired and forgotten policies, and those of mode none, are not listed") {
    policy::Cache cache({});
    put(cache, "expired.example", 25h, sts::Mode::kEnforce);
    put(cache, "none.example", 1h, sts::Mode::kNone);
    FailingRefreshes failing;
    failing.note(report("expired.example", false, sts::Mode::kEnforce), kNow);
    failing.note(report("forgotten.example", false, sts::Mode::kEnforce), kNow);
    failing.note(report("none.example", false, sts::Mode::kNone), kNow);
    CHECK(failing.list(cache, kNow).empty());
}

TEST_CASE("a lookup that made no fetch changes nothing") {
    policy::Cache cache({});
    put(cache, "a.example", 1h, sts::Mode::kEnforce);
    FailingRefreshes failing;
    failing.note(report("a.example", false, sts::Mode::kEnforce), kNow);
    auto held_back = report("a.example", false, sts::Mode::kEnforce);
    held_back.fetch_failed = false;
    failing.note(held_back, kNow);
    CHECK(failing.list(cache, kNow).size() == 1);
}

TEST_CASE("a serving thread that stands still is told, after a standstill of the whole process not at once") {
    app::Liveness liveness;
    const auto at = [](std::int64_t ms) { return base::MonoTime{base::Milliseconds{ms}}; };
    liveness.look({5, 9}, at(1000));
    liveness.look({6, 9}, at(2000));
    CHECK(liveness.troubles(at(2000)).empty());
    liveness.look({7, 9}, at(3500));
    liveness.look({8, 9}, at(4500));
    CHECK(liveness.troubles(at(4500)) ==
          std::vector<std::string>{"serving thread 2 has stood still for 3 s"});
    liveness.look({9, 10}, at(5000));
    CHECK(liveness.troubles(at(5000)).empty());
    liveness.look({9, 10}, at(60'000));
    CHECK(liveness.troubles(at(60'000)).empty());
}
