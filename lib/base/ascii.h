// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace base {

// Protocol text is ASCII and never subject to a locale.

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || is_upper(c);
}
constexpr bool is_alnum(char c) {
    return is_alpha(c) || is_digit(c);
}
constexpr bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}
constexpr char to_lower(char c) {
    return is_upper(c) ? static_cast<char>(c + ('a' - 'A')) : c;
}

namespace internal {
/// Eight characters at once: the highest bit of each byte says what is known of its other seven.
inline void lower_eight(const char* from, char* to) {
    constexpr std::uint64_t kEach = 0x0101010101010101;
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    const std::uint64_t low = word & kEach * 0x7f;
    const std::uint64_t from_a = low + kEach * (0x80 - 'A');
    const std::uint64_t past_z = low + kEach * (0x7f - 'Z');
    word |= (from_a & ~past_z & ~word & kEach * 0x80) >> 2;
    std::memcpy(to, &word, sizeof word);
}
}  // namespace internal

/// Copies `text` to `to`, which does not overlap it, in lower case; bytes outside ASCII stay as they are.
/// Copied rather than changed in place: what has just been written in other pieces is slow to read again.
inline void copy_lower(std::string_view text, char* to) {
    const char* const from = text.data();
    const std::size_t size = text.size();
    if (size < 8) {
        for (std::size_t at = 0; at < size; ++at)
            to[at] = to_lower(from[at]);
        return;
    }
    for (std::size_t at = 0; at < size - 8; at += 8)
        internal::lower_eight(from + at, to + at);
    internal::lower_eight(from + size - 8, to + size - 8);  // some of it for the second time
}
inline std::string to_lower(std::string_view text) {
    std::string out(text.size(), '\0');
    copy_lower(text, out.data());
    return out;
}

constexpr bool equal_nocase(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (to_lower(a[i]) != to_lower(b[i])) return false;
    return true;
}

}  // namespace base
