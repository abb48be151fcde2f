// SPDX-License-Identifier: MIT
// Whatever the record: usable means usage 2 or 3, a known selector, and a digest of the right length or DER
// that says itself where it ends, so that neither less nor more of it is usable.
#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/dane/tlsa.h"

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

bool is_usable(const dns::Tlsa& record) {
    return dane::usability(record) == dane::Usability::kUsable;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    dns::Tlsa record{data[0], data[1], data[2], {reinterpret_cast<const char*>(data) + 3, size - 3}};
    require(!dane::to_string(dane::usability(record)).empty());
    if (!is_usable(record)) return 0;

    require(record.usage == 2 || record.usage == 3);
    require(record.selector <= 1 && record.matching <= 2);
    require(record.matching != 1 || record.data.size() == 32);
    require(record.matching != 2 || record.data.size() == 64);
    record.data.push_back('\0');
    require(!is_usable(record));
    record.data.resize(record.data.size() - 2);
    require(!is_usable(record));
    return 0;
}
