// SPDX-License-Identifier: MIT
// A TLSRPT record that parses has targets, and each is of a scheme that may be there and prints.
#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/base/ascii.h"
#include "lib/sts/tlsrpt_record.h"

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto record = sts::select_tlsrpt_record({dns::Txt{text}});
    if (!record) return 0;
    require(!record->rua.empty());
    for (const std::string& uri : record->rua) {
        require(base::equal_nocase(uri.substr(0, 7), "mailto:") ||
                base::equal_nocase(uri.substr(0, 8), "https://"));
        for (const char c : uri)
            require(c > ' ' && c <= '~' && c != ',' && c != ';' && c != '!');
    }
    return 0;
}
