// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/admin/control_server.h"
#include "lib/base/clock.h"
#include "lib/policy/cache.h"
#include "lib/policy/engine.h"
#include "lib/policy/rules.h"

namespace app {

/// What the commands of the control socket work on. A group of commands is one file with one add function.
struct CommandContext {
    const base::Clock& clock;
    policy::Cache& cache;
    policy::Engine& engine;
    std::function<std::shared_ptr<const policy::Rules>()> rules;  ///< those in force
    std::function<std::vector<std::string>()> reload;             ///< the errors; empty: applied
    std::function<ControlCall::Json()> status;
};

/// `cache-list`, `refresh`, `forget`.
void add_cache_commands(ControlServer& server, const CommandContext& context);
/// `explain`.
void add_explain_command(ControlServer& server, const CommandContext& context);
/// `status`, `reload`.
void add_status_commands(ControlServer& server, const CommandContext& context);

/// The `domain` argument, through the same rules as a socketmap key; fails the call where it is none.
std::optional<dns::Name> domain_argument(ControlCall& call);

}  // namespace app
