// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "daemon/settings/yaml_document.h"
#include "lib/base/result.h"

namespace ctl {

/// Another plugin's configuration turned into ours: the settings that differ from our defaults, and what
/// there is to say. Values that may hold a password are never repeated.
class Migration {
  public:
    struct Note {
        std::string key;   ///< of the other plugin: "cache.type"
        std::string text;  ///< a sentence without its full stop
        bool lost;         ///< something that was set has no counterpart
    };

    /// Recognizes the plugin by its keys. The error says why it cannot.
    static base::Result<Migration, std::string> of(std::string_view text);

    const std::string& plugin() const { return plugin_; }
    const std::vector<Note>& notes() const { return notes_; }
    /// A whole settings file; its comments carry the notes. mta-stsd accepts it.
    std::string settings_text(const std::string& file) const;

  private:
    /// A value as it was written, or a list of them.
    struct Setting {
        std::string group, key;  ///< "maps.postfix", "tlsrpt"
        std::vector<std::string> values;
        bool is_list;
    };
    using Node = app::YamlNode;

    // migration_resolver.cc
    void from_resolver(const Node& root);
    void resolver_listener(const Node& root);
    void resolver_zone(const std::string& name, const Node& zone);
    void resolver_cache(const Node& cache);
    void resolver_fetching(const Node& fetching);
    // migration_tlspol.cc
    void from_tlspol(const Node& root);
    void tlspol_server(const Node& server);
    void tlspol_server_key(const std::string& key, const std::string& value);

    /// Takes a setting over; one that our own reader refuses becomes a note under `their_key`.
    void set(const std::string& their_key, const std::string& group, const std::string& key,
             const std::string& value, bool is_list = false);
    void note(const std::string& key, std::string text) { notes_.push_back({key, std::move(text), false}); }
    void lost(const std::string& key, std::string text) { notes_.push_back({key, std::move(text), true}); }
    void unknown(const std::string& key) { lost(key, "is a key that is not known, and not taken over"); }
    static void append(std::string& out, const Setting& setting, std::string& group);

    std::string plugin_;
    std::vector<Setting> settings_;
    std::vector<Note> notes_;
};

/// The value of a key, or null.
const app::YamlNode* find_key(const app::YamlNode& map, std::string_view key);
/// Yes and no as the other plugins' readers understand them.
bool is_yes(std::string_view text);
/// A file mode as YAML's numbers are: 0666 and 0o666 are octal, 438 is decimal. Ours: "0666".
std::string octal_mode(const std::string& text);

}  // namespace ctl
