// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "ctl/command.h"

namespace ctl {

/// What the command line asks for: a command with all it needs but the settings, or nothing and the exit
/// status after --help, --version or a mistake (told on standard error).
struct CommandLine {
    const Command* command = nullptr;
    Invocation invocation;
    bool settings_file_given = false;
    int status = kFine;
};

CommandLine parse_command_line(int argc, char** argv);

}  // namespace ctl
