// SPDX-License-Identifier: MIT
#include "lib/socketmap/netstring.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

using socketmap::Frame;
using socketmap::next_frame;
using State = socketmap::Frame::State;

TEST_CASE("a frame is its length in decimal, a colon, that many bytes and a comma") {
    const struct {
        std::string input;
        State state;
        std::string payload;
        std::size_t size;
    } rows[] = {
        {"5:hello,", State::kWhole, "hello", 8},
        {"5:hello,5:again,", State::kWhole, "hello", 8},
        {"0:,", State::kWhole, "", 3},
        {"0:,0:,", State::kWhole, "", 3},
        {"1:,,", State::kWhole, ",", 4},
        {"3:a:b,rest", State::kWhole, "a:b", 6},
        {std::string("3:a\0b,", 6), State::kWhole, std::string("a\0b", 3), 6},
        {"100:" + std::string(100, 'x') + ",", State::kWhole, std::string(100, 'x'), 105},
        // More bytes may make it whole.
        {"", State::kPartial, "", 0},
        {"0", State::kPartial, "", 0},
        {"0:", State::kPartial, "", 0},
        {"1", State::kPartial, "", 0},
        {"17", State::kPartial, "", 0},
        {"17:", State::kPartial, "", 0},
        {"17:QUE", State::kPartial, "", 0},
        {"5:hello", State::kPartial, "", 0},
        {"100:", State::kPartial, "", 0},
        // Nothing can.
        {" 5:hello,", State::kMalformed, "", 0},
        {"5 :hello,", State::kMalformed, "", 0},
        {"x7:QUERY a,", State::kMalformed, "", 0},
        {":hello,", State::kMalformed, "", 0},
        {":,", State::kMalformed, "", 0},
        {",", State::kMalformed, "", 0},
        {"-1:,", State::kMalformed, "", 0},
        {"+1:a,", State::kMalformed, "", 0},
        {"1a:", State::kMalformed, "", 0},
        {"5:helloX", State::kMalformed, "", 0},
        {"5:hello\n", State::kMalformed, "", 0},
        {"0:a", State::kMalformed, "", 0},
        {"4:hello,", State::kMalformed, "", 0},
        {"00:,", State::kMalformed, "", 0},
        {"00", State::kMalformed, "", 0},
        {"05:hello,", State::kMalformed, "", 0},
        {"01", State::kMalformed, "", 0},
        {"\r\n", State::kMalformed, "", 0},
        {"GET / HTTP/1.0\r\n\r\n", State::kMalformed, "", 0},
        {std::string("\0", 1), State::kMalformed, "", 0},
        // The limit is 100 here; known at the first digit too many.
        {"101:", State::kTooLong, "", 0},
        {"101", State::kTooLong, "", 0},
        {"1000", State::kTooLong, "", 0},
        {"99999999999:", State::kTooLong, "", 0},
        {std::string(100000, '1'), State::kTooLong, "", 0},
        {"18446744073709551616:", State::kTooLong, "", 0},
        {"18446744073709551626:hello,", State::kTooLong, "", 0},
    };
    for (const auto& row : rows) {
        CAPTURE(row.input.substr(0, 40));
        const Frame frame = next_frame(row.input, 100);
        CHECK(static_cast<int>(frame.state) == static_cast<int>(row.state));
        CHECK(frame.payload == row.payload);
        CHECK(frame.size == row.size);
    }
}

TEST_CASE("the limits of the limit") {
    CHECK((next_frame("0:,", 0).state == State::kWhole));
    CHECK((next_frame("1:a,", 0).state == State::kTooLong));
    CHECK((next_frame("9", 9).state == State::kPartial));
    CHECK((next_frame("9", 8).state == State::kTooLong));
    CHECK((next_frame("10", 9).state == State::kTooLong));
    constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
    CHECK((next_frame("18446744073709551615:", kMost).state == State::kPartial));
    CHECK((next_frame("18446744073709551616:", kMost).state == State::kTooLong));
}

TEST_CASE("a frame that comes byte by byte is partial until its last byte") {
    const std::string whole = "19:postfix example.com,";
    for (std::size_t n = 0; n < whole.size(); ++n) {
        CAPTURE(n);
        CHECK((next_frame(std::string_view(whole).substr(0, n), 100).state == State::kPartial));
    }
    CHECK((next_frame(whole, 100).state == State::kWhole));
}

TEST_CASE("both ways of writing a netstring write the same, after what is there already") {
    for (const std::size_t length : {0U, 1U, 9U, 10U, 99U, 100U, 9999U, 100000U}) {
        CAPTURE(length);
        const std::string payload(length, 'p');
        std::string copied = "1:x,";
        socketmap::append_netstring(copied, payload);
        std::string in_place = "1:x,";
        const std::size_t begin = socketmap::begin_netstring(in_place);
        in_place += payload;
        socketmap::finish_netstring(in_place, begin);
        CHECK(copied == in_place);
        CHECK(copied == "1:x," + std::to_string(length) + ":" + payload + ",");
    }
}
