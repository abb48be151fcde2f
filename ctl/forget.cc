// SPDX-License-Identifier: MIT
#include <cstdio>

#include "ctl/print_answer.h"

namespace ctl {

int forget(const Invocation& invocation) {
    Json last;
    const Json request = {{"command", "forget"}, {"domain", invocation.arguments[0]}};
    if (!run_and_print(invocation, request, print_tree, &last)) return kCouldNot;
    const bool known = last.value("known", false);
    if (invocation.json) {
        std::printf("%s\n", last.dump().c_str());
    } else {
        std::printf("%s\n", known ? "forgotten" : "nothing was known");
    }
    return known ? kFine : kFoundWrong;
}

}  // namespace ctl
