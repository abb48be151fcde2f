// SPDX-License-Identifier: MIT
#include "daemon/configuration.h"

#include <stdexcept>

#include "daemon/overrides_file.h"

namespace app {

Configuration load_configuration(const std::string& settings_file, base::WallTime now) {
    auto settings = load_settings(settings_file);
    if (!settings) throw std::runtime_error(settings.error().text());
    auto overrides = load_overrides(settings->overrides, now);
    if (!overrides) throw std::runtime_error(overrides.error().text());
    policy::Rules rules;
    rules.profiles = settings->profiles;
    rules.overrides = std::move(overrides->overrides);
    Configuration configuration{std::move(*settings), nullptr, std::move(overrides->expired)};
    configuration.rules = std::make_shared<const policy::Rules>(std::move(rules));
    return configuration;
}

}  // namespace app
