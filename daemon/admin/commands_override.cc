// SPDX-License-Identifier: MIT
#include <memory>

#include "daemon/admin/control_commands.h"
#include "daemon/admin/override_json.h"

namespace app {
namespace {

constexpr std::size_t kLinesPerTurn = 256;

// The rules are shared with the stream: a reload may replace them while the client reads.
void list(ControlCall& call, const CommandContext& context) {
    call.stream([rules = context.rules(), at = std::size_t{0}, &context](ControlCall& stream) mutable {
        const auto& entries = rules->overrides.entries();
        for (std::size_t n = 0; n < kLinesPerTurn && at < entries.size(); ++n, ++at)
            stream.line(override_json(rules->overrides, entries[at], context.clock.wall()));
        if (at < entries.size()) return true;
        stream.ok();
        return false;
    });
}

}  // namespace

void add_override_commands(ControlServer& server, const CommandContext& context) {
    server.add("override-list", [&context](ControlCall& call) { list(call, context); });
}

}  // namespace app
