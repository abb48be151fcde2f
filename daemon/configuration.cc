// SPDX-License-Identifier: MIT
#include "daemon/configuration.h"

#include <stdexcept>

namespace app {

Configuration load_configuration(const std::string& settings_file) {
    auto settings = load_settings(settings_file);
    if (!settings) throw std::runtime_error(settings.error().text());
    policy::Rules rules;
    rules.profiles = settings->profiles;
    Configuration configuration{std::move(*settings), nullptr, {}};
    configuration.rules = std::make_shared<const policy::Rules>(std::move(rules));
    return configuration;
}

}  // namespace app
