// SPDX-License-Identifier: MIT
#include "ctl/progress.h"

#include <unistd.h>

#include <cstdio>
#include <string>

namespace ctl {
namespace {
constexpr std::size_t kWidth = 40, kSteps = 1000;
}

Progress::Progress(std::size_t total) : total_(total), visible_(total > 0 && ::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
    if (visible_) std::fputs("\r\033[K", stderr);
}

void Progress::set(std::size_t done) {
    if (!visible_) return;
    const std::size_t step = done * kSteps / total_;
    if (step == shown_) return;
    shown_ = step;
    const std::size_t filled = done * kWidth / total_;
    std::fprintf(stderr, "\r[%s%s] %zu/%zu", std::string(filled, '#').c_str(),
                 std::string(kWidth - filled, ' ').c_str(), done, total_);
}

}  // namespace ctl
