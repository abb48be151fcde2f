// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace socketmap {

/// Finds one netstring (`<decimal length> ':' <payload> ','`) at the start of `input`. Copies nothing.
struct Frame {
    enum class State : std::uint8_t {
        kWhole,      ///< `payload` is there; the frame takes `size` bytes of the input
        kPartial,    ///< the input may become a frame with more bytes
        kMalformed,  ///< it cannot: a leading zero, no digit, no comma
        kTooLong,    ///< the declared length passes the limit
    };
    State state = State::kPartial;
    std::string_view payload;
    std::size_t size = 0;
};
Frame next_frame(std::string_view input, std::size_t limit);

/// Appends `payload` as a netstring.
void append_netstring(std::string& out, std::string_view payload);

/// A netstring whose payload is appended in place: begin_netstring leaves room for the head that is likely,
/// finish_netstring fills it in once the length is known. Only a payload of less than 10 or more than 99
/// bytes is moved.
std::size_t begin_netstring(std::string& out);
void finish_netstring(std::string& out, std::size_t begin);

}  // namespace socketmap
