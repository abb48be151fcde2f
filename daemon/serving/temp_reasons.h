// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/policy/verdict.h"

namespace app {

/// Reasons of TEMP answers: the kinds of policy::Reason, then the classes of failed fetches.
inline constexpr std::size_t kTempReasons = 8 + 12;

/// Where an answer of TEMP is counted.
inline std::size_t temp_reason(const policy::Verdict& verdict) {
    const policy::Reason& reason = verdict.reason;
    const auto kind = static_cast<std::size_t>(reason.kind);
    return reason.kind == policy::Reason::Kind::kFetchFailed ? 8 + reason.code % 12U : kind;
}

/// "override", "dns", "connect" ...: policy::Reason::word() of what is counted there.
inline std::string_view temp_reason_word(std::size_t index) {
    policy::Reason reason;
    if (index >= 8) {
        reason = {policy::Reason::Kind::kFetchFailed, static_cast<std::uint8_t>(index - 8), 0};
    } else {
        reason.kind = static_cast<policy::Reason::Kind>(index);
    }
    // The operator's own `defer` needs no reason.
    return reason.kind == policy::Reason::Kind::kNone ? "override" : reason.word();
}

}  // namespace app
