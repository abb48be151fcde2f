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

/// The built-in map name for this Postfix: what of TLSRPT attributes and DANE it understands.
std::string fitting_map(const PostfixFacts& postfix);
/// The lines of main.cf to aim at.
std::vector<std::string> fitting_lines(const PostfixFacts& postfix, const app::Settings& settings);

/// Where smtp(8) of this service looks for a unix socket named `path` in main.cf.
std::string path_seen_by(const PostfixFacts::Client& client, const PostfixFacts& postfix,
                         const std::string& path);

/// Everything that follows from the settings of both: version, level, certificates, DNSSEC, map.
std::vector<Finding> diagnose(const PostfixFacts& postfix, const app::Settings& settings,
                              const std::optional<MapInUse>& map);

}  // namespace ctl
