// SPDX-License-Identifier: MIT
// A name that parses is canonical: bounded, of the allowed characters, and parsing its text gives it again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/ascii.h"
#include "lib/dns/name.h"

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

void check_labels(std::string_view text) {
    std::size_t length = 0;
    char last = '.';
    for (const char c : text) {
        const bool letter_or_digit = base::is_digit(c) || (base::is_alpha(c) && !base::is_upper(c));
        require(letter_or_digit || c == '-' || c == '_' || c == '.');
        if (c == '.') require(length > 0 && last != '-');
        if (last == '.') require(letter_or_digit);
        length = c == '.' ? 0 : length + 1;
        require(length <= 63);
        last = c;
    }
    require(length > 0 && last != '-');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto name = dns::Name::parse(input);
    if (!name) return 0;
    require(!name->text().empty() && name->text().size() <= 253);
    check_labels(name->text());

    const auto again = dns::Name::parse(name->text());
    require(again && *again == *name);
    const auto dotted = dns::Name::parse(name->text() + ".");
    require(dotted && *dotted == *name);
    require(name->is_within(name->text()) && name->is_within(name->last_label()));
    require(name->is_within(name->second_level()));

    const auto prefixed = name->with_prefix("_mta-sts");
    require(prefixed.has_value() == (name->text().size() + 9 <= 253));
    if (prefixed)
        require(prefixed->is_within(name->text()) && prefixed->label_count() == name->label_count() + 1);
    return 0;
}
