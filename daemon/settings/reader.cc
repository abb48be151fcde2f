// SPDX-License-Identifier: MIT
// From YAML to Settings: which keys there are, of what kind, and what each says.
#include <algorithm>
#include <map>

#include "daemon/settings.h"
#include "daemon/settings/checks.h"
#include "daemon/settings/suggest.h"
#include "daemon/settings/table.h"
#include "daemon/settings/yaml_document.h"

namespace app {
namespace {

using Kind = YamlNode::Kind;

std::string joined(std::string_view group, std::string_view key) {
    return group.empty() ? std::string(key) : std::string(group) + "." + std::string(key);
}

class Reader {
  public:
    explicit Reader(Settings& settings) : settings_(settings) {}

    SettingsErrors errors;
    SettingsLines lines;  // where each key was set

    void read(const YamlNode& root) {
        each_entry(root, "", [this](const YamlNode& key, const YamlNode& value) { top_level(key, value); });
    }

  private:
    void error(int line, std::string key, std::string message) {
        SettingsErrors::Error out;
        out.line = line;
        out.key = std::move(key);
        out.message = std::move(message);
        errors.errors.push_back(std::move(out));
    }

    // Calls `entry` for each key of a map that is there for the first time. Nothing at all counts as an empty
    // map: a group whose every line is a comment.
    template <class Entry>
    void each_entry(const YamlNode& map, const std::string& group, Entry entry) {
        if (map.kind == Kind::kNull) return;
        if (map.kind != Kind::kMap) {
            error(map.line, group, "is not a group of settings; allowed: lines of \"key: value\" below it");
            return;
        }
        std::map<std::string, int> seen;
        for (std::size_t i = 0; i < map.keys.size(); ++i) {
            const YamlNode& key = map.keys[i];
            const auto [first, fresh] = seen.insert({key.text, key.line});
            if (fresh) {
                entry(key, map.items[i]);
            } else {
                error(key.line, joined(group, key.text),
                      "is set twice; first on line " + std::to_string(first->second));
            }
        }
    }

    void top_level(const YamlNode& key, const YamlNode& value) {
        if (key.text == "maps") {
            each_entry(value, "maps", [this](const YamlNode& k, const YamlNode& v) { profile(k, v); });
            return;
        }
        if (set_from(settings_table(), key.text, key, value, settings_)) return;
        const auto& groups = settings_groups();
        if (std::none_of(groups.begin(), groups.end(), [&key](const auto& g) { return g.key == key.text; })) {
            unknown(key.text, key);
            return;
        }
        each_entry(value, key.text, [this, &group = key.text](const YamlNode& k, const YamlNode& v) {
            const std::string full = joined(group, k.text);
            if (!set_from(settings_table(), full, k, v, settings_)) unknown(full, k);
        });
    }

    void profile(const YamlNode& name, const YamlNode& value) {
        const std::string group = joined("maps", name.text);
        if (!is_profile_name(name.text)) {
            error(name.line, group, "is no map name; allowed: letters, digits, '-', '_' and '.', at most 64");
            return;
        }
        policy::Profile& target = settings_.profiles.try_emplace(name.text, default_profile()).first->second;
        each_entry(value, group, [&](const YamlNode& k, const YamlNode& v) {
            const std::string full = joined(group, k.text);
            for (const auto& setting : profile_table()) {
                if (setting.key != k.text) continue;
                set(setting, full, k, v, target);
                return;
            }
            error(k.line, full, "is an unknown key" + did_you_mean(group, nearest_profile_key(k.text)));
        });
    }

    static std::string did_you_mean(const std::string& group, std::string_view key) {
        return key.empty() ? std::string() : "; did you mean " + joined(group, key) + "?";
    }

    void unknown(const std::string& full, const YamlNode& key) {
        error(key.line, full, "is an unknown key" + did_you_mean("", nearest_key(full)));
    }

    template <class Owner>
    bool set_from(const std::vector<Setting<Owner>>& table, const std::string& full, const YamlNode& key,
                  const YamlNode& value, Owner& owner) {
        for (const auto& setting : table) {
            if (setting.key != full) continue;
            set(setting, full, key, value, owner);
            return true;
        }
        return false;
    }

    template <class Owner>
    void set(const Setting<Owner>& setting, const std::string& full, const YamlNode& key,
             const YamlNode& value, Owner& owner) {
        lines[full] = key.line;
        const Codec<Owner>& codec = setting.codec;
        if (!codec.is_list) {
            set_one(codec, full, key.line, value, owner);
        } else if (value.kind != Kind::kList) {
            error(line_of(value, key), full,
                  "is not a list; allowed: one entry per line, each after \"- \": " + codec.allowed);
        } else {
            codec.clear(owner);
            for (const YamlNode& item : value.items)
                set_one(codec, full, key.line, item, owner);
        }
    }

    static int line_of(const YamlNode& value, const YamlNode& key) {
        return value.kind == Kind::kNull ? key.line : value.line;
    }

    template <class Owner>
    void set_one(const Codec<Owner>& codec, const std::string& full, int key_line, const YamlNode& value,
                 Owner& owner) {
        if (value.kind == Kind::kList || value.kind == Kind::kMap) {
            error(value.line, full, "is not a single value; allowed: " + codec.allowed);
            return;
        }
        if (value.kind == Kind::kNull) {
            error(key_line, full, "has no value; allowed: " + codec.allowed);
            return;
        }
        const std::string wrong = codec.read(value.text, owner);
        if (wrong.empty()) return;
        const std::string shown = codec.is_secret ? "the value" : "\"" + value.text + "\"";
        error(value.line, full, shown + " " + wrong + "; allowed: " + codec.allowed);
    }

    Settings& settings_;
};

}  // namespace

policy::Profile default_profile() {
    policy::Profile profile;
    for (const auto& setting : profile_table())
        set_default(setting, profile);
    return profile;
}

Settings default_settings() {
    Settings settings;
    for (const auto& setting : settings_table())
        set_default(setting, settings);
    for (const auto& built_in : built_in_profiles()) {
        policy::Profile profile = default_profile();
        for (const auto& [key, value] : built_in.settings) {
            for (const auto& setting : profile_table())
                if (setting.key == key) setting.codec.read(value, profile);
        }
        settings.profiles.insert_or_assign(std::string(built_in.name), profile);
    }
    return settings;
}

base::Result<Settings, SettingsErrors> parse_settings(std::string_view text, const std::string& file_name) {
    Settings settings = default_settings();
    Reader reader(settings);
    reader.errors.file = file_name;
    const auto root = parse_yaml(text);
    if (!root) {
        reader.errors.errors.push_back({root.error().line, {}, root.error().text});
        return base::Unexpected<SettingsErrors>(std::move(reader.errors));
    }
    reader.read(*root);
    auto& errors = reader.errors.errors;
    if (errors.empty()) check_settings(settings, reader.lines, errors);
    if (errors.empty()) return settings;
    std::stable_sort(errors.begin(), errors.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    return base::Unexpected<SettingsErrors>(std::move(reader.errors));
}

base::Result<Settings, SettingsErrors> load_settings(const std::string& path) {
    const auto text = read_file(path);
    if (text) return parse_settings(*text, path);
    SettingsErrors errors;
    errors.file = path;
    errors.errors.push_back({0, {}, "cannot be read: " + text.error().text});
    return base::Unexpected<SettingsErrors>(std::move(errors));
}

std::string SettingsErrors::text() const {
    std::string out;
    for (const Error& error : errors) {
        if (!out.empty()) out += '\n';
        out += file;
        if (error.line > 0) out += ":" + std::to_string(error.line);
        out += ": ";
        if (!error.key.empty()) out += error.key + ": ";
        out += error.message;
    }
    return out;
}

}  // namespace app
