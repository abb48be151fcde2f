// SPDX-License-Identifier: MIT
#include "ctl/command_line.h"

#include <getopt.h>

#include <algorithm>
#include <cstdio>

namespace ctl {
namespace {

constexpr char kHelpHint[] = "Try \"mta-stsctl --help\".\n";
constexpr int kFirstOwnOption = 256;  // getopt_long's values from here on: the options of single commands

int length(std::string_view text) {
    return static_cast<int>(text.size());
}

/// Every option that some command has, each once.
std::vector<Option> own_options() {
    std::vector<Option> all;
    for (const Command& command : commands()) {
        for (const Option& option : command.options) {
            if (std::none_of(all.begin(), all.end(), [&](const Option& o) { return o.name == option.name; }))
                all.push_back(option);
        }
    }
    return all;
}

void print_option(std::FILE* out, const Option& option) {
    const std::string left = std::string(option.name) + " " + std::string(option.argument);
    std::fprintf(out, "      --%-22s %.*s\n", left.c_str(), length(option.help), option.help.data());
}

void print_usage(std::FILE* out) {
    std::fprintf(out, "usage: mta-stsctl [-c FILE] [--json] COMMAND [ARGUMENT]... [OPTION]...\n\n");
    for (const Command& command : commands()) {
        const std::string left = std::string(command.name) + " " + std::string(command.arguments);
        std::fprintf(out, "  %-28s %.*s\n", left.c_str(), length(command.help), command.help.data());
    }
    std::fprintf(out,
                 "\n  -c, --config FILE            the daemon's settings (default %.*s)\n"
                 "      --json                   print JSON\n"
                 "      --version, --help\n\n"
                 "Options of single commands (\"mta-stsctl COMMAND --help\" shows which):\n\n",
                 length(app::kDefaultSettingsFile), app::kDefaultSettingsFile.data());
    for (const Option& option : own_options())
        print_option(out, option);
    std::fprintf(out, "\nExit status: 0 fine, 1 found something wrong, 2 could not do it.\n");
}

void print_usage_of(std::FILE* out, const Command& command) {
    std::string usage(command.name);
    if (!command.arguments.empty()) usage += " " + std::string(command.arguments);
    for (const Option& option : command.options) {
        usage += " [--" + std::string(option.name);
        usage += (option.argument.empty() ? "" : " ") + std::string(option.argument) + "]";
    }
    std::fprintf(out, "usage: mta-stsctl %s\n", usage.c_str());
    if (out == stderr) return;
    std::fprintf(out, "%.*s\n", length(command.help), command.help.data());
    if (!command.options.empty()) std::fprintf(out, "\n");
    for (const Option& option : command.options)
        print_option(out, option);
}

/// The command that the words begin with, which are taken off them.
const Command* take_command(std::vector<std::string>& words) {
    for (const Command& command : commands()) {
        const std::string two = words.size() > 1 ? words[0] + " " + words[1] : "";
        if (command.name == words[0] || command.name == two) {
            words.erase(words.begin(), words.begin() + (command.name == two ? 2 : 1));
            return &command;
        }
    }
    return nullptr;
}

/// The commands that begin with this word and have another one: "cache".
std::vector<const Command*> group_of(const std::string& word) {
    std::vector<const Command*> out;
    for (const Command& command : commands())
        if (command.name.substr(0, word.size() + 1) == word + " ") out.push_back(&command);
    return out;
}

std::string second_words(const std::vector<const Command*>& group) {
    std::string out;
    for (const Command* command : group)
        out += (out.empty() ? "" : ", ") + std::string(command->name.substr(command->name.find(' ') + 1));
    return out;
}

CommandLine give_up(int status) {
    CommandLine out;
    out.status = status;
    return out;
}

CommandLine refuse(const std::string& what) {
    std::fprintf(stderr, "mta-stsctl: %s. %s", what.c_str(), kHelpHint);
    return give_up(kCouldNot);
}

/// What is there is allowed, and all that is needed is there.
CommandLine finish(CommandLine line, std::vector<std::string> words) {
    const std::string shown = words[0] + (words.size() > 1 ? " " + words[1] : "");
    const auto group = group_of(words[0]);
    if (words.size() == 1 && !group.empty()) {
        if (!line.invocation.has("help"))
            return refuse("\"" + shown + "\" needs one of " + second_words(group) + " after it");
        for (const Command* command : group)
            print_usage_of(stdout, *command);
        return give_up(kFine);
    }
    line.command = take_command(words);
    if (line.command == nullptr) return refuse("unknown command \"" + shown + "\"");
    const std::string name(line.command->name);
    for (const auto& given : line.invocation.options) {
        const std::string& option = given.first;
        if (option == "help") {
            print_usage_of(stdout, *line.command);
            return give_up(kFine);
        }
        const auto& known = line.command->options;
        if (std::none_of(known.begin(), known.end(), [&](const Option& o) { return o.name == option; }))
            return refuse("--" + option + " is no option of \"" + name + "\"");
    }
    if (words.size() != line.command->argument_count) {
        print_usage_of(stderr, *line.command);
        return give_up(kCouldNot);
    }
    line.invocation.arguments = std::move(words);
    line.invocation.map = line.invocation.value("map", line.invocation.map);
    return line;
}

}  // namespace

bool Invocation::has(std::string_view option) const {
    return std::any_of(options.begin(), options.end(), [&](const auto& o) { return o.first == option; });
}

std::string Invocation::value(std::string_view option, const std::string& otherwise) const {
    const std::vector<std::string> all = values(option);
    return all.empty() ? otherwise : all.back();
}

std::vector<std::string> Invocation::values(std::string_view option) const {
    std::vector<std::string> found;
    for (const auto& [name, text] : options)
        if (name == option) found.push_back(text);
    return found;
}

CommandLine parse_command_line(int argc, char** argv) {
    const std::vector<Option> own = own_options();
    std::vector<option> table = {{"config", required_argument, nullptr, 'c'},
                                 {"json", no_argument, nullptr, 'j'},
                                 {"help", no_argument, nullptr, 'h'},
                                 {"version", no_argument, nullptr, 'V'}};
    for (std::size_t i = 0; i < own.size(); ++i)  // the names are literals: they end in a NUL
        table.push_back({own[i].name.data(), own[i].argument.empty() ? no_argument : required_argument,
                         nullptr, kFirstOwnOption + static_cast<int>(i)});
    table.push_back({nullptr, 0, nullptr, 0});

    CommandLine line;
    line.invocation.settings_file = app::kDefaultSettingsFile;
    for (int c = 0; (c = ::getopt_long(argc, argv, "c:h", table.data(), nullptr)) != -1;) {
        switch (c) {
            case 'c':
                line.invocation.settings_file = optarg;
                line.settings_file_given = true;
                break;
            case 'j':
                line.invocation.json = true;
                break;
            case 'V':
                std::printf("mta-stsctl %s\n", MTASTSD_VERSION);
                return give_up(kFine);
            case 'h':
                line.invocation.options.emplace_back("help", "");
                break;
            default:
                if (c < kFirstOwnOption) {
                    std::fputs(kHelpHint, stderr);
                    return give_up(kCouldNot);
                }
                line.invocation.options.emplace_back(own[static_cast<std::size_t>(c - kFirstOwnOption)].name,
                                                     optarg == nullptr ? "" : optarg);
        }
    }
    std::vector<std::string> words(argv + optind, argv + argc);
    if (!words.empty()) return finish(std::move(line), std::move(words));
    const bool wanted = line.invocation.has("help");
    print_usage(wanted ? stdout : stderr);
    return give_up(wanted ? kFine : kCouldNot);
}

}  // namespace ctl
