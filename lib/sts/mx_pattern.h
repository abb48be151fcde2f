// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

namespace sts {

/// What is wrong with the value of an `mx` field.
enum class MxVerdict { kUsable, kFinalDot, kUnusable };

/// Judges the value of an `mx` field (RFC 8461 3.2): A-labels of letters, digits and inner '-', at least two
/// with a "*" counted, "*." only as the whole leftmost label. Not an IP address. kFinalDot: usable once its
/// final dot is dropped. Any case.
MxVerdict judge_mx(std::string_view value);

/// True if `host` (an MX host name, any case, no final dot) fits `pattern` (usable, any case): equal, or "*."
/// standing for exactly the leftmost label (RFC 8461 4.1).
bool mx_matches(std::string_view pattern, std::string_view host);

}  // namespace sts
