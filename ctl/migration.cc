// SPDX-License-Identifier: MIT
#include "ctl/migration.h"

#include <algorithm>
#include <charconv>

#include "daemon/settings.h"
#include "lib/base/ascii.h"

namespace ctl {
namespace {

std::string quoted(const std::string& value) {
    const auto harmless = [](char c) {
        return base::is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '/';
    };
    if (!value.empty() && std::all_of(value.begin(), value.end(), harmless)) return value;
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

bool has_any(const app::YamlNode& root, std::initializer_list<std::string_view> keys) {
    return std::any_of(keys.begin(), keys.end(),
                       [&root](std::string_view key) { return find_key(root, key) != nullptr; });
}

}  // namespace

const app::YamlNode* find_key(const app::YamlNode& map, std::string_view key) {
    for (std::size_t i = 0; i < map.keys.size(); ++i)
        if (map.keys[i].text == key) return &map.items[i];
    return nullptr;
}

bool is_yes(std::string_view text) {
    const std::string lower = base::to_lower(text);
    return lower == "true" || lower == "yes" || lower == "on" || lower == "y";
}

std::string octal_mode(const std::string& text) {
    std::string_view digits = text;
    int base = 10;
    if (digits.size() > 1 && digits[0] == '0') {
        base = 8;
        digits.remove_prefix(digits[1] == 'o' ? 2 : 1);
    }
    unsigned mode = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mode, base);
    if (error != std::errc() || end != digits.data() + digits.size() || mode > 0777) return text;
    char out[] = {'0', static_cast<char>('0' + (mode >> 6)), static_cast<char>('0' + ((mode >> 3) & 7)),
                  static_cast<char>('0' + (mode & 7))};
    return {out, sizeof out};
}

base::Result<Migration, std::string> Migration::of(std::string_view text) {
    const auto root = app::parse_yaml(text);
    if (!root) {
        const int line = root.error().line;  // 0: of the whole
        return base::Unexpected<std::string>((line > 0 ? "line " + std::to_string(line) + " " : "") +
                                             root.error().text);
    }
    Migration out;
    if (has_any(*root, {"maps", "https", "overrides", "process"}))
        return base::Unexpected<std::string>("is a configuration of mta-stsd already");
    if (has_any(*root, {"server", "dns"})) {
        out.plugin_ = "postfix-tlspol";
        out.from_tlspol(*root);
    } else if (has_any(*root, {"host", "port", "path", "cache", "default_zone", "zones", "cache_grace",
                               "reuse_port", "shutdown_timeout", "proactive_policy_fetching"})) {
        out.plugin_ = "postfix-mta-sts-resolver";
        out.from_resolver(*root);
    } else {
        return base::Unexpected<std::string>(
            "is no configuration that is known: neither of postfix-mta-sts-resolver (mta-sts-daemon.yml) nor "
            "of postfix-tlspol (config.yaml)");
    }
    return out;
}

void Migration::append(std::string& out, const Setting& setting, std::string& group) {
    std::string margin;
    if (setting.group != group) {
        group = setting.group;
        std::size_t begin = 0;
        while (begin <= group.size()) {
            const std::size_t end = std::min(group.find('.', begin), group.size());
            const std::string part = group.substr(begin, end - begin);
            // "maps:" stands once for all of them.
            if (begin > 0 || part != "maps" || out.find("\nmaps:\n") == std::string::npos)
                out += margin + part + ":\n";
            margin += "  ";
            begin = end + 1;
        }
    }
    margin.assign(group.find('.') == std::string::npos ? 2 : 4, ' ');
    out += margin + setting.key + ":";
    if (!setting.is_list) out += " " + quoted(setting.values[0]);
    out += "\n";
    if (!setting.is_list) return;
    for (const std::string& value : setting.values)
        out += margin + "  - " + quoted(value) + "\n";
}

void Migration::set(const std::string& their_key, const std::string& group, const std::string& key,
                    const std::string& value, bool is_list) {
    Setting setting{group, key, {value}, is_list};
    std::string text, last_group;
    append(text, setting, last_group);
    const auto read = app::parse_settings(text, "");
    if (read) {
        settings_.push_back(std::move(setting));
        return;
    }
    lost(their_key,
         std::string(group).append(".").append(key).append(" ").append(read.error().errors[0].message));
}

std::string Migration::settings_text(const std::string& file) const {
    std::string out = "# Made by \"mta-stsctl migrate\" from " + file + ", a configuration of " + plugin_ +
                      ".\n# What is not set here has its default: mta-stsd.yml(5).\n";
    if (!notes_.empty()) out += "#\n";
    for (const Note& note : notes_)
        out += "# " + note.key + (note.key.empty() ? "" : ": ") + note.text + ".\n";
    out += "\n";
    std::string group;
    for (const Setting& setting : settings_)
        append(out, setting, group);
    return out;
}

}  // namespace ctl
