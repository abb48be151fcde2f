// SPDX-License-Identifier: MIT
#include "ctl/print_answer.h"

namespace ctl {

int explain(const Invocation& invocation) {
    const Json request = {{"command", "explain"}, {"domain", invocation.arguments[0]}};
    return run_and_print(invocation, request, print_tree) ? kFine : kCouldNot;
}

}  // namespace ctl
