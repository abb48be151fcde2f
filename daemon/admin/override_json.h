// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>

#include "lib/base/clock.h"
#include "lib/policy/overrides.h"

namespace app {

/// An entry of overrides.yml, one of `all`, and how it fares: domain, action, mx, until, comment, expired,
/// hits.
nlohmann::ordered_json override_json(const policy::Overrides& all, const policy::Override& entry,
                                     base::WallTime now);

/// For `status`: how many there are, and the first of them.
inline constexpr std::size_t kMaxListedOverrides = 100;
nlohmann::ordered_json overrides_json(const policy::Overrides& all, base::WallTime now);

}  // namespace app
