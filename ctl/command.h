// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "daemon/settings.h"

namespace ctl {

/// What every command gets: the options before and after its name, and what is left.
struct Invocation {
    std::vector<std::string> arguments;  ///< without options
    bool json = false;                   ///< --json
    std::string map = "postfix";         ///< --map
    app::Settings settings;              ///< of -c FILE, or the defaults; tells the sockets
};

/// Exit status of the program.
enum Exit : int { kFine = 0, kFoundWrong = 1, kCouldNot = 2 };

/// One command of mta-stsctl. Each is one file and one line in commands.cc.
struct Command {
    std::string_view name;       ///< "cache list": one word or two
    std::string_view arguments;  ///< for the usage: "DOMAIN"
    std::size_t argument_count;
    std::string_view help;  ///< one line
    int (*run)(const Invocation&);
};

const std::vector<Command>& commands();

int query(const Invocation&);
int explain(const Invocation&);
int check_policy(const Invocation&);
int check_record(const Invocation&);
int cache_list(const Invocation&);
int refresh(const Invocation&);
int forget(const Invocation&);
int status(const Invocation&);
int reload(const Invocation&);

}  // namespace ctl
