// SPDX-License-Identifier: MIT
// A small Internet for cold lookups: DNS and policy hosts. Prints "ready" when both are there.
#include <getopt.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>

#include "tests/bench/world.h"

namespace {

constexpr const char* kUsage =
    "usage: bench_world [-d DNS_DELAY_MS] [-w WEB_DELAY_MS] [-a ADDRESSES] DNS_PORT WEB_PORT CA_FILE\n";

}  // namespace

int main(int argc, char** argv) {
    base::Milliseconds dns_delay{0}, web_delay{0};
    unsigned addresses = 1;
    for (int option = 0; (option = ::getopt(argc, argv, "d:w:a:")) != -1;) {
        const long value = optarg != nullptr ? std::strtol(optarg, nullptr, 10) : 0;
        switch (option) {
            case 'd':
                dns_delay = base::Milliseconds{value};
                break;
            case 'w':
                web_delay = base::Milliseconds{value};
                break;
            case 'a':
                addresses = static_cast<unsigned>(value);
                break;
            default:
                std::fputs(kUsage, stderr);
                return 2;
        }
    }
    if (optind + 3 != argc || addresses < 1 || addresses > 250) {
        std::fputs(kUsage, stderr);
        return 2;
    }
    try {
        app::EventLoop loop;
        const testing_support::TestCa ca;
        std::ofstream(argv[optind + 2]) << ca.pem();
        testing_support::LoopbackDns dns(
            loop,
            [&](const testing_support::DnsQuery& query) {
                return bench::answer_dns(query, addresses, dns_delay);
            },
            "127.0.0.1", static_cast<std::uint16_t>(std::strtoul(argv[optind], nullptr, 10)));
        dns.keep_no_queries();
        const auto port = static_cast<std::uint16_t>(std::strtoul(argv[optind + 1], nullptr, 10));
        const bench::PolicyHosts hosts(loop, ca, port, web_delay);
        std::puts("ready");
        std::fflush(stdout);
        loop.run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_world: %s\n", error.what());
        return 1;
    }
}
