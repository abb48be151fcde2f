// SPDX-License-Identifier: MIT
#include "lib/policy/events.h"

#include <doctest/doctest.h>

using policy::Alarm;
using policy::Cause;
using policy::FlightReport;

TEST_CASE("events: the words of logs and metrics are stable") {
    CHECK(to_string(Cause::kClient) == "client");
    CHECK(to_string(Cause::kRecheck) == "recheck");
    CHECK(to_string(Cause::kRefresh) == "refresh");
    CHECK(to_string(Cause::kOperator) == "operator");
    CHECK(to_string(FlightReport::Effect::kNew) == "new");
    CHECK(to_string(FlightReport::Effect::kReplaced) == "replaced");
    CHECK(to_string(FlightReport::Effect::kConfirmed) == "confirmed");
    CHECK(to_string(FlightReport::Effect::kKept) == "kept");
    CHECK(to_string(FlightReport::Effect::kNoPolicy) == "no-policy");
    CHECK(to_string(Alarm::Kind::kRefreshFailing) == "refresh-failing");
    CHECK(to_string(Alarm::Kind::kNearExpiry) == "near-expiry");
    CHECK(to_string(Alarm::Kind::kCacheFull) == "cache-full");
    CHECK(to_string(Alarm::Kind::kStoreFailed) == "store-failed");
    CHECK(to_string(Alarm::Kind::kClockForward) == "clock-forward");
    CHECK(to_string(Alarm::Kind::kClockBack) == "clock-back");
}
