// SPDX-License-Identifier: MIT
#include "lib/sts/mx_pattern.h"

#include <algorithm>
#include <cstddef>

#include "lib/base/ascii.h"
#include "lib/base/char_set.h"
#include "lib/base/scanner.h"

namespace sts {
namespace {

constexpr std::size_t kMaxName = 253;  // RFC 1035 2.3.4, as text without the final dot
constexpr std::size_t kMaxLabel = 63;  // RFC 1035 2.3.4
constexpr std::size_t kMinLabels = 2;  // no host that takes mail from the Internet is a top-level domain

// RFC 5321 4.1.2: sub-domain = Let-dig [Ldh-str]
constexpr base::CharSet kIsLabel([](char c) { return base::is_alnum(c) || c == '-'; });

std::string_view take_label(base::Scanner& in) {
    const std::string_view label = in.take_while(kIsLabel, kMaxLabel);
    return label.empty() || label.front() == '-' || label.back() == '-' ? std::string_view() : label;
}

// RFC 8461 3.2: sts-policy-mx-value = ["*."] Domain
bool is_pattern(std::string_view value) {
    if (value.size() > kMaxName) return false;
    base::Scanner in(value);
    std::size_t labels = in.literal("*.") ? 1 : 0;
    std::string_view label;
    do {
        label = take_label(in);
        if (label.empty()) return false;
        ++labels;
    } while (in.literal('.'));
    // A last label of digits makes it an IPv4 address or nonsense, never a host (RFC 3696 2).
    return in.at_end() && labels >= kMinLabels && !std::all_of(label.begin(), label.end(), base::is_digit);
}

}  // namespace

MxVerdict judge_mx(std::string_view value) {
    if (is_pattern(value)) return MxVerdict::kUsable;
    if (value.empty() || value.back() != '.') return MxVerdict::kUnusable;
    value.remove_suffix(1);
    return is_pattern(value) ? MxVerdict::kFinalDot : MxVerdict::kUnusable;
}

bool mx_matches(std::string_view pattern, std::string_view host) {
    if (pattern.substr(0, 2) != "*.") return base::equal_nocase(pattern, host);
    // RFC 8461 4.1: the wildcard is the whole leftmost label and stands for exactly one label of the host.
    const std::size_t dot = host.find('.');
    if (dot == std::string_view::npos || dot == 0 || host.substr(0, dot) == "*") return false;
    return base::equal_nocase(pattern.substr(1), host.substr(dot));
}

}  // namespace sts
