// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace socketmap {

// Limits, from where they come: Postfix's client (socketmap_table(5), dict_sockmap).
inline constexpr std::size_t kMaxRequest = 10300;  ///< payload bytes; Postfix sends keys of up to 10,000
inline constexpr std::size_t kMaxReply = 100000;   ///< payload bytes; more is an error for Postfix
inline constexpr std::size_t kMaxReason = 200;     ///< bytes of a TEMP or PERM reason that Postfix logs

/// A request's payload: `<map> SP <key>`. Views into the payload.
struct Request {
    std::string_view map;
    std::string_view key;  ///< may be empty, may hold spaces
};

/// Nothing where the payload has no space.
std::optional<Request> parse_request(std::string_view payload);

/// The words a reply begins with, each with its space.
inline constexpr std::string_view kOk = "OK ";
inline constexpr std::string_view kNotFound = "NOTFOUND ";
inline constexpr std::string_view kTemp = "TEMP ";
inline constexpr std::string_view kPerm = "PERM ";

/// Appends `word` and `reason` made harmless: printable ASCII only ('?' for the rest), at most kMaxReason
/// bytes, never empty.
void append_refusal(std::string& out, std::string_view word, std::string_view reason);

}  // namespace socketmap
