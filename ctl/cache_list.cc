// SPDX-License-Identifier: MIT
#include <cstdio>

#include "ctl/print_answer.h"

namespace ctl {
namespace {

// Columns are separated by a tab, so that cut(1) and awk(1) find them.
void print_entry(const Json& entry) {
    std::printf("%s\t%s\t%s\t%s\t%s\n", printable(entry.value("domain", "")).c_str(),
                entry.value("mode", "").c_str(), printable(entry.value("id", "")).c_str(),
                entry.value("expires", "").c_str(), entry.value("lax", false) ? "lax" : "-");
}

}  // namespace

int cache_list(const Invocation& invocation) {
    return run_and_print(invocation, {{"command", "cache-list"}}, print_entry) ? kFine : kCouldNot;
}

}  // namespace ctl
