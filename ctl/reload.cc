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
    if (!run_and_print(invocation, {{"command", "reload"}}, print_error)) return kFoundWrong;
    if (!invocation.json) std::puts("reloaded");
    return kFine;
}

}  // namespace ctl
