// SPDX-License-Identifier: MIT
#include <algorithm>

#include "daemon/admin/control_commands.h"
#include "daemon/admin/explanation.h"

namespace app {
namespace {

using Explanation = policy::Engine::Explanation;

bool any_looks_at_dane(const policy::Rules& rules) {
    return std::any_of(rules.profiles.begin(), rules.profiles.end(),
                       [&rules](const auto& profile) { return rules.looks_at_dane(profile.second); });
}

// A domain of which nothing is known is looked up, as a query would, but to the end: all of it is to be
// shown.
void explain(ControlCall& call, const CommandContext& context) {
    const auto key = key_argument(call);
    if (!key) return;
    const bool with_survey = any_looks_at_dane(*context.rules());
    const Explanation known = context.engine.explain(key->domain);
    const bool survey_known = !with_survey || context.surveys.peek(*key, context.clock.mono());
    if ((known.policy || known.negative) && survey_known) {
        call.line(explanation_json(*key, known, context, nullptr));
        return call.ok();
    }
    call.keep(context.lookups.look_up(
        *key, with_survey,
        [&call, &context, next_hop = *key](const policy::Evidence& evidence) {
            call.line(
                explanation_json(next_hop, context.engine.explain(next_hop.domain), context, &evidence));
            call.ok();
        },
        policy::Lookups::Until::kComplete));
}

}  // namespace

void add_explain_command(ControlServer& server, const CommandContext& context) {
    server.add("explain", [&context](ControlCall& call) { explain(call, context); });
}

}  // namespace app
