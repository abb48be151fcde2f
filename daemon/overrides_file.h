// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/settings.h"
#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/policy/overrides.h"

namespace app {

/// The operator's decisions about single domains: a YAML list of {domain, action, mx, until, comment}.
struct OverridesFile {
    policy::Overrides overrides;  ///< expired entries too: they are inactive by themselves
    std::vector<std::string>
        expired;  ///< for the log: "overrides.yml:7: example.com: inactive since 2026-03-01T00:00:00Z"
};

/// Reads a file; one error refuses all of it, every error is found. No file at all is no error where `path`
/// is kDefaultOverridesFile; an empty path means none. Blocks.
base::Result<OverridesFile, SettingsErrors> load_overrides(const std::string& path, base::WallTime now);
/// The same for a text; `file_name` is for the messages only. In the errors, `key` is the entry's domain.
base::Result<OverridesFile, SettingsErrors> parse_overrides(std::string_view text,
                                                            const std::string& file_name, base::WallTime now);

/// "2026-03-01" (to the end of that day, UTC) or "2026-03-01T12:00:00Z": the moment from which on an entry is
/// inactive.
std::optional<base::WallTime> parse_until(std::string_view text);

}  // namespace app
