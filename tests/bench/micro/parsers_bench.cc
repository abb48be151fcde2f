// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <string>

#include "lib/dane/tlsa.h"
#include "lib/dns/name.h"
#include "lib/policy/key.h"
#include "lib/socketmap/netstring.h"
#include "lib/socketmap/protocol.h"
#include "lib/sts/policy.h"
#include "lib/sts/record.h"

namespace {

std::string policy_of(std::int64_t patterns) {
    std::string text = "version: STSv1\r\nmode: enforce\r\nmax_age: 604800\r\n";
    for (std::int64_t i = 0; i < patterns; ++i)
        text += "mx: mx" + std::to_string(i) + ".example.com\r\n";
    return text;
}

void netstring(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(socketmap::next_frame("19:postfix example.com,", socketmap::kMaxRequest));
}
BENCHMARK(netstring);

void key(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(policy::parse_key("Mail.Example.COM"));
}
BENCHMARK(key);

void u_label(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(dns::Name::parse("bücher.example"));
}
BENCHMARK(u_label);

void record(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(sts::parse_record("v=STSv1; id=20260101000000Z;"));
}
BENCHMARK(record);

void policy_text(benchmark::State& state) {
    const std::string text = policy_of(state.range(0));
    for (auto _ : state)
        benchmark::DoNotOptimize(sts::parse_policy(text));
}
BENCHMARK(policy_text)->Arg(1)->Arg(5)->Arg(1000);

void tlsa(benchmark::State& state) {
    const dns::Tlsa tlsa{3, 1, 1, std::string(32, 'x')};
    for (auto _ : state)
        benchmark::DoNotOptimize(dane::usability(tlsa));
}
BENCHMARK(tlsa);

}  // namespace
