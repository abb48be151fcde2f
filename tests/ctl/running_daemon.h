// SPDX-License-Identifier: MIT
#pragma once
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "tests/support/daemon_world.h"
#include "tests/support/run_program.h"

namespace testing_support {

/// The real daemon with the settings of `world`, from when it answers until the end of this object.
class RunningDaemon {
  public:
    explicit RunningDaemon(const DaemonWorld& world) {
        const std::string path = world.folder.file("notify");
        ::unlink(path.c_str());
        const int notices = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        path.copy(name.sun_path, sizeof name.sun_path - 1);
        const timeval patience{30, 0};
        ::setsockopt(notices, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (::bind(notices, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
            throw std::runtime_error("bind");
        std::string program = MTA_STSD, option = "-c", settings = world.settings_file(),
                    notify = "NOTIFY_SOCKET=" + path;
        char* argv[] = {program.data(), option.data(), settings.data(), nullptr};
        char* environment[] = {notify.data(), nullptr};
        // Not our output: should this process end badly, nobody must wait for the daemon to close it.
        posix_spawn_file_actions_t files;
        ::posix_spawn_file_actions_init(&files);
        for (const int output : {1, 2})
            ::posix_spawn_file_actions_addopen(&files, output, "/dev/null", O_WRONLY, 0);
        const int error = ::posix_spawn(&child_, argv[0], &files, nullptr, argv, environment);
        ::posix_spawn_file_actions_destroy(&files);
        if (error != 0) throw std::runtime_error("cannot run " + program);
        std::string text;
        do {
            char buffer[1024];
            const ssize_t n = ::recv(notices, buffer, sizeof buffer, 0);
            if (n <= 0) throw std::runtime_error("the daemon is not ready");
            text.assign(buffer, static_cast<std::size_t>(n));
        } while (text.find("READY=1") == std::string::npos);
        ::close(notices);
    }
    ~RunningDaemon() {
        ::kill(child_, SIGTERM);
        ::waitpid(child_, nullptr, 0);
    }
    RunningDaemon(const RunningDaemon&) = delete;
    RunningDaemon& operator=(const RunningDaemon&) = delete;

  private:
    pid_t child_ = 0;
};

/// mta-stsctl with the settings of `world`.
inline Ended ctl(const DaemonWorld& world, const std::vector<std::string>& words,
                 const std::string& input = {}) {
    std::vector<std::string> all = {MTA_STSCTL, "-c", world.settings_file()};
    all.insert(all.end(), words.begin(), words.end());
    return run_program(all, input);
}

}  // namespace testing_support
