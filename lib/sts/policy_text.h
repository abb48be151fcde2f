// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

namespace sts {

/// What keeps a text from being the value of a policy field.
enum class TextFault { kNone, kControl, kBadUtf8 };

/// Judges the bytes of a value (RFC 8461 3.2 sts-policy-ext-value): space, printable ASCII and whole UTF-8
/// sequences of RFC 3629; no control character of ASCII, tab and DEL included. White space at the ends is the
/// caller's.
TextFault check_text(std::string_view value);

}  // namespace sts
