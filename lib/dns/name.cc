// SPDX-License-Identifier: MIT
#include "lib/dns/name.h"

#include <idn2.h>
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "lib/base/ascii.h"
#include "lib/base/scanner.h"

namespace dns {
namespace {

// RFC 1035 2.3.4: 255 octets on the wire, which are 253 characters of text without the final dot.
constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;
// A U-label may be longer in UTF-8 than as an A-label: UTS #46 drops ignorable characters. Text beyond this
// is not worth a conversion.
constexpr std::size_t kMaxUnicodeText = 4 * kMaxName;

using Text = base::Result<std::string, NameError>;

/// What a character may be in a name. RFC 1123 2.1: no '-' at either end of a label. '_' is left for service
/// names (RFC 8552), so never first.
enum class Role : std::uint8_t { kNone, kAnywhere, kNotFirst, kDot };

constexpr std::array<Role, 256> kRoles = [] {
    std::array<Role, 256> roles{};
    for (std::size_t c = 0; c < roles.size(); ++c)
        if (base::is_alnum(static_cast<char>(c))) roles[c] = Role::kAnywhere;
    roles['_'] = roles['-'] = Role::kNotFirst;
    roles['.'] = Role::kDot;
    return roles;
}();

/// `text` is lower-case, without a final dot. What is good is ASCII.
std::optional<NameError> check(std::string_view text) {
    if (text.empty()) return NameError::kEmpty;
    if (text.size() > kMaxName) return NameError::kTooLong;
    std::size_t label = 0;  // where it begins
    const auto ends_well = [&](std::size_t end) {
        return end > label && end - label <= kMaxLabel && text[end - 1] != '-';
    };
    const auto role_at = [text](std::size_t i) { return kRoles[static_cast<unsigned char>(text[i])]; };
    for (std::size_t i = 0;; ++i) {
        while (i < text.size() && role_at(i) == Role::kAnywhere)
            ++i;
        if (i == text.size()) break;
        if (role_at(i) == Role::kNone || i == label) return NameError::kBadLabel;
        if (role_at(i) != Role::kDot) continue;
        if (!ends_well(i)) return NameError::kBadLabel;
        label = i + 1;
    }
    if (!ends_well(text.size())) return NameError::kBadLabel;
    return std::nullopt;
}

/// The same of a text that may end with a dot, which goes.
std::optional<NameError> check_absolute(std::string& text) {
    if (!text.empty() && text.back() == '.') text.pop_back();
    return check(text);
}

/// The four characters that UTS #46 maps in its transitional form only: sharp s, final sigma and the two
/// joiners.
bool has_deviation(const std::string& text) {
    for (const char* character : {"\xC3\x9F", "\xCF\x82", "\xE2\x80\x8C", "\xE2\x80\x8D"})
        if (text.find(character) != std::string::npos) return true;
    return false;
}

/// RFC 5890 2.3.2.1: a U-label has no '_'. libidn2 lets it through (and where told to mind STD3 it drops it
/// silently).
bool has_underscore_in_a_label(std::string_view text) {
    base::Scanner scanner(text);
    do {
        const std::string_view label = scanner.take_until('.');
        if (label.substr(0, 4) == "xn--" && label.find('_') != std::string_view::npos) return true;
    } while (scanner.literal('.'));
    return false;
}

/// A-labels of a text with U-labels: UTS #46, non-transitional, as libidn2 does it.
Text to_ascii(const std::string& text) {
    // libidn2 takes a C string: what stands behind a NUL must not get lost.
    if (text.find('\0') != std::string::npos) return base::Unexpected(NameError::kBadLabel);
    char* converted = nullptr;
    int status = idn2_to_ascii_8z(text.c_str(), &converted, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
    // In the non-transitional form libidn2 refuses symbols, as IDNA2008 does and UTS #46 does not. Its
    // transitional form lets them through, and differs in nothing else where there is no deviation character.
    if (status == IDN2_DISALLOWED && !has_deviation(text))
        status = idn2_to_ascii_8z(text.c_str(), &converted, IDN2_TRANSITIONAL | IDN2_NFC_INPUT);
    if (status != IDN2_OK) return base::Unexpected(NameError::kBadIdn);
    const std::unique_ptr<char, void (*)(void*)> owner(converted, idn2_free);
    std::string ascii(converted);
    if (has_underscore_in_a_label(ascii)) return base::Unexpected(NameError::kBadLabel);
    return ascii;
}

}  // namespace

base::Result<Name, NameError> Name::parse(std::string_view text) {
    if (text.size() > kMaxUnicodeText) return base::Unexpected(NameError::kTooLong);
    std::string name = base::to_lower(text);
    std::optional<NameError> error = check_absolute(name);
    if (error && !std::all_of(text.begin(), text.end(), base::is_ascii)) {
        Text ascii = to_ascii(base::to_lower(text));
        if (!ascii) return base::Unexpected(ascii.error());
        name = base::to_lower(*ascii);
        error = check_absolute(name);
    }
    if (error) return base::Unexpected(*error);
    return Name(std::move(name));
}

base::Result<Name, NameError> Name::with_prefix(std::string_view labels) const {
    if (labels.size() + 1 + text_.size() > kMaxName) return base::Unexpected(NameError::kTooLong);
    std::string text;
    text.reserve(labels.size() + 1 + text_.size());
    text.append(labels).append(1, '.').append(text_);
    return Name(std::move(text));
}

std::size_t Name::label_count() const {
    return 1 + static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '.'));
}

std::string_view Name::last_label() const {
    const std::size_t dot = text_.rfind('.');
    return std::string_view(text_).substr(dot == std::string::npos ? 0 : dot + 1);
}

std::string_view Name::second_level() const {
    const std::size_t last = text_.rfind('.');
    if (last == std::string::npos) return text_;
    const std::size_t dot = text_.rfind('.', last - 1);
    return std::string_view(text_).substr(dot == std::string::npos ? 0 : dot + 1);
}

bool Name::is_within(std::string_view parent) const {
    if (parent.empty() || text_.size() < parent.size()) return false;
    const std::size_t at = text_.size() - parent.size();
    if (std::string_view(text_).substr(at) != parent) return false;
    return at == 0 || text_[at - 1] == '.';
}

bool Name::is_numeric() const {
    const std::string_view last = last_label();
    return std::all_of(last.begin(), last.end(), base::is_digit);
}

}  // namespace dns
