// SPDX-License-Identifier: MIT
#include "lib/base/ascii.h"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("lower case: every byte as by itself, wherever it stands in a text of any length") {
    std::string all;
    for (int c = 0; c < 256; ++c)
        all.push_back(static_cast<char>(c));
    for (std::size_t begin = 0; begin < all.size(); ++begin) {
        for (std::size_t size = 0; size <= 20 && begin + size <= all.size(); ++size) {
            CAPTURE(begin);
            CAPTURE(size);
            std::string expected = all.substr(begin, size);
            for (char& c : expected)
                if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
            std::string text = "X" + std::string(size, '-') + "Y";
            base::copy_lower(std::string_view(all).substr(begin, size), text.data() + 1);
            CHECK(text == "X" + expected + "Y");
            CHECK(base::to_lower(std::string_view(all).substr(begin, size)) == expected);
        }
    }
}
