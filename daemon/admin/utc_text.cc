// SPDX-License-Identifier: MIT
#include "daemon/admin/utc_text.h"

#include <array>
#include <cstddef>
#include <ctime>

namespace app {

std::string utc_text(base::WallTime time) {
    const auto seconds = static_cast<std::time_t>(time.time_since_epoch().count());
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return std::string(text.data(), size);
}

}  // namespace app
