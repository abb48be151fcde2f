// SPDX-License-Identifier: MIT
// Any text is overrides or errors; each entry can be found under its own name.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/overrides_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const base::WallTime now{base::Seconds{1767225600}};
    const auto file = app::parse_overrides({reinterpret_cast<const char*>(data), size}, "fuzz", now);
    if (!file) {
        if (file.error().errors.empty() || file.error().text().empty()) std::abort();
        return 0;
    }
    for (const policy::Override& entry : file->overrides.entries()) {
        if ((entry.action == policy::Override::Action::kPin) == entry.mx.empty()) std::abort();
        if (entry.below || !entry.active(now)) continue;
        if (file->overrides.find(entry.domain, now) != &entry) std::abort();
    }
    return 0;
}
