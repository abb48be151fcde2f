// SPDX-License-Identifier: MIT
// From Settings back to text, and the difference of two.
#include "daemon/settings.h"
#include "daemon/settings/checks.h"
#include "daemon/settings/table.h"

namespace app {
namespace {

// The value as the table writes its default, where it is the default: "60s" rather than "1m".
template <class Owner>
std::vector<std::string> texts_of(const Setting<Owner>& setting, const Owner& owner, const Owner& defaults) {
    auto texts = setting.codec.write(owner);
    if (!setting.codec.is_list && texts == setting.codec.write(defaults))
        return {std::string(setting.fallback)};
    if (setting.codec.is_secret)
        for (std::string& text : texts)
            text = redact_url(text);
    return texts;
}

template <class Owner>
std::string entry(std::string_view name, const Setting<Owner>& setting, const Owner& owner,
                  const Owner& defaults, const std::string& indent) {
    const auto texts = texts_of(setting, owner, defaults);
    const std::string start = indent + std::string(name) + ":";
    if (!setting.codec.is_list) return start + " " + yaml_scalar(texts.front()) + "\n";
    if (texts.empty()) return start + " []\n";
    std::string out = start + "\n";
    for (const std::string& text : texts)
        out += indent + "  - " + yaml_scalar(text) + "\n";
    return out;
}

std::string print_profiles(const Settings& settings) {
    const policy::Profile defaults = default_profile();
    std::string out = "maps:\n";
    for (const auto& [name, profile] : settings.profiles) {
        out += "  " + yaml_scalar(name) + ":\n";
        for (const auto& setting : profile_table())
            out += entry(setting.key, setting, profile, defaults, "    ");
    }
    return out;
}

}  // namespace

std::string print_settings(const Settings& settings) {
    const Settings defaults = default_settings();
    std::string out;
    for (const auto& group : settings_groups()) {
        if (group.key == "maps") {
            out += print_profiles(settings);
            continue;
        }
        const std::string prefix = std::string(group.key) + ".";
        bool open = false;
        for (const auto& setting : settings_table()) {
            if (setting.key == group.key) out += entry(setting.key, setting, settings, defaults, "");
            if (setting.key.substr(0, prefix.size()) != prefix) continue;
            if (!open) out += std::string(group.key) + ":\n";
            open = true;
            out += entry(setting.key.substr(prefix.size()), setting, settings, defaults, "  ");
        }
    }
    return out;
}

std::vector<std::string> restart_needed(const Settings& old, const Settings& now) {
    std::vector<std::string> keys;
    for (const auto& setting : settings_table())
        if (setting.reload == Reload::kRestart && setting.codec.write(old) != setting.codec.write(now))
            keys.emplace_back(setting.key);
    return keys;
}

std::string redact_url(std::string_view url) {
    const std::size_t at = url.rfind('@');
    if (at == std::string_view::npos) return std::string(url);
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos || scheme > at) return "***" + std::string(url.substr(at));
    const std::size_t login = scheme + 3;
    const std::size_t colon = url.substr(0, at).find(':', login);
    if (colon == std::string_view::npos) return std::string(url);
    return std::string(url.substr(0, colon)) + ":***" + std::string(url.substr(at));
}

}  // namespace app
