// SPDX-License-Identifier: MIT
// Any text is settings or errors with lines; settings print to a text that means the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto settings = app::parse_settings({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!settings) {
        if (settings.error().errors.empty() || settings.error().text().empty()) std::abort();
        return 0;
    }
    const std::string printed = app::print_settings(*settings);
    const auto again = app::parse_settings(printed, "printed");
    if (!again) std::abort();
    if (app::print_settings(*again) != printed) std::abort();
    return 0;
}
