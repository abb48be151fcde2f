// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "daemon/settings.h"
#include "daemon/settings/codec.h"

namespace app {

/// Whether a running daemon takes a changed setting over.
enum class Reload : std::uint8_t { kYes, kRestart };

/// Everything there is to say of one setting. This drives parsing, checking, suggestions, --print-config,
/// conf/mta-stsd.yml and mta-stsd.yml(5).
template <class Owner>
struct Setting {
    std::string_view key;       ///< "cache.recheck_min", "overrides"; of a profile: "tlsrpt"
    std::string_view fallback;  ///< the default as it would stand in the file; a list: its one item, or empty
    Reload reload;
    std::string_view brief;  ///< one line, without a final full stop
    std::string_view text;   ///< for the manual; plain sentences
    Codec<Owner> codec;
};

/// A group of settings: the key before the dot.
struct SettingsGroup {
    std::string_view key;
    std::string_view brief;
};

/// A socketmap map name that works without being set up.
struct BuiltInProfile {
    std::string_view name;
    std::string_view brief;
    std::vector<std::pair<std::string_view, std::string_view>> settings;  ///< what differs from the defaults
};

/// In the order of the file.
const std::vector<SettingsGroup>& settings_groups();
const std::vector<Setting<Settings>>& settings_table();
/// The settings of one profile, below `maps.<name>`.
const std::vector<Setting<policy::Profile>>& profile_table();
const std::vector<BuiltInProfile>& built_in_profiles();
/// Letters, digits, '-', '_' and '.', at most 64.
bool is_profile_name(std::string_view name);

/// Sets the default. A default that its own codec refuses is a programming error and throws std::logic_error.
template <class Owner>
void set_default(const Setting<Owner>& setting, Owner& owner);

}  // namespace app
