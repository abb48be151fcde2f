// SPDX-License-Identifier: MIT
#include "lib/base/char_set.h"

#include <doctest/doctest.h>

#include <string_view>

#include "lib/base/ascii.h"

namespace {
constexpr base::CharSet kIsAlnum(base::is_alnum);
}

TEST_CASE("a set of characters has those that it was made of, of all 256 bytes") {
    for (int i = 0; i < 256; ++i) {
        CAPTURE(i);
        const char c = static_cast<char>(i);
        CHECK(kIsAlnum(c) == base::is_alnum(c));
    }
    static_assert(kIsAlnum('a') && !kIsAlnum('\xE9'));
}

TEST_CASE("a set of characters has all of a text or not") {
    using namespace std::string_view_literals;
    for (const std::string_view all : {""sv, "a"sv, "az09AZ"sv}) {
        CAPTURE(all);
        CHECK(kIsAlnum.has_all_of(all));
    }
    for (const std::string_view not_all : {"-"sv, "-a"sv, "a-"sv, "a\0"sv, "a\xE9"sv}) {
        CAPTURE(not_all);
        CHECK_FALSE(kIsAlnum.has_all_of(not_all));
    }
}
