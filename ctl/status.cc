// SPDX-License-Identifier: MIT
#include "ctl/print_answer.h"

namespace ctl {

int status(const Invocation& invocation) {
    return run_and_print(invocation, {{"command", "status"}}, print_tree) ? kFine : kCouldNot;
}

}  // namespace ctl
