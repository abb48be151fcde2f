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
#include "lib/policy/key.h"
#include "lib/policy/lookups.h"
#include "lib/policy/rules.h"
#include "lib/policy/survey_cache.h"

namespace app {

/// What the commands of the control socket work on. A group of commands is one file with one add function.
struct CommandContext {
    const base::Clock& clock;
    policy::Cache& cache;
    policy::Engine& engine;
    policy::SurveyCache& surveys;
    policy::Lookups& lookups;
    std::function<std::shared_ptr<const policy::Rules>()> rules;  ///< those in force
    std::function<std::vector<std::string>()> reload;             ///< the errors; empty: applied
    std::function<ControlCall::Json()> status;
};

/// `cache-list`, `cache-stats`, `cache-export`, `cache-import`, `warm`, `refresh`, `forget`.
void add_cache_commands(ControlServer& server, const CommandContext& context);
/// `explain`.
void add_explain_command(ControlServer& server, const CommandContext& context);
/// `override-list`.
void add_override_commands(ControlServer& server, const CommandContext& context);
/// `status`, `reload`.
void add_status_commands(ControlServer& server, const CommandContext& context);

/// The `domain` argument, read as a socketmap key; fails the call where it is none.
std::optional<policy::Key> key_argument(ControlCall& call);

}  // namespace app
