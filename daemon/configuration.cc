// SPDX-License-Identifier: MIT
#include "daemon/configuration.h"

#include <stdexcept>

#include "daemon/overrides_file.h"

namespace app {

Settings read_settings(const std::string& settings_file) {
    auto settings = load_settings(settings_file);
    if (!settings) throw std::runtime_error(settings.error().text());
    return std::move(*settings);
}

Configuration complete_configuration(Settings settings, base::WallTime now, const policy::Rules* former) {
    auto overrides = load_overrides(settings.overrides, now);
    if (!overrides) throw std::runtime_error(overrides.error().text());
    policy::Rules rules;
    for (const auto& [map, profile] : settings.profiles)
        rules.profiles[map] = profile;
    rules.overrides = std::move(overrides->overrides);
    if (former != nullptr) rules.overrides.continue_counts(former->overrides);
    Configuration configuration{std::move(settings), nullptr, std::move(overrides->expired)};
    configuration.rules = std::make_shared<const policy::Rules>(std::move(rules));
    return configuration;
}

Configuration load_configuration(const std::string& settings_file, base::WallTime now) {
    return complete_configuration(read_settings(settings_file), now);
}

}  // namespace app
