// SPDX-License-Identifier: MIT
#include <getopt.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>

#include "ctl/command.h"

namespace {

constexpr char kHelpHint[] = "Try \"mta-stsctl --help\".\n";

void print_usage(std::FILE* out) {
    std::fprintf(out, "usage: mta-stsctl [-c FILE] [--json] [--map NAME] COMMAND [ARGUMENT]\n\n");
    for (const ctl::Command& command : ctl::commands()) {
        const std::string left = std::string(command.name) + " " + std::string(command.arguments);
        std::fprintf(out, "  %-20s %s\n", left.c_str(), std::string(command.help).c_str());
    }
    std::fprintf(out,
                 "\n  -c, --config FILE    the daemon's settings (default %s)\n"
                 "      --json           print JSON\n"
                 "      --map NAME       map name for query (default postfix)\n"
                 "      --version, --help\n\n"
                 "Exit status: 0 fine, 1 found something wrong, 2 could not do it.\n",
                 std::string(app::kDefaultSettingsFile).c_str());
}

app::Settings settings_of(const std::string& file, bool given) {
    if (!given && ::access(file.c_str(), R_OK) != 0) return app::default_settings();
    auto loaded = app::load_settings(file);
    if (!loaded) throw std::runtime_error(loaded.error().text());
    return std::move(*loaded);
}

const ctl::Command* find_command(std::vector<std::string>& words) {
    for (const ctl::Command& command : ctl::commands()) {
        const std::string two = words.size() > 1 ? words[0] + " " + words[1] : "";
        if (command.name == words[0] || command.name == two) {
            words.erase(words.begin(), words.begin() + (command.name == two ? 2 : 1));
            return &command;
        }
    }
    return nullptr;
}

int run(int argc, char** argv) {
    static const option kOptions[] = {
        {"config", required_argument, nullptr, 'c'}, {"json", no_argument, nullptr, 'j'},
        {"map", required_argument, nullptr, 'm'},    {"help", no_argument, nullptr, 'h'},
        {"version", no_argument, nullptr, 'V'},      {nullptr, 0, nullptr, 0}};
    ctl::Invocation invocation;
    std::string file(app::kDefaultSettingsFile);
    bool file_given = false;
    for (int c = 0; (c = getopt_long(argc, argv, "c:h", kOptions, nullptr)) != -1;) {
        switch (c) {
            case 'c':
                file = optarg;
                file_given = true;
                break;
            case 'j':
                invocation.json = true;
                break;
            case 'm':
                invocation.map = optarg;
                break;
            case 'V':
                std::printf("mta-stsctl %s\n", MTASTSD_VERSION);
                return ctl::kFine;
            case 'h':
                print_usage(stdout);
                return ctl::kFine;
            default:
                std::fputs(kHelpHint, stderr);
                return ctl::kCouldNot;
        }
    }
    std::vector<std::string> words(argv + optind, argv + argc);
    if (words.empty()) {
        print_usage(stderr);
        return ctl::kCouldNot;
    }
    const std::string first = words[0];
    const ctl::Command* command = find_command(words);
    if (command == nullptr) {
        std::fprintf(stderr, "mta-stsctl: unknown command \"%s\". %s", first.c_str(), kHelpHint);
        return ctl::kCouldNot;
    }
    if (words.size() != command->argument_count) {
        std::fprintf(stderr, "usage: mta-stsctl %s %s\n", std::string(command->name).c_str(),
                     std::string(command->arguments).c_str());
        return ctl::kCouldNot;
    }
    invocation.arguments = std::move(words);
    invocation.settings = settings_of(file, file_given);
    return command->run(invocation);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mta-stsctl: %s\n", error.what());
        return ctl::kCouldNot;
    }
}
