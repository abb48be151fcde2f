// SPDX-License-Identifier: MIT
// Input: one TXT record.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lib/base/ascii.h"
#include "lib/sts/record.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto record = sts::parse_record(text);
    const auto selected = sts::select_record({dns::Txt{"v=spf1 -all"}, dns::Txt{text}});
    const auto twice = sts::select_record({dns::Txt{text}, dns::Txt{text}});
    require(!twice);
    if (!selected) return 0;

    require(record && record->id == selected->id);
    require(sts::claims_stsv1(text));
    require(twice.error() == sts::RecordError::kSeveral);
    require(!record->id.empty() && record->id.size() <= 32);
    for (const char c : record->id)
        require(base::is_alnum(c));
    for (const char c : text)
        require(c == '\t' || (c >= ' ' && c <= '~'));
    // Fields behind the first id change nothing.
    const auto longer =
        sts::parse_record(text + (text.find_last_not_of(" \t") == text.rfind(';') ? "" : ";") + "id=x;x=y");
    require(longer && longer->id == record->id);
    return 0;
}
