// SPDX-License-Identifier: MIT
#include <cstdio>

#include "ctl/print_answer.h"

namespace ctl {

int refresh(const Invocation& invocation) {
    Json last;
    const Json request = {{"command", "refresh"}, {"domain", invocation.arguments[0]}};
    if (!run_and_print(invocation, request, print_tree, &last)) return kCouldNot;
    if (invocation.json) {
        std::printf("%s\n", last.dump().c_str());
    } else {
        last.erase("status");
        print_tree(last);
    }
    return last.contains("reason") ? kFoundWrong : kFine;
}

}  // namespace ctl
