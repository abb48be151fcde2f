// SPDX-License-Identifier: MIT
#include <cstdio>
#include <stdexcept>

#include "ctl/print_answer.h"

namespace ctl {

// JSON lines with and without --json: it is for programs.
int cache_export(const Invocation& invocation) {
    Invocation as_json = invocation;
    as_json.json = true;
    const bool whole = run_and_print(as_json, {{"command", "cache-export"}}, nullptr);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
        throw std::runtime_error("the export is not whole: it cannot be written");
    return whole ? kFine : kCouldNot;
}

}  // namespace ctl
