// SPDX-License-Identifier: MIT
#include "daemon/admin/control_commands.h"

namespace app {
namespace {

void reload(ControlCall& call, const CommandContext& context) {
    const std::vector<std::string> errors = context.reload();
    if (errors.empty()) return call.ok();
    for (const std::string& error : errors)
        call.line({{"error", error}});
    call.fail("nothing has changed: the old settings stay in force");
}

}  // namespace

void add_status_commands(ControlServer& server, const CommandContext& context) {
    server.add("status", [&context](ControlCall& call) {
        call.line(context.status());
        call.ok();
    });
    server.add("reload", [&context](ControlCall& call) { reload(call, context); });
}

}  // namespace app
