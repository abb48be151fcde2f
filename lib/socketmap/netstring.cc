// SPDX-License-Identifier: MIT
#include "lib/socketmap/netstring.h"

#include <array>
#include <charconv>
#include <cstring>

#include "lib/base/ascii.h"

namespace socketmap {
namespace {

/// The digits of the largest std::size_t, and the ':'.
constexpr std::size_t kHead = 21;
/// The same of the lengths that nearly all payloads have: these need not be moved once the length is known.
constexpr std::size_t kLikelyHead = 3;

}  // namespace

Frame next_frame(std::string_view input, std::size_t limit) {
    // One step per digit, so that a length that is too long is known at its first digit too many, however
    // many more digits follow.
    std::size_t length = 0;
    std::size_t at = 0;
    for (; at < input.size() && base::is_digit(input[at]); ++at) {
        if (at > 0 && length == 0) return {Frame::State::kMalformed, {}, 0};  // a leading zero
        const auto digit = static_cast<std::size_t>(input[at] - '0');
        if (digit > limit || length > (limit - digit) / 10) return {Frame::State::kTooLong, {}, 0};
        length = length * 10 + digit;
    }
    if (at == input.size()) return {Frame::State::kPartial, {}, 0};
    if (at == 0 || input[at] != ':') return {Frame::State::kMalformed, {}, 0};

    const std::string_view rest = input.substr(at + 1);
    if (rest.size() <= length) return {Frame::State::kPartial, {}, 0};
    if (rest[length] != ',') return {Frame::State::kMalformed, {}, 0};
    return {Frame::State::kWhole, rest.substr(0, length), at + 1 + length + 1};
}

void append_netstring(std::string& out, std::string_view payload) {
    std::array<char, kHead> head{};
    const auto end = std::to_chars(head.data(), head.data() + head.size(), payload.size()).ptr;
    out.append(head.data(), end).append(1, ':').append(payload).append(1, ',');
}

std::size_t begin_netstring(std::string& out) {
    const std::size_t begin = out.size();
    out.append(kLikelyHead, '0');
    return begin;
}

void finish_netstring(std::string& out, std::size_t begin) {
    std::array<char, kHead> head{};
    const std::size_t length = out.size() - begin - kLikelyHead;
    char* end = std::to_chars(head.data(), head.data() + head.size() - 1, length).ptr;
    *end++ = ':';
    const auto used = static_cast<std::size_t>(end - head.data());
    if (used == kLikelyHead) {
        std::memcpy(out.data() + begin, head.data(), kLikelyHead);
    } else {
        out.replace(begin, kLikelyHead, head.data(), used);
    }
    out.push_back(',');
}

}  // namespace socketmap
