// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/sts/mode.h"

namespace sts {

inline constexpr std::size_t kMaxPolicyBytes = 64 * 1024;  ///< a longer file is an error, never cut
inline constexpr std::uint32_t kMaxMaxAge = 31557600;  ///< seconds (RFC 8461 3.2); larger values are capped
inline constexpr std::size_t kMaxLaxReasons = 100;     ///< a hostile file has no more reasons than that

/// Where in a policy's body an `mx` value stands, without white space and final dot. Any case.
struct MxSpan {
    std::uint16_t offset;
    std::uint16_t length;
    std::string_view in(std::string_view body) const { return body.substr(offset, length); }
};

/// Where a policy was outside the grammar although its meaning is clear.
struct LaxReason {
    enum class Kind : std::uint8_t { kBlankLine, kByteOrderMark, kFinalDot, kUnusableMx };
    Kind kind;
    std::uint32_t line;  ///< from 1
};

/// The policy file (RFC 8461 3.2 and its errata), parsed. `mx` has the usable values in their order, each
/// once (case ignored); it is not empty under enforce and testing.
struct Policy {
    Mode mode = Mode::kNone;
    std::uint32_t max_age = 0;  ///< seconds, capped at kMaxMaxAge
    std::vector<MxSpan> mx;     ///< into the body that was parsed
    std::vector<LaxReason>
        lax;  ///< empty: within the grammar to the letter; at most the first kMaxLaxReasons
};

/// Why a file is no policy.
struct PolicyError {
    enum class Kind : std::uint8_t {
        kTooLong,
        kSyntax,
        kBadUtf8,
        kNoVersion,
        kBadVersion,
        kNoMode,
        kBadMode,
        kNoMaxAge,
        kBadMaxAge,
        kNoUsableMx
    };
    Kind kind = Kind::kSyntax;
    std::uint32_t line = 0;  ///< from 1; 0: the file as a whole
};

/// For people: "no max_age", "line 3: outside the grammar".
std::string describe(const PolicyError& error);
/// For people: "line 2: blank line", "line 4: mx dropped, not a host name".
std::string describe(const LaxReason& reason);

/// Parses a body as it was served. The result refers to `body` by offsets.
base::Result<Policy, PolicyError> parse_policy(std::string_view body);

/// Calls `line(std::string_view)` for each line of a body in order, without line ends; blank ones and a byte
/// order mark left out.
template <class F>
void for_each_policy_line(std::string_view body, F&& line) {
    if (body.substr(0, 3) == "\xEF\xBB\xBF") body.remove_prefix(3);
    while (!body.empty()) {
        const std::size_t end = body.find('\n');
        std::string_view text = body.substr(0, end);
        body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
        if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
        if (text.find_first_not_of(" \t") != std::string_view::npos) line(text);
    }
}

}  // namespace sts
