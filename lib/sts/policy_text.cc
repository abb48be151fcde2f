// SPDX-License-Identifier: MIT
#include "lib/sts/policy_text.h"

#include <cstddef>

namespace sts {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
    return static_cast<unsigned char>(text[i]);
}

bool in_range(unsigned byte, unsigned low, unsigned high) {
    return low <= byte && byte <= high;
}

// Length of the sequence at the front of `text`, which is not empty and does not begin with ASCII; 0 where it
// is none. RFC 3629 4: UTF8-2, UTF8-3 and UTF8-4, which leave out overlong forms, surrogates and what is
// above U+10FFFF.
std::size_t sequence_length(std::string_view text) {
    const unsigned lead = byte_at(text, 0);
    std::size_t length = 0;
    unsigned low = 0x80, high = 0xBF;  // of the second byte
    if (in_range(lead, 0xC2, 0xDF)) {
        length = 2;
    } else if (in_range(lead, 0xE0, 0xEF)) {
        length = 3;
        if (lead == 0xE0) low = 0xA0;
        if (lead == 0xED) high = 0x9F;
    } else if (in_range(lead, 0xF0, 0xF4)) {
        length = 4;
        if (lead == 0xF0) low = 0x90;
        if (lead == 0xF4) high = 0x8F;
    }
    if (length == 0 || text.size() < length || !in_range(byte_at(text, 1), low, high)) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (!in_range(byte_at(text, i), 0x80, 0xBF)) return 0;
    return length;
}

}  // namespace

TextFault check_text(std::string_view value) {
    while (!value.empty()) {
        const unsigned byte = byte_at(value, 0);
        if (byte < 0x20 || byte == 0x7F) return TextFault::kControl;
        const std::size_t length = byte < 0x80 ? 1 : sequence_length(value);
        if (length == 0) return TextFault::kBadUtf8;
        value.remove_prefix(length);
    }
    return TextFault::kNone;
}

}  // namespace sts
