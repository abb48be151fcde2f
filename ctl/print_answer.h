// SPDX-License-Identifier: MIT
#pragma once
#include "ctl/command.h"
#include "ctl/control_client.h"

namespace ctl {

/// Runs a command of the daemon. With --json its lines are printed as they are, else each through `print`. An
/// answer of
/// `{"status":"error"}` is told on standard error. Returns whether it was fine; `last` gets the last line
/// where asked for, `shown` the line that was printed last.
bool run_and_print(const Invocation& invocation, Json request, void (*print)(const Json&),
                   Json* last = nullptr, Json* shown = nullptr);

/// Prints an object for people: one "key: value" per line, nested ones indented, lists one value a line.
void print_tree(const Json& object);

/// Text that is safe on a terminal: control characters and bytes outside ASCII are shown as "\x1b".
std::string printable(const std::string& text);

}  // namespace ctl
