// SPDX-License-Identifier: MIT
#include "ctl/child_output.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

extern char** environ;

namespace ctl {
namespace {

constexpr std::size_t kMaxOutput = 1 << 20;
constexpr std::chrono::seconds kPatience{10};

class Child {
  public:
    explicit Child(const std::vector<std::string>& words) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        output_ = ends[0];
        posix_spawn_file_actions_t files;
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&files, ends[1], 1);
        ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
        std::vector<std::string> copy = words;
        std::vector<char*> argv;
        for (std::string& word : copy)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        const int error = ::posix_spawn(&process_, argv[0], &files, nullptr, argv.data(), environ);
        ::posix_spawn_file_actions_destroy(&files);
        ::close(ends[1]);
        if (error == 0) return;
        ::close(output_);
        throw std::runtime_error(words[0] + ": " + std::system_category().message(error));
    }
    ~Child() {
        ::close(output_);
        if (process_ <= 0) return;
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// True: more may come.
    bool read_some(std::string& text, int patience_ms) const {
        pollfd ready{output_, POLLIN, 0};
        if (::poll(&ready, 1, patience_ms) == 0) throw std::runtime_error("it takes too long");
        std::array<char, 4096> buffer{};
        const ssize_t n = ::read(output_, buffer.data(), buffer.size());
        if (n < 0 && errno == EINTR) return true;
        if (n <= 0) return false;
        text.append(buffer.data(), static_cast<std::size_t>(n));
        if (text.size() > kMaxOutput) throw std::runtime_error("it writes too much");
        return true;
    }

    int wait() {
        int status = 0;
        while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
        }
        process_ = 0;
        return status;
    }

  private:
    int output_ = -1;
    pid_t process_ = 0;
};

}  // namespace

std::string child_output(const std::vector<std::string>& words) {
    Child child(words);
    std::string text;
    const auto end = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (!child.read_some(text, left.count() > 0 ? static_cast<int>(left.count()) : 0)) break;
    }
    const int status = child.wait();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return text;
    throw std::runtime_error(words[0] + ": it failed (" +
                             (WIFEXITED(status) ? "status " + std::to_string(WEXITSTATUS(status))
                                                : "signal " + std::to_string(WTERMSIG(status))) +
                             ")");
}

std::string find_program(const std::string& name) {
    const char* path = std::getenv("PATH");
    const std::string folders = std::string(path == nullptr ? "" : path) + ":/usr/sbin:/sbin:/usr/local/sbin";
    std::size_t begin = 0;
    while (begin <= folders.size()) {
        std::size_t end = folders.find(':', begin);
        if (end == std::string::npos) end = folders.size();
        const std::string folder = folders.substr(begin, end - begin);
        const std::string file = folder + "/" + name;
        if (!folder.empty() && folder[0] == '/' && ::access(file.c_str(), X_OK) == 0) return file;
        begin = end + 1;
    }
    return {};
}

}  // namespace ctl
