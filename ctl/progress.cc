// SPDX-License-Identifier: MIT
#include "ctl/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace ctl {
namespace {
constexpr std::size_t kWidth = 40, kSteps = 1000;

/// Of the bar, so that bar and numbers fit in one line of the terminal: a longer one cannot be drawn over.
std::size_t width_beside(const std::string& numbers) {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kWidth;
    const std::size_t taken = numbers.size() + 4;  // brackets, a blank, the last column
    return size.ws_col > taken ? std::min(kWidth, size.ws_col - taken) : 0;
}
}  // namespace

Progress::Progress(std::size_t total) : total_(total), visible_(total > 0 && ::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
    if (visible_) std::fputs("\r\033[K", stderr);
}

void Progress::set(std::size_t done) {
    if (!visible_) return;
    const std::size_t step = done * kSteps / total_;
    if (step == shown_) return;
    shown_ = step;
    const std::string numbers = std::to_string(done) + "/" + std::to_string(total_);
    const std::size_t width = width_beside(numbers);
    const std::size_t filled = done * width / total_;
    std::fprintf(stderr, "\r[%s%s] %s", std::string(filled, '#').c_str(),
                 std::string(width - filled, ' ').c_str(), numbers.c_str());
}

}  // namespace ctl
