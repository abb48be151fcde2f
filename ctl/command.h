// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/settings.h"

namespace ctl {

/// What every command gets: the options before and after its name, and what is left.
struct Invocation {
    std::vector<std::string> arguments;  ///< without options
    bool json = false;                   ///< --json
    std::string map = "postfix";         ///< --map
    /// The command's other options, in the order given: {"mx", "mx1.example.net"}; a flag's value is empty.
    std::vector<std::pair<std::string, std::string>> options;
    std::string settings_file;  ///< of -c, or the default; may be missing
    app::Settings settings;     ///< of that file, or the defaults; tells the sockets

    bool has(std::string_view option) const;
    /// The last value given; `otherwise` where there is none.
    std::string value(std::string_view option, const std::string& otherwise = {}) const;
    std::vector<std::string> values(std::string_view option) const;
};

/// Exit status of the program.
enum Exit : int { kFine = 0, kFoundWrong = 1, kCouldNot = 2 };

/// An option of some commands only: "--until TIME".
struct Option {
    std::string_view name;      ///< without "--"
    std::string_view argument;  ///< for the usage: "TIME"; empty: a flag
    std::string_view help;      ///< one line
};

/// One command of mta-stsctl. Each is one file and one line in commands.cc.
struct Command {
    std::string_view name;       ///< "cache list": one word or two
    std::string_view arguments;  ///< for the usage: "DOMAIN"
    std::size_t argument_count;
    std::string_view help;  ///< one line
    int (*run)(const Invocation&);
    std::vector<Option> options =
        {};  ///< beside --config and --json; the same name means the same everywhere
};

const std::vector<Command>& commands();

int query(const Invocation&);
int explain(const Invocation&);
int check(const Invocation&);
int check_policy(const Invocation&);
int check_record(const Invocation&);
int cache_list(const Invocation&);
int cache_stats(const Invocation&);
int cache_export(const Invocation&);
int cache_import(const Invocation&);
int refresh(const Invocation&);
int forget(const Invocation&);
int status(const Invocation&);
int reload(const Invocation&);
int override_add(const Invocation&);
int override_remove(const Invocation&);
int override_list(const Invocation&);
int migrate(const Invocation&);
int doctor(const Invocation&);

}  // namespace ctl
