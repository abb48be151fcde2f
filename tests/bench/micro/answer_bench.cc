// SPDX-License-Identifier: MIT
// A cached answer, from the request's payload to the reply's, without a socket.
#include <benchmark/benchmark.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "lib/policy/responder.h"
#include "lib/sts/policy.h"

namespace {

class StillClock : public base::Clock {
  public:
    base::WallTime wall() const override { return base::WallTime{base::Seconds{1767225600}}; }
    base::MonoTime mono() const override { return base::MonoTime{base::Seconds{1000}}; }
};

/// Caches with so many domains, each with a policy and a survey.
struct World {
    StillClock clock;
    policy::ExpiryClock expiry_clock{clock};
    policy::Cache cache{[] {
        policy::Cache::Options options;
        options.max_bytes = std::uint64_t{4} << 30;
        return options;
    }()};
    policy::SurveyCache surveys{policy::SurveyCache::Options{2'000'000}, cache.locks()};
    policy::Responder responder{cache, surveys, clock, expiry_clock};
    policy::Rules rules;

    explicit World(std::int64_t domains) {
        rules.profiles["postfix"];
        rules.profiles["tlsrpt"].tlsrpt = true;
        rules.profiles["dane"].dane = policy::Profile::Dane::kEnforce;
        const std::string body =
            "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: *.example.net\nmax_age: 604800\n";
        const auto parsed = sts::parse_policy(body);
        // Shared by all entries: what a survey holds is not measured here.
        auto findings = std::make_shared<dane::Findings>();
        findings->state = dane::State::kNone;
        for (std::int64_t i = 0; i < domains; ++i) {
            // Each under a second-level domain of its own, or the quota of one would be used up.
            const dns::Name name = dns::Name::parse("d" + std::to_string(i) + ".example").value();
            policy::PolicyRecord record{name, "1", parsed->mode, false, parsed->max_age, clock.wall()};
            record.refresh_at = clock.wall() + base::Seconds{86400};
            record.body = body;
            record.mx = parsed->mx;
            cache.put(record, clock.mono() + base::Seconds{3600});
            surveys.put({name},
                        {findings, clock.mono() + base::Seconds{3600}, clock.mono() + base::Seconds{3000}},
                        clock.mono());
        }
    }
};

void cached(benchmark::State& state, const char* map) {
    const std::int64_t domains = state.range(0);
    World world(domains);
    std::string out;
    policy::Responder::Request request;
    std::int64_t next = 0;
    for (auto _ : state) {
        out.clear();
        next = (next + 7919) % domains;
        const std::string payload = std::string(map) + " d" + std::to_string(next) + ".example";
        world.responder.read(payload, world.rules, request);
        world.responder.prefetch(request);
        if (world.responder.answer(request, world.rules, out) != policy::Responder::Outcome::kAnswered) {
            throw std::logic_error("not cached: " + payload);
        }
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK_CAPTURE(cached, postfix, "postfix")->Arg(1)->Arg(10'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(cached, tlsrpt, "tlsrpt")->Arg(10'000);
BENCHMARK_CAPTURE(cached, dane, "dane")->Arg(1)->Arg(10'000)->Arg(1'000'000);

}  // namespace
