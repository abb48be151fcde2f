// SPDX-License-Identifier: MIT
#include "lib/sts/policy_text.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using sts::check_text;
using sts::TextFault;

TEST_CASE("RFC 8461 3.2: the bytes of a value") {
    struct Case {
        std::string value;
        TextFault fault;
    };
    const std::vector<Case> cases{
        {"", TextFault::kNone},
        {" !~ }{", TextFault::kNone},
        {"a\tb", TextFault::kControl},
        {"a\x1F", TextFault::kControl},
        {"a\x7F", TextFault::kControl},
        {"a\rb", TextFault::kControl},
        {std::string("\0", 1), TextFault::kControl},
        // RFC 3629 4: UTF8-2
        {"\xC2\x80", TextFault::kNone},
        {"\xDF\xBF", TextFault::kNone},
        {"\xC0\x80", TextFault::kBadUtf8},
        {"\xC1\xBF", TextFault::kBadUtf8},
        {"\xC3", TextFault::kBadUtf8},
        {"\xC3(", TextFault::kBadUtf8},
        {"\x80", TextFault::kBadUtf8},
        {"a\xFF"
         "b",
         TextFault::kBadUtf8},
        // UTF8-3
        {"\xE0\xA0\x80", TextFault::kNone},
        {"\xEF\xBF\xBF", TextFault::kNone},
        {"\xED\x9F\xBF", TextFault::kNone},
        {"\xE0\x9F\xBF", TextFault::kBadUtf8},
        {"\xED\xA0\x80", TextFault::kBadUtf8},
        {"\xE2\x82", TextFault::kBadUtf8},
        {"\xE2\x82z", TextFault::kBadUtf8},
        // UTF8-4
        {"\xF0\x90\x80\x80", TextFault::kNone},
        {"\xF4\x8F\xBF\xBF", TextFault::kNone},
        {"\xF0\x9F\x98\x80", TextFault::kNone},
        {"\xF0\x8F\xBF\xBF", TextFault::kBadUtf8},
        {"\xF4\x90\x80\x80", TextFault::kBadUtf8},
        {"\xF5\x80\x80\x80", TextFault::kBadUtf8},
        {"\xF0\x9F\x98", TextFault::kBadUtf8},
        {"\xF0\x9F\x98\x41", TextFault::kBadUtf8},
    };
    for (const Case& c : cases) {
        CAPTURE(c.value);
        CHECK(check_text(c.value) == c.fault);
    }
}
