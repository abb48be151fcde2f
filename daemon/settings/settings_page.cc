// SPDX-License-Identifier: MIT
#include "daemon/settings/document_words.h"
#include "daemon/settings/documents.h"
#include "daemon/settings/table.h"
#include "daemon/settings/values.h"

namespace app {
namespace {

constexpr std::string_view kHead =
    R"(<!-- Written by tools/regenerate from the table of settings (daemon/settings/table.cc). -->
# Settings

`/etc/mta-stsd/mta-stsd.yml`, or the file given with `mta-stsd -c`. It is YAML: groups of `key: value` lines. An empty
file is a good one: every setting has a default, and [conf/mta-stsd.yml](../conf/mta-stsd.yml) shows them all.

The whole file is refused, with file, line and key, for an unknown key, a key that is set twice, a wrong type or a value
out of bounds. `mta-stsd --check-config` tells the same without a start, `mta-stsd --print-config` prints what is in
effect. `mta-stsctl reload` puts a changed file into force; where a change needs a restart the reload is refused and says
so, and the settings stay as they were.

- Durations are a whole number with a unit: `250ms`, `5s`, `10m`, `1h`, `30d`.
- Sizes are bytes, or a whole number with a unit: `64KiB`, `16MiB`, `1GiB`, `1TiB`.
- Lists have one entry per line, after `- `.
- Texts that begin with one of `[ * &` or hold `: ` need double quotes.

The same is in the manual page, `man mta-stsd.yml`.
)";

constexpr std::string_view kMaps =
    R"(
The name of a socketmap map in Postfix's main.cf selects a profile. These are there without being set up:

| map | is | differs from `postfix` in |
|---|---|---|
)";

constexpr std::string_view kProfiles =
    R"(
Another one is added, or one of these changed, as `maps.NAME` with the keys below. What is not set has the default given
here, in a profile of the list above that profile's own.

```yaml mta-stsd.yml
maps:
  strict:
    strict_testing: yes
    on_lookup_failure: defer
```
)";

constexpr std::string_view kOverrides =
    R"(
## The file of overrides

`/etc/mta-stsd/overrides.yml` is a list of decisions about single domains, which come before everything that a domain
publishes. `mta-stsctl override add`, `remove` and `list` edit and show it.

```yaml overrides.yml
- domain: example.com
  action: ignore
  until: 2026-03-01
  comment: their certificate has expired, they know

- domain: partner.example
  action: pin
  mx:
    - mx1.partner.example
    - "*.mail.partner.example"
```

| key | is |
|---|---|
| `domain` | a domain, or `"*.example.com"` (in quotes) for all names below it. The nearest entry counts: a name's own before that of a name above it. The same domain twice is an error |
| `action` | `ignore`: answer as if the domain had no policy. `enforce`: treat its policy of mode testing as enforce. `pin`: demand TLS with a certificate for one of `mx`, whatever the domain publishes. `defer`: answer with a temporary error, so that Postfix keeps the mail |
| `mx` | for `pin` only: host names, or `"*.example.com"` for all names one label below |
| `until` | `2026-03-01` (to the end of that day, UTC) or `2026-03-01T12:00:00Z`. From then on the entry is inactive, and reported at each start and reload |
| `comment` | any text on one line |
)";

/// Plain text, of which Markdown takes no character for its own.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '*' || c == '[' || c == ']' || c == '<' || c == '`' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string code(std::string_view text) {
    return "`" + std::string(text) + "`";
}

template <class Owner>
std::string entry(const Setting<Owner>& setting, std::string_view prefix) {
    std::string out = "\n### " + std::string(prefix) + std::string(setting.key) + "\n\n";
    out += escaped(sentence(setting.brief));
    if (!setting.text.empty()) out += " " + escaped(setting.text);
    const bool none = setting.codec.is_list && setting.fallback.empty();
    out += "\n\ndefault: " + (none ? std::string("none") : code(yaml_scalar(setting.fallback)));
    out += " · allowed: ";
    out += setting.codec.is_list ? "a list of: " : "";
    out += escaped(setting.codec.allowed);
    if (setting.reload == Reload::kRestart) out += " · a change needs a restart";
    return out + "\n";
}

std::string maps() {
    std::string out(kMaps);
    for (const auto& profile : built_in_profiles()) {
        std::string differences;
        for (const auto& [key, value] : profile.settings)
            differences +=
                (differences.empty() ? "" : ", ") + code(std::string(key) + ": " + std::string(value));
        out += "| " + code(profile.name) + " | " + escaped(profile.brief) + " | " + differences + " |\n";
    }
    out += kProfiles;
    for (const auto& setting : profile_table())
        out += entry(setting, "maps.NAME.");
    return out;
}

}  // namespace

std::string settings_page() {
    std::string out(kHead);
    for (const auto& group : settings_groups()) {
        out += "\n## " + std::string(group.key) + "\n\n" + escaped(sentence(group.brief)) + "\n";
        if (group.key == "maps") out += maps();
        for (const auto& setting : settings_table())
            if (is_in(group.key, setting.key)) out += entry(setting, "");
    }
    return out + std::string(kOverrides);
}

}  // namespace app
