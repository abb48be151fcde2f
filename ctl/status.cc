// SPDX-License-Identifier: MIT
#include "ctl/print_answer.h"

namespace ctl {

int status(const Invocation& invocation) {
    Json shown = Json::object();
    if (!run_and_print(invocation, {{"command", "status"}}, print_tree, nullptr, &shown)) return kCouldNot;
    return shown.value("health", "ok") == "ok" ? kFine : kFoundWrong;
}

}  // namespace ctl
