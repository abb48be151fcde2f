// SPDX-License-Identifier: MIT
#include "daemon/settings/values.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "lib/base/scanner.h"

namespace app {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};
constexpr std::array<Unit, 5> kTimes{{{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<Unit, 4> kSizes{{{"TiB", std::uint64_t{1} << 40},
                                      {"GiB", std::uint64_t{1} << 30},
                                      {"MiB", std::uint64_t{1} << 20},
                                      {"KiB", std::uint64_t{1} << 10}}};
constexpr std::size_t kMaxDigits = 19;

template <std::size_t N>
Parsed<std::uint64_t> scaled(std::uint64_t count, std::string_view unit, const std::array<Unit, N>& units,
                             std::uint64_t limit) {
    for (const Unit& known : units) {
        if (known.name != unit) continue;
        if (count > limit / known.factor) return base::Unexpected<std::string>("is too large");
        return count * known.factor;
    }
    return base::Unexpected<std::string>("has an unknown unit");
}

template <std::size_t N>
std::string print_scaled(std::uint64_t value, const std::array<Unit, N>& units) {
    for (const Unit& unit : units)
        if (value != 0 && value % unit.factor == 0)
            return std::to_string(value / unit.factor) + std::string(unit.name);
    return {};
}

bool plain(std::string_view text) {
    if (text.empty() || text.back() == ':' || base::equal_nocase(text, "null")) return false;
    if (!base::is_alnum(text.front()) && text.front() != '/') return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return base::is_alnum(c) || std::string_view("/._-:[]+").find(c) != std::string_view::npos;
    });
}

}  // namespace

Parsed<base::Milliseconds> parse_duration(std::string_view text) {
    base::Scanner in(text);
    const auto count = in.take_number<std::uint64_t>(10);
    if (!count) return base::Unexpected<std::string>("is not a duration");
    if (in.at_end()) return base::Unexpected<std::string>("has no unit (ms, s, m, h or d)");
    const auto value = scaled(*count, in.rest(), kTimes, std::numeric_limits<std::int64_t>::max());
    if (!value) return base::Unexpected<std::string>(value.error());
    return base::Milliseconds(static_cast<std::int64_t>(*value));
}

std::string print_duration(base::Milliseconds duration) {
    const std::string text = print_scaled(static_cast<std::uint64_t>(duration.count()), kTimes);
    return text.empty() ? "0s" : text;
}

Parsed<std::uint64_t> parse_size(std::string_view text) {
    base::Scanner in(text);
    const auto count = in.take_number<std::uint64_t>(kMaxDigits);
    if (!count) return base::Unexpected<std::string>("is not a size");
    if (in.at_end()) return *count;
    return scaled(*count, in.rest(), kSizes, std::numeric_limits<std::uint64_t>::max());
}

std::string print_size(std::uint64_t bytes) {
    const std::string text = print_scaled(bytes, kSizes);
    return text.empty() ? std::to_string(bytes) : text;
}

Parsed<std::uint64_t> parse_number(std::string_view text) {
    base::Scanner in(text);
    const auto value = in.take_number<std::uint64_t>(kMaxDigits);
    if (!value || !in.at_end()) return base::Unexpected<std::string>("is not a whole number");
    return *value;
}

Parsed<std::uint32_t> parse_mode(std::string_view text) {
    const bool octal = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '7'; });
    const bool length = text.size() == 3 || (text.size() == 4 && text.front() == '0');
    if (!octal || !length) return base::Unexpected<std::string>("is not a mode");
    std::uint32_t mode = 0;
    for (const char c : text)
        mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
    return mode;
}

std::string print_mode(std::uint32_t mode) {
    std::string text = "0";
    for (const unsigned shift : {6U, 3U, 0U})
        text += static_cast<char>('0' + ((mode >> shift) & 7U));
    return text;
}

Parsed<bool> parse_bool(std::string_view text) {
    if (text == "yes" || text == "true") return true;
    if (text == "no" || text == "false") return false;
    return base::Unexpected<std::string>("is neither yes nor no");
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Optimal string alignment, three rows.
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::string yaml_scalar(std::string_view text) {
    if (plain(text)) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

}  // namespace app
