// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/latency.h"

namespace bench {

/// What to ask, and how.
struct Load {
    std::string endpoint;
    std::string map = "postfix";
    std::string key = "d%.bench.test";  ///< '%' is the number of the domain
    std::uint64_t first = 0, domains = 1;
    std::uint64_t requests = 0;  ///< 0: for `seconds`
    double seconds = 1;
    std::uint32_t connections = 1;
    std::uint32_t pipeline = 1;  ///< requests outstanding on each connection
    bool each_once = false;      ///< the domains in order, each once; else in turn for ever
};

struct Outcome {
    double seconds = 0;
    Latency latency;
    std::map<std::string, std::uint64_t> replies;  ///< by first word
    std::uint64_t errors = 0;                      ///< connections that broke
};

/// Opens the connections, waits until all are there, then asks; one thread. Throws std::runtime_error where
/// it cannot connect.
Outcome run_load(const Load& load, const std::function<void()>& started);

}  // namespace bench
