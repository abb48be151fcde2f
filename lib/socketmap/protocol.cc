// SPDX-License-Identifier: MIT
#include "lib/socketmap/protocol.h"

#include "lib/base/scanner.h"

namespace socketmap {

std::optional<Request> parse_request(std::string_view payload) {
    base::Scanner scanner(payload);
    const std::string_view map = scanner.take_until(' ');
    if (!scanner.literal(' ')) return std::nullopt;
    return Request{map, scanner.rest()};
}

void append_refusal(std::string& out, std::string_view word, std::string_view reason) {
    if (reason.empty()) reason = "no reason given";
    out.append(word);
    for (const char c : reason.substr(0, kMaxReason))
        out.push_back(c >= ' ' && c <= '~' ? c : '?');
}

}  // namespace socketmap
