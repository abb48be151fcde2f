// SPDX-License-Identifier: MIT
#include <cstdio>

#include "ctl/command.h"
#include "ctl/control_client.h"
#include "ctl/socketmap_client.h"

namespace ctl {

// Exit status: an answer is fine whatever it says, but TEMP and PERM defer mail.
int query(const Invocation& invocation) {
    const app::ListenAddress& server = invocation.settings.server.listen.front();
    const std::string reply = ask_socketmap(server, invocation.map, invocation.arguments[0]);
    if (invocation.json) {
        const Json out = {{"key", invocation.arguments[0]}, {"map", invocation.map}, {"reply", reply}};
        std::printf("%s\n", out.dump(-1, ' ', true, Json::error_handler_t::replace).c_str());
    } else {
        std::printf("%s\n", reply.c_str());
    }
    const bool answered = reply.compare(0, 3, "OK ") == 0 || reply.compare(0, 8, "NOTFOUND") == 0;
    return answered ? kFine : kFoundWrong;
}

}  // namespace ctl
