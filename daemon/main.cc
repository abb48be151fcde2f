// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <getopt.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <string>

#include "daemon/adapters/system_clock.h"
#include "daemon/daemon.h"
#include "daemon/settings.h"
#include "daemon/system_check.h"

namespace {

struct CommandLine {
    std::string file{app::kDefaultSettingsFile};
    bool check = false;
    bool print = false;
};

void print_usage(std::FILE* out) {
    std::fprintf(out,
                 "usage: mta-stsd [-c FILE] [--check-config] [--print-config] [--version]\n\n"
                 "  -c, --config FILE   settings (default %s)\n"
                 "      --check-config  say what is wrong with the settings and overrides, and exit\n"
                 "      --print-config  print the effective settings, and exit\n"
                 "      --version, --help\n",
                 std::string(app::kDefaultSettingsFile).c_str());
}

/// The exit status where the command line asks for no more, else -1.
int parse(int argc, char** argv, CommandLine& line) {
    static const option kOptions[] = {
        {"config", required_argument, nullptr, 'c'}, {"check-config", no_argument, nullptr, 'k'},
        {"print-config", no_argument, nullptr, 'p'}, {"version", no_argument, nullptr, 'V'},
        {"help", no_argument, nullptr, 'h'},         {nullptr, 0, nullptr, 0}};
    for (int c = 0; (c = getopt_long(argc, argv, "c:h", kOptions, nullptr)) != -1;) {
        switch (c) {
            case 'c':
                line.file = optarg;
                break;
            case 'k':
                line.check = true;
                break;
            case 'p':
                line.print = true;
                break;
            case 'V':
                std::printf("mta-stsd %s\n", MTASTSD_VERSION);
                return 0;
            case 'h':
                print_usage(stdout);
                return 0;
            default:
                print_usage(stderr);
                return 2;
        }
    }
    if (optind == argc) return -1;
    std::fprintf(stderr, "mta-stsd: unexpected argument \"%s\"\n", argv[optind]);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    // Where a starter has closed one of the three, what is opened next would get its number: the log's lines
    // would go into a socket or the database.
    for (int descriptor = 0; descriptor >= 0 && descriptor <= STDERR_FILENO;) {
        descriptor = ::open("/dev/null", O_RDWR);
        if (descriptor > STDERR_FILENO) ::close(descriptor);
    }
    ::tzset();  // for syslog's time stamps; from within the sandbox the zone's file is out of reach
    CommandLine line;
    if (const int status = parse(argc, argv, line); status >= 0) return status;
    try {
        auto settings = app::load_configuration(line.file, app::SystemClock().wall());
        if (line.print) std::fputs(app::print_settings(settings.settings).c_str(), stdout);
        if (line.check) {
            const app::SettingsErrors missing{line.file, app::check_system(settings.settings)};
            if (!missing.errors.empty()) throw std::runtime_error(missing.text());
        }
        if (line.check && !line.print) std::printf("%s: no errors\n", line.file.c_str());
        if (line.check || line.print) return 0;
        app::Daemon daemon(std::move(settings), line.file);
        daemon.run();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mta-stsd: %s\n", error.what());
        return 1;
    }
}
