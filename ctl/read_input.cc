// SPDX-License-Identifier: MIT
#include "ctl/read_input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace ctl {
namespace {

/// Closes what it has opened itself.
class Input {
  public:
    explicit Input(const std::string& path)
        : standard_(path == "-"),
          descriptor_(standard_ ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)) {}
    ~Input() {
        if (!standard_ && descriptor_ >= 0) ::close(descriptor_);
    }
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    bool open() const { return descriptor_ >= 0; }
    /// What read(2) gives; an interrupted one is done again.
    ssize_t read(char* buffer, std::size_t size) const {
        ssize_t got = -1;
        do {
            got = ::read(descriptor_, buffer, size);
        } while (got < 0 && errno == EINTR);
        return got;
    }

  private:
    bool standard_;
    int descriptor_;
};

}  // namespace

std::string read_input(const std::string& path, std::size_t limit) {
    const auto unreadable = [&path](int error) {
        return std::runtime_error(input_name(path) +
                                  ": cannot be read: " + std::system_category().message(error));
    };
    const Input input(path);
    if (!input.open()) throw unreadable(errno);
    std::string text;
    char buffer[64 * 1024];
    for (;;) {
        const ssize_t got = input.read(buffer, sizeof buffer);
        if (got == 0) return text;
        if (got < 0) throw unreadable(errno);
        text.append(buffer, static_cast<std::size_t>(got));
        if (text.size() > limit)
            throw std::runtime_error(input_name(path) + ": is larger than " + std::to_string(limit >> 20) +
                                     " MiB");
    }
}

std::string input_name(const std::string& path) {
    return path == "-" ? "standard input" : path;
}

}  // namespace ctl
