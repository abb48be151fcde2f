// SPDX-License-Identifier: MIT
// Frames and requests: a whole frame is canonical and stays the same with bytes behind it; a shorter input is
// partial; what is malformed or too long stays so.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/socketmap/netstring.h"
#include "lib/socketmap/protocol.h"

namespace {

using socketmap::Frame;
using State = socketmap::Frame::State;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

void check_request(std::string_view payload) {
    const auto request = socketmap::parse_request(payload);
    require(request.has_value() == (payload.find(' ') != std::string_view::npos));
    if (request) require(std::string(request->map) + " " + std::string(request->key) == payload);

    std::string out;
    socketmap::append_refusal(out, socketmap::kTemp, payload);
    require(out.size() > 5 && out.size() <= 5 + socketmap::kMaxReason);
    for (const char c : out)
        require(c >= ' ' && c <= '~');
}

void check_whole(std::string_view input, const Frame& frame) {
    require(frame.size <= input.size() && frame.payload.size() <= socketmap::kMaxRequest);
    std::string again;
    socketmap::append_netstring(again, frame.payload);
    require(again == input.substr(0, frame.size));
    require(socketmap::next_frame(input.substr(0, frame.size), socketmap::kMaxRequest).state ==
            State::kWhole);
    require(socketmap::next_frame(input.substr(0, frame.size - 1), socketmap::kMaxRequest).state ==
            State::kPartial);
    check_request(frame.payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    check_request(input);
    while (true) {
        const Frame frame = socketmap::next_frame(input, socketmap::kMaxRequest);
        if (frame.state == State::kPartial) return 0;
        if (frame.state == State::kWhole) {
            check_whole(input, frame);
            input.remove_prefix(frame.size);
            continue;
        }
        require(frame.payload.empty() && frame.size == 0);
        require(socketmap::next_frame(std::string(input) + "0:,", socketmap::kMaxRequest).state ==
                frame.state);
        return 0;
    }
}
