// SPDX-License-Identifier: MIT
#include <cstdio>

#include "ctl/print_answer.h"

namespace ctl {
namespace {
void print_error(const Json& line) {
    std::fprintf(stderr, "%s\n", printable(line.value("error", "")).c_str());
}
}  // namespace

int reload(const Invocation& invocation) {
    const bool reloaded = run_and_print(invocation, {{"command", "reload"}}, print_error);
    if (invocation.json) {
        std::printf("{\"reloaded\":%s}\n", reloaded ? "true" : "false");
    } else if (reloaded) {
        std::puts("reloaded");
    }
    return reloaded ? kFine : kFoundWrong;
}

}  // namespace ctl
