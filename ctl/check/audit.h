// SPDX-License-Identifier: MIT
#pragma once
#include <functional>

#include "ctl/check/facts.h"
#include "daemon/settings.h"

namespace ctl {

struct AuditOptions {
    app::Settings settings;           ///< DNS servers, CA file, networks that may be connected to
    base::Milliseconds time{10'000};  ///< for each lookup, the fetch, and each mail host
    std::uint16_t smtp_port = 25;
};

/// Told how many of how many steps are done; the number of all grows with the mail hosts.
using OnProgress = std::function<void(std::size_t done, std::size_t all)>;

/// Looks at everything a domain publishes and its servers show: lookups, fetch and mail hosts side by side,
/// so that it takes a few times `time` at most. Blocks. Throws std::runtime_error where the CA file or the
/// resolver cannot be used, or where the DNS answers nothing at all.
CheckFacts look_at(const dns::Name& domain, const AuditOptions& options, const OnProgress& on_progress);

}  // namespace ctl
