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
inline void lower_eight(char* text) {
    constexpr std::uint64_t kEach = 0x0101010101010101;
    std::uint64_t word = 0;
    std::memcpy(&word, text, sizeof word);
    const std::uint64_t low = word & kEach * 0x7f;
    const std::uint64_t from_a = low + kEach * (0x80 - 'A');
    const std::uint64_t past_z = low + kEach * (0x7f - 'Z');
    word |= (from_a & ~past_z & ~word & kEach * 0x80) >> 2;
    std::memcpy(text, &word, sizeof word);
}
}  // namespace internal

/// Lower-cases in place; bytes outside ASCII stay as they are.
inline void lower(char* text, std::size_t size) {
    if (size < 8) {
        for (char* const end = text + size; text != end; ++text)
            *text = to_lower(*text);
        return;
    }
    for (std::size_t at = 0; at < size - 8; at += 8)
        internal::lower_eight(text + at);
    internal::lower_eight(text + size - 8);  // some of it for the second time, which changes nothing
}
inline std::string to_lower(std::string_view text) {
    std::string out(text);
    lower(out.data(), out.size());
    return out;
}

constexpr bool equal_nocase(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (to_lower(a[i]) != to_lower(b[i])) return false;
    return true;
}

}  // namespace base
