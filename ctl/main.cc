// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

#include "ctl/command_line.h"

namespace {

app::Settings settings_of(const std::string& file, bool given) {
    if (!given && ::access(file.c_str(), R_OK) != 0) return app::default_settings();
    auto loaded = app::load_settings(file);
    if (!loaded) throw std::runtime_error(loaded.error().text());
    return std::move(*loaded);
}

int run(int argc, char** argv) {
    ctl::CommandLine line = ctl::parse_command_line(argc, argv);
    if (line.command == nullptr) return line.status;
    line.invocation.settings = settings_of(line.invocation.settings_file, line.settings_file_given);
    return line.command->run(line.invocation);
}

/// `status`, unless what was printed has not all arrived: a full disk, a closed pipe.
int end_of_output(int status) {
    errno = 0;
    const bool arrived = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (arrived) return status;
    std::fprintf(stderr, "mta-stsctl: standard output: %s\n",
                 errno != 0 ? std::strerror(errno) : "not all could be written");
    return ctl::kCouldNot;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return end_of_output(run(argc, argv));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mta-stsctl: %s\n", error.what());
        return ctl::kCouldNot;
    }
}
