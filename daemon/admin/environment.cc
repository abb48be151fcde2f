// SPDX-License-Identifier: MIT
#include "daemon/admin/environment.h"

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace app {

std::optional<std::int64_t> environment_number(const char* variable) {
    const char* text = std::getenv(variable);
    if (text == nullptr) return {};
    std::int64_t value = 0;
    const char* end = text + std::strlen(text);
    const auto result = std::from_chars(text, end, value);
    if (result.ec != std::errc() || result.ptr != end) return {};
    return value;
}

}  // namespace app
