// SPDX-License-Identifier: MIT
// A load generator for socketmap servers. Prints one JSON object.
#include <getopt.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "tests/bench/load_client.h"

namespace {

constexpr const char* kUsage =
    "usage: socketmap_load [option]... inet:ADDRESS:PORT | unix:PATH\n"
    "  -m MAP          map name (postfix)\n"
    "  -k KEY          key, % is the domain's number in seven digits (d%.bench.test)\n"
    "  -f N -d N       first domain, number of domains (0, 1)\n"
    "  -n N            requests in all; without it as many as fit into -s SECONDS (1)\n"
    "  -o              each domain once\n"
    "  -c N            connections (1)\n"
    "  -p N            requests outstanding on each connection (1)\n"
    "  -P PID          the server, to tell its CPU time and memory\n";

void print(const std::string& what, double value, bool last = false) {
    std::printf("\"%s\": %.3f%s", what.c_str(), value, last ? "" : ", ");
}

void report(const bench::Load& load, bench::Outcome& outcome, double cpu, double resident) {
    const auto answered = static_cast<double>(outcome.latency.count());
    std::printf("{");
    print("connections", load.connections);
    print("requests", answered);
    print("seconds", outcome.seconds);
    print("per_second", answered / outcome.seconds);
    print("p50_us", outcome.latency.quantile(0.5));
    print("p99_us", outcome.latency.quantile(0.99));
    print("p999_us", outcome.latency.quantile(0.999));
    print("cpu_us_per_request", answered > 0 ? cpu / answered / 1e3 : 0);
    print("resident_kib", resident);
    for (const auto& [word, count] : outcome.replies)
        print(word, static_cast<double>(count));
    print("errors", static_cast<double>(outcome.errors), true);
    std::printf("}\n");
}

}  // namespace

int main(int argc, char** argv) {
    bench::Load load;
    int pid = 0;
    for (int option = 0; (option = ::getopt(argc, argv, "m:k:f:d:n:s:oc:p:P:")) != -1;) {
        switch (option) {
            case 'm':
                load.map = optarg;
                break;
            case 'k':
                load.key = optarg;
                break;
            case 'f':
                load.first = std::strtoull(optarg, nullptr, 10);
                break;
            case 'd':
                load.domains = std::strtoull(optarg, nullptr, 10);
                break;
            case 'n':
                load.requests = std::strtoull(optarg, nullptr, 10);
                break;
            case 's':
                load.seconds = std::strtod(optarg, nullptr);
                break;
            case 'o':
                load.each_once = true;
                break;
            case 'c':
                load.connections = static_cast<std::uint32_t>(std::strtoul(optarg, nullptr, 10));
                break;
            case 'p':
                load.pipeline = static_cast<std::uint32_t>(std::strtoul(optarg, nullptr, 10));
                break;
            case 'P':
                pid = static_cast<int>(std::strtol(optarg, nullptr, 10));
                break;
            default:
                std::fputs(kUsage, stderr);
                return 2;
        }
    }
    if (optind + 1 != argc || load.domains == 0) {
        std::fputs(kUsage, stderr);
        return 2;
    }
    load.endpoint = argv[optind];
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
    }
    try {
        std::uint64_t cpu = 0;
        bench::Outcome outcome = bench::run_load(load, [&] { cpu = pid > 0 ? bench::cpu_time_of(pid) : 0; });
        const std::uint64_t cpu_after = pid > 0 ? bench::cpu_time_of(pid) : 0;
        const std::uint64_t resident = pid > 0 ? bench::resident_of(pid) : 0;
        report(load, outcome, static_cast<double>(cpu_after - cpu), static_cast<double>(resident));
        return outcome.errors == 0 ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "socketmap_load: %s\n", error.what());
        return 2;
    }
}
