// SPDX-License-Identifier: MIT
#include "lib/base/scanner.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

using base::Scanner;

TEST_CASE("a scanner takes what is asked for, or stays where it is") {
    Scanner s("key: Value");
    CHECK_FALSE(s.literal("value"));
    CHECK_FALSE(s.literal(':'));
    CHECK(s.position() == 0);
    CHECK(s.literal("key"));
    CHECK(s.peek() == ':');
    CHECK(s.literal(':'));
    s.skip_wsp();
    CHECK_FALSE(s.literal("value"));
    CHECK(s.rest() == "Value");
    CHECK(s.literal_nocase("vALUE"));
    CHECK(s.at_end());
    CHECK(s.position() == 10);
}

TEST_CASE("nothing is read past the end") {
    Scanner s("ab");
    CHECK_FALSE(s.literal("abc"));
    CHECK_FALSE(s.literal_nocase("abc"));
    CHECK(s.next() == 'a');
    CHECK(s.next() == 'b');
    CHECK_FALSE(s.next());
    CHECK(s.peek() == '\0');
    CHECK_FALSE(s.literal('\0'));
    CHECK(s.literal(""));
    CHECK(s.take_while(base::is_alnum).empty());
    CHECK(s.take_until(';').empty());
    CHECK_FALSE(s.take_number<int>(3));
}

TEST_CASE("a NUL is a character, not an end") {
    Scanner s(std::string_view("a\0b", 3));
    CHECK(s.take_until(';').size() == 3);
    CHECK(s.at_end());
}

TEST_CASE("runs end at the first unwanted character or at the limit") {
    Scanner s("abc123;rest");
    CHECK(s.take_while(base::is_alpha) == "abc");
    CHECK(s.take_while(base::is_digit, 2) == "12");
    CHECK(s.take_until(';') == "3");
    CHECK(s.literal(';'));
    CHECK(s.take_until(';') == "rest");
}

TEST_CASE("white space is space and tab only") {
    Scanner s(" \t \nx");
    s.skip_wsp();
    CHECK(s.peek() == '\n');
}

TEST_CASE("numbers: bounded digits that fit the type, else nothing is taken") {
    const struct {
        std::string_view text;
        std::size_t max_digits;
        int value;  // -1: no number
    } rows[] = {
        {"0", 1, 0},      {"65535", 5, 65535}, {"65536", 5, -1}, {"123456", 5, -1},
        {"00012", 5, 12}, {"", 5, -1},         {"-1", 5, -1},    {"+1", 5, -1},
        {" 1", 5, -1},    {"x", 5, -1},        {"12x", 5, 12},   {"99999999999999999999999", 30, -1},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        Scanner s(row.text);
        const auto number = s.take_number<std::uint16_t>(row.max_digits);
        CHECK(number.has_value() == (row.value >= 0));
        if (number) CHECK(*number == row.value);
        if (!number) CHECK(s.position() == 0);
    }
}
