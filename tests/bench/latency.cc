// SPDX-License-Identifier: MIT
#include "tests/bench/latency.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace bench {

double Latency::quantile(double share) {
    if (samples_.empty()) return 0;
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(samples_.size() - 1));
    const auto at = samples_.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(samples_.begin(), at, samples_.end());
    return *at / 10.0;
}

std::uint64_t cpu_time_of(int pid) {
    std::uint64_t total = 0;
    std::error_code error;
    const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks, error)) {
        std::uint64_t running = 0;
        std::ifstream(task.path() / "schedstat") >> running;
        total += running;
    }
    return total;
}

std::uint64_t resident_of(int pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.compare(0, 6, "VmRSS:") == 0) return std::stoull(line.substr(6));
    }
    return 0;
}

}  // namespace bench
