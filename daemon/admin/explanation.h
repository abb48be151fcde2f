// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/admin/control_commands.h"

namespace app {

/// What `mta-stsctl explain` and the status page say of a next hop: its policy, clocks, failures, survey, and
/// the reply for each map. `known` is what the engine knows of the domain; `fresh`, where given, what a
/// lookup has just brought (that may not have been kept). Engine's thread only; does not block.
ControlCall::Json explanation_json(const policy::Key& key, const policy::Engine::Explanation& known,
                                   const CommandContext& context, const policy::Evidence* fresh);

}  // namespace app
