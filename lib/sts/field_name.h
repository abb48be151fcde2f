// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string_view>

#include "lib/base/ascii.h"
#include "lib/base/char_set.h"
#include "lib/base/scanner.h"

namespace sts {

inline constexpr std::size_t kMaxFieldName = 32;
inline constexpr base::CharSet kIsFieldName([](char c) {
    return base::is_alnum(c) || c == '_' || c == '-' || c == '.';
});

/// Takes the name of a field, which has one grammar in the record and in the policy (RFC 8461 3.1
/// sts-ext-name, 3.2 sts-policy-ext-name): a letter or digit, then up to 31 letters, digits, '_', '-' and
/// '.'. Empty, and nothing taken, where there is none. Of a longer name the first 32 characters: the
/// delimiter is then missing.
inline std::string_view take_field_name(base::Scanner& in) {
    if (!base::is_alnum(in.peek())) return {};
    return in.take_while(kIsFieldName, kMaxFieldName);
}

}  // namespace sts
