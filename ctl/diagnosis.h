// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ctl/finding.h"
#include "ctl/postfix_facts.h"
#include "daemon/settings.h"

namespace ctl {

/// A map of main.cf that leads to the daemon with these settings.
struct MapInUse {
    PolicyMap map;
    app::ListenAddress server;
    const policy::Profile* profile = nullptr;  ///< of the settings; null: an unknown name
};
std::optional<MapInUse> map_in_use(const PostfixFacts& postfix, const app::Settings& settings);

/// A part of this host's Postfix (see parts_of), and its map that leads to the daemon.
struct Part {
    PostfixFacts postfix;
    std::optional<MapInUse> map;
};
std::vector<Part> parts_in_use(const PostfixFacts& postfix, const app::Settings& settings);

/// The built-in map name for this Postfix: what of TLSRPT attributes and DANE it understands.
std::string fitting_map(const PostfixFacts& postfix);
/// The lines of main.cf to aim at.
std::vector<std::string> fitting_lines(const PostfixFacts& postfix, const app::Settings& settings);

/// Where smtp(8) of this service looks for a unix socket or folder named `path` in main.cf.
std::string path_seen_by(const PostfixFacts::Client& client, const PostfixFacts& postfix,
                         const std::string& path);

/// Everything that follows from the settings of both: version, level, certificates, DNSSEC, map.
std::vector<Finding> diagnose(const PostfixFacts& postfix, const app::Settings& settings,
                              const std::optional<MapInUse>& map);
/// The same of every part: what is so for all of them is said once, and the rest with the services it is
/// about.
Findings diagnose(const std::vector<Part>& parts, const app::Settings& settings);

}  // namespace ctl
