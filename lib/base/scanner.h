// SPDX-License-Identifier: MIT
#pragma once
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

#include "lib/base/ascii.h"

namespace base {

/// Reads a text from left to right: the one tool for all grammars. Each function either takes what it names
/// and moves on, or leaves the position where it was. Views point into the text, which must outlive them.
/// Knows no locale, allocates nothing, never reads past the end.
class Scanner {
  public:
    explicit constexpr Scanner(std::string_view text) : text_(text) {}

    constexpr bool at_end() const { return position_ == text_.size(); }
    /// Bytes taken so far.
    constexpr std::size_t position() const { return position_; }
    constexpr std::string_view rest() const { return text_.substr(position_); }

    /// The next character without taking it; '\0' at the end (a text may hold NUL: ask at_end() where it
    /// matters).
    constexpr char peek() const { return at_end() ? '\0' : text_[position_]; }
    /// Takes one character, whatever it is; nothing at the end.
    constexpr std::optional<char> next() {
        if (at_end()) return std::nullopt;
        return text_[position_++];
    }
    /// Takes `c`, if it is next.
    constexpr bool literal(char c) {
        if (at_end() || text_[position_] != c) return false;
        ++position_;
        return true;
    }
    /// Takes `word`, if it is next, byte for byte.
    constexpr bool literal(std::string_view word) {
        if (rest().substr(0, word.size()) != word) return false;
        position_ += word.size();
        return true;
    }
    /// Takes `word`, if it is next, in any case.
    constexpr bool literal_nocase(std::string_view word) {
        if (!equal_nocase(rest().substr(0, word.size()), word)) return false;
        position_ += word.size();
        return true;
    }

    /// Takes the longest run of characters for which `wanted(char)` holds, at most `limit` of them. May be
    /// empty.
    template <class Wanted>
    constexpr std::string_view take_while(const Wanted& wanted, std::size_t limit = std::string_view::npos) {
        const std::string_view candidates = rest().substr(0, limit);
        std::size_t length = 0;
        while (length < candidates.size() && wanted(candidates[length]))
            ++length;
        return take(length);
    }
    /// Takes everything before the next `stop`, or the rest where there is none; `stop` itself is not taken.
    constexpr std::string_view take_until(char stop) { return take(rest().find(stop)); }
    /// Skips spaces and tabs (WSP of RFC 5234).
    constexpr void skip_wsp() {
        take_while([](char c) { return c == ' ' || c == '\t'; });
    }

    /// Takes a decimal number of 1 to `max_digits` digits, leading zeros included. Nothing, and nothing
    /// taken, where there is no digit, there are more digits, or the value does not fit T.
    template <class T>
    std::optional<T> take_number(std::size_t max_digits) {
        const std::size_t begin = position_;
        const std::string_view digits = take_while(is_digit);
        T value{};
        if (!digits.empty() && digits.size() <= max_digits) {
            const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
            if (parsed.ec == std::errc{}) return value;
        }
        position_ = begin;
        return std::nullopt;
    }

  private:
    constexpr std::string_view take(std::size_t length) {
        const std::string_view taken = text_.substr(position_, length);
        position_ += taken.size();
        return taken;
    }

    std::string_view text_;
    std::size_t position_ = 0;
};

}  // namespace base
