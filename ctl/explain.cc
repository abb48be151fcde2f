// SPDX-License-Identifier: MIT
#include "ctl/print_answer.h"

namespace ctl {

int explain(const Invocation& invocation) {
    const Json request = {{"command", "explain"}, {"domain", invocation.arguments[0]}};
    Json shown = Json::object();
    if (!run_and_print(invocation, request, print_tree, nullptr, &shown)) return kCouldNot;
    return shown.contains("mx_not_covered") ? kFoundWrong : kFine;
}

}  // namespace ctl
