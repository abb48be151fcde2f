// SPDX-License-Identifier: MIT
#include "lib/policy/events.h"

namespace policy {

std::string_view to_string(Cause cause) {
    switch (cause) {
        case Cause::kClient:
            return "client";
        case Cause::kRecheck:
            return "recheck";
        case Cause::kRefresh:
            return "refresh";
        case Cause::kOperator:
            return "operator";
    }
    return "unknown";
}

std::string_view to_string(FlightReport::Effect effect) {
    switch (effect) {
        case FlightReport::Effect::kNew:
            return "new";
        case FlightReport::Effect::kReplaced:
            return "replaced";
        case FlightReport::Effect::kConfirmed:
            return "confirmed";
        case FlightReport::Effect::kKept:
            return "kept";
        case FlightReport::Effect::kNoPolicy:
            return "no-policy";
    }
    return "unknown";
}

std::string_view to_string(Alarm::Kind kind) {
    switch (kind) {
        case Alarm::Kind::kRefreshFailing:
            return "refresh-failing";
        case Alarm::Kind::kNearExpiry:
            return "near-expiry";
        case Alarm::Kind::kCacheFull:
            return "cache-full";
        case Alarm::Kind::kStoreFailed:
            return "store-failed";
        case Alarm::Kind::kClockForward:
            return "clock-forward";
        case Alarm::Kind::kClockBack:
            return "clock-back";
    }
    return "unknown";
}

}  // namespace policy
