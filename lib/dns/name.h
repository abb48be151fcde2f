// SPDX-License-Identifier: MIT
#pragma once
#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace dns {

/// Why a text is no domain name.
enum class NameError { kEmpty, kTooLong, kBadLabel, kBadIdn };

/// An absolute domain name in canonical form: A-labels, lower case, labels joined by dots, no final dot,
/// 1 to 253 bytes. The only ways in are parse() and the prefix functions, so a Name can be put into a DNS
/// question, a URL or a reply to Postfix as it is.
///
/// A label has 1 to 63 letters, digits, '-' (not at either end) and '_' (not first); only with_prefix() makes
/// names whose first labels begin with '_'. A Name may have a single label: whether that is acceptable is the
/// caller's rule. The root is not a Name.
class Name {
  public:
    /// Accepts any case, one final dot, and U-labels in UTF-8 (UTS #46 non-transitional, as libidn2). An
    /// ASCII text is not put through IDN at all. White space is not trimmed. IP literals are refused only as
    /// far as their characters are (see is_numeric()).
    static base::Result<Name, NameError> parse(std::string_view text);

    /// This name below `labels` (for example "_mta-sts" or "_25._tcp"), which are trusted, lower-case text.
    /// kTooLong where the whole would pass 253 bytes.
    base::Result<Name, NameError> with_prefix(std::string_view labels) const;

    const std::string& text() const { return text_; }
    std::size_t label_count() const;
    /// The last label: "com" of "mail.example.com".
    std::string_view last_label() const;
    /// The last two labels: "example.com" of "mail.example.com"; the whole name where it has fewer.
    std::string_view second_level() const;
    /// True if this name is `parent` or below it.
    bool is_within(std::string_view parent) const;
    /// True if the last label is all digits: an IPv4 address or nonsense, never a host in the DNS.
    bool is_numeric() const;

    friend bool operator==(const Name&, const Name&) = default;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 minds the 0 that the compiler writes for a < b.
    friend std::strong_ordering operator<=>(const Name&, const Name&) = default;

  private:
    explicit Name(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace dns

template <>
struct std::hash<dns::Name> {
    std::size_t operator()(const dns::Name& n) const noexcept { return std::hash<std::string>{}(n.text()); }
};
