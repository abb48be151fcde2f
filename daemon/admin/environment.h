// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>

namespace app {

/// The whole number that an environment variable holds; nothing where it is missing or anything else.
std::optional<std::int64_t> environment_number(const char* variable);

}  // namespace app
