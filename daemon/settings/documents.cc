// SPDX-License-Identifier: MIT
#include "daemon/settings/documents.h"

#include "daemon/settings/checks.h"
#include "daemon/settings/document_words.h"
#include "daemon/settings/table.h"
#include "lib/base/ascii.h"

namespace app {
namespace {

// ---- the sample ----

constexpr std::string_view kSampleHead =
    "# SPDX-License-Identifier: MIT\n"
    "# Settings of mta-stsd. mta-stsd.yml(5) says more of each, and what is allowed.\n"
    "#\n"
    "# All of them are here with their defaults, as comments: to change one, remove its \"#\". Lists have "
    "one entry per\n"
    "# line, durations and sizes have units (250ms, 5s, 10m, 1h, 30d; 64KiB, 16MiB, 1GiB). \"mta-stsd "
    "--check-config\" finds\n"
    "# mistakes; \"mta-stsctl reload\" puts changes into force, or says which need a restart.\n";

template <class Owner>
std::string sample_entry(const Setting<Owner>& setting, const std::string& indent) {
    const std::string key(last_part(setting.key));
    std::string out = indent + "# " + sentence(setting.brief) + "\n" + indent + "#" + key + ":";
    if (!setting.codec.is_list) return out + " " + yaml_scalar(setting.fallback) + "\n";
    if (setting.fallback.empty()) return out + " []\n";
    return out + "\n" + indent + "#  - " + yaml_scalar(setting.fallback) + "\n";
}

std::string sample_profiles() {
    std::string out;
    for (const auto& built_in : built_in_profiles()) {
        out += "  # " + sentence(built_in.brief) + "\n  #" + std::string(built_in.name) + ":\n";
        for (const auto& [key, value] : built_in.settings)
            out += "  #  " + std::string(key) + ": " + yaml_scalar(value) + "\n";
        if (!built_in.settings.empty()) continue;
        for (const auto& setting : profile_table())
            out += "  #  " + std::string(setting.key) + ": " + yaml_scalar(setting.fallback) + "  # " +
                   std::string(setting.brief) + "\n";
    }
    return out;
}

// ---- the manual ----

// One sentence per line, as mdoc wants it; nothing that mdoc would take for a request.
std::string mdoc(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool line_start = out.empty() || out.back() == '\n';
        if (line_start && (text[i] == '.' || text[i] == '\'')) out += "\\&";
        if (text[i] == '\\') {
            out += "\\e";
        } else if (text[i] == ' ' && i > 1 && text[i - 1] == '.' && i + 1 < text.size() &&
                   base::is_upper(text[i + 1])) {
            out += '\n';
        } else {
            out += text[i];
        }
    }
    return out.empty() ? out : out + "\n";
}

template <class Owner>
std::string manual_entry(const Setting<Owner>& setting) {
    std::string out =
        ".It Cm " + std::string(setting.key) + "\n" + mdoc(sentence(setting.brief)) + mdoc(setting.text);
    const bool none = setting.codec.is_list && setting.fallback.empty();
    const std::string fallback = none ? "an empty list" : yaml_scalar(setting.fallback);
    out += ".Pp\n" + mdoc("Default: " + fallback + ".");
    out += mdoc("Allowed: " + std::string(setting.codec.is_list ? "a list of: " : "") +
                setting.codec.allowed + ".");
    if (setting.reload == Reload::kRestart) out += "A change needs a restart.\n";
    return out;
}

constexpr std::string_view kManualHead =
    R"(.\" SPDX-License-Identifier: MIT
.\" Written by tools/regenerate from the table of settings.
.Dd November 22, 2026
.Dt MTA-STSD.YML 5
.Os mta-stsd
.Sh NAME
.Nm mta-stsd.yml
.Nd settings of mta-stsd
.Sh SYNOPSIS
.Pa /etc/mta-stsd/mta-stsd.yml
.Pp
.Pa /etc/mta-stsd/overrides.yml
.Sh DESCRIPTION
The settings of
.Xr mta-stsd 8
are a YAML file: groups of
.Dq "key: value"
lines.
An empty file is a good one, and every setting has a default.
The whole file is refused, with file, line and key, for an unknown key, a key that is set twice, a wrong type or a
value out of bounds.
.Pp
.Bl -tag -width durations -compact
.It durations
are a whole number with a unit: 250ms, 5s, 10m, 1h, 30d.
.It sizes
are bytes, or a whole number with a unit: 64KiB, 16MiB, 1GiB, 1TiB.
.It lists
have one entry per line, after
.Dq "- " .
.It texts
that begin with one of [ * & or hold
.Dq ": "
need double quotes.
.El
.Pp
.Dq "mta-stsctl reload" ,
or SIGHUP, puts a changed file into force.
A file with mistakes, or with a change that needs a restart, is refused, and the settings stay as they were.
.Pp
The file should be readable for root and the daemon's group only: a URL in it may hold a password.
)";

constexpr std::string_view kManualMaps =
    R"(The name of a socketmap map in Postfix's main.cf selects a profile, for example
.Dl smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:postfix
These are there without being set up:
.Bl -tag -width postfix-dane-tlsrpt
)";

constexpr std::string_view kManualProfiles =
    R"(Another one is added, or one of these changed, as
.Cm maps.NAME
with the keys below, for example
.Bd -literal -offset indent
maps:
  strict:
    strict_testing: yes
    on_lookup_failure: defer
.Ed
.Pp
What is not set has the defaults given here, in a profile of the list above that profile's own.
.Bl -tag -width Ds
)";

constexpr std::string_view kManualOverrides =
    R"(.Sh THE FILE OF OVERRIDES
.Pa overrides.yml
is a list of decisions about single domains, which come before everything that a domain publishes:
.Bd -literal -offset indent
- domain: example.com
  action: ignore
  until: 2026-03-01
  comment: their certificate has expired, they know

- domain: partner.example
  action: pin
  mx:
    - mx1.partner.example
    - "*.mail.partner.example"
.Ed
.Bl -tag -width Ds
.It Cm domain
A domain, or
.Dq *.example.com
(in quotes) for all names below it.
The nearest entry counts: a name's own before that of a name above it.
The same domain twice is an error.
.It Cm action
.Cm ignore :
answer as if the domain had no policy.
.Cm enforce :
treat its policy of mode testing as enforce.
.Cm pin :
demand TLS with a certificate for one of
.Cm mx ,
whatever the domain publishes.
.Cm defer :
answer with a temporary error, so that Postfix keeps the mail.
.It Cm mx
For
.Cm pin
only: host names, or
.Dq *.example.com
for all names one label below.
.It Cm until
2026-03-01 (to the end of that day, UTC) or 2026-03-01T12:00:00Z.
From then on the entry is inactive, and reported at each start and reload.
.It Cm comment
Any text on one line.
.El
)";

constexpr std::string_view kManualEnd =
    R"(.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/mta-stsd/mta-stsd.yml
Settings.
.It Pa /etc/mta-stsd/overrides.yml
Overrides.
.El
.Sh SEE ALSO
.Xr mta-stsctl 8 ,
.Xr mta-stsd 8
)";

std::string manual_maps() {
    std::string out(kManualMaps);
    for (const auto& built_in : built_in_profiles()) {
        out += ".It Cm " + std::string(built_in.name) + "\n" + mdoc(sentence(built_in.brief));
        for (const auto& [key, value] : built_in.settings)
            out += mdoc("Its default of " + std::string(key) + " is " + std::string(value) + ".");
    }
    out += ".El\n.Pp\n" + std::string(kManualProfiles);
    for (const auto& setting : profile_table())
        out += manual_entry(setting);
    return out + ".El\n";
}

}  // namespace

std::string sample_settings() {
    std::string out(kSampleHead);
    for (const auto& group : settings_groups()) {
        std::string entries = group.key == "maps" ? sample_profiles() : "";
        bool alone = false;
        for (const auto& setting : settings_table()) {
            if (!is_in(group.key, setting.key)) continue;
            alone = setting.key == group.key;
            entries += sample_entry(setting, alone ? "" : "  ");
        }
        out += "\n";
        if (!alone) out += "# " + sentence(group.brief) + "\n" + std::string(group.key) + ":\n";
        out += entries;
    }
    return out;
}

std::string settings_manual() {
    std::string out(kManualHead);
    out += ".Sh SETTINGS\n";
    for (const auto& group : settings_groups()) {
        out += ".Ss " + std::string(group.key) + "\n" + mdoc(sentence(group.brief));
        if (group.key == "maps") {
            out += manual_maps();
            continue;
        }
        out += ".Bl -tag -width Ds\n";
        for (const auto& setting : settings_table())
            if (is_in(group.key, setting.key)) out += manual_entry(setting);
        out += ".El\n";
    }
    return out + std::string(kManualOverrides) + std::string(kManualEnd);
}

}  // namespace app
