// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/result.h"

namespace app {

/// A value, or what is wrong with its text, as the end of a sentence that begins with the text: "has no
/// unit".
template <class T>
using Parsed = base::Result<T, std::string>;

/// "250ms", "5s", "10m", "1h", "30d": a whole number and a unit, at most 10 digits.
Parsed<base::Milliseconds> parse_duration(std::string_view text);
/// With the largest unit that fits without a rest: "90s", "1h".
std::string print_duration(base::Milliseconds duration);

/// Bytes: "64KiB", "16MiB", "1GiB", "1TiB", or a bare number of bytes.
Parsed<std::uint64_t> parse_size(std::string_view text);
/// With the largest unit that fits without a rest: "64KiB", "1000".
std::string print_size(std::uint64_t bytes);

/// Digits only.
Parsed<std::uint64_t> parse_number(std::string_view text);

/// Permissions in octal, "0660" or "660", at most 0777.
Parsed<std::uint32_t> parse_mode(std::string_view text);
std::string print_mode(std::uint32_t mode);

/// "yes", "no", "true", "false", in lower case.
Parsed<bool> parse_bool(std::string_view text);

/// 0 for equal texts; a letter added, dropped, changed, or two neighbours swapped counts 1.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The text as a YAML scalar: as it is where that is safe, else in double quotes.
std::string yaml_scalar(std::string_view text);

}  // namespace app
