// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string_view>

namespace sts {

/// What a policy asks for (RFC 8461 3.2, 5).
enum class Mode : std::uint8_t { kNone, kTesting, kEnforce };

/// "none", "testing", "enforce".
std::string_view to_string(Mode mode);

}  // namespace sts
