// SPDX-License-Identifier: MIT
#include "ctl/print_answer.h"

namespace ctl {

int cache_stats(const Invocation& invocation) {
    return run_and_print(invocation, {{"command", "cache-stats"}}, print_tree) ? kFine : kCouldNot;
}

}  // namespace ctl
