// SPDX-License-Identifier: MIT
#pragma once
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

extern char** environ;

namespace testing_support {

/// How a program ended and what it wrote, to files: neither is a terminal.
struct Ended {
    int status = -1;  ///< -1: by a signal
    std::string out, err;
};

/// Runs a program to its end, with nothing on standard input unless `input` is given.
inline Ended run_program(std::vector<std::string> words, const std::string& input = {}) {
    const TemporaryFolder folder;
    std::ofstream(folder.file("in"), std::ios::binary) << input;
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, folder.file("in").c_str(), O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, 1, folder.file("out").c_str(), O_WRONLY | O_CREAT, 0600);
    ::posix_spawn_file_actions_addopen(&files, 2, folder.file("err").c_str(), O_WRONLY | O_CREAT, 0600);
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t child = 0;
    const int error = ::posix_spawn(&child, argv[0], &files, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (error != 0) throw std::runtime_error("cannot run " + words[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    const auto text = [&folder](const char* name) {
        std::ifstream in(folder.file(name), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text("out"), text("err")};
}

}  // namespace testing_support
