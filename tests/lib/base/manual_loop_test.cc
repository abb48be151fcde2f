// SPDX-License-Identifier: MIT
// The test loop and the fakes are what every scenario stands on: they keep the promises of the interfaces
// they play.
#include "tests/support/manual_loop.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/support/fake_fetcher.h"
#include "tests/support/fake_resolver.h"

using base::Milliseconds;
using base::Seconds;
using testing_support::FakeFetcher;
using testing_support::FakeResolver;
using testing_support::ManualLoop;

TEST_CASE("timers run at their time, in the order of their times") {
    ManualLoop loop;
    const base::MonoTime start = loop.mono();
    std::vector<std::pair<std::string, Milliseconds>> seen;
    const auto note = [&](const char* what) { seen.emplace_back(what, loop.mono() - start); };
    const auto late = loop.after(Milliseconds{20}, [&] { note("late"); });
    base::Pending nested;
    const auto early = loop.after(Milliseconds{10}, [&] {
        note("early");
        nested = loop.after(Milliseconds{5}, [&] { note("nested"); });
    });
    const auto never = loop.after(Milliseconds{31}, [&] { note("never"); });
    CHECK(seen.empty());
    loop.advance(Milliseconds{30});
    const std::vector<std::pair<std::string, Milliseconds>> wanted{
        {"early", Milliseconds{10}}, {"nested", Milliseconds{15}}, {"late", Milliseconds{20}}};
    CHECK(seen == wanted);
    CHECK(loop.mono() - start == Milliseconds{30});
    CHECK(loop.wall() == ManualLoop::kStart);
    loop.advance(Milliseconds{970});
    CHECK(loop.wall() == ManualLoop::kStart + Seconds{1});
}

TEST_CASE("nothing runs inside the call that starts it, nor after its Pending is gone") {
    ManualLoop loop;
    int runs = 0;
    auto pending = loop.after(Milliseconds{0}, [&] { ++runs; });
    loop.post([&] { ++runs; });
    CHECK(runs == 0);
    pending.reset();
    loop.run_ready();
    CHECK(runs == 1);
    CHECK(loop.waiting() == 0);
}

TEST_CASE("a callback may drop its own Pending and another's that is due at the same time") {
    ManualLoop loop;
    int runs = 0;
    base::Pending first, second;
    first = loop.after(Milliseconds{1}, [&] {
        ++runs;
        first.reset();
        second.reset();
    });
    second = loop.after(Milliseconds{1}, [&] { ++runs; });
    loop.advance(Milliseconds{1});
    CHECK(runs == 1);
}

TEST_CASE("the time of day moves alone when it is set") {
    ManualLoop loop;
    const base::MonoTime before = loop.mono();
    loop.set_wall(ManualLoop::kStart - Seconds{3600});
    CHECK(loop.wall() == ManualLoop::kStart - Seconds{3600});
    CHECK(loop.mono() == before);
    loop.advance(Seconds{60});
    CHECK(loop.wall() == ManualLoop::kStart - Seconds{3540});
}

namespace {

struct Asked {
    std::optional<dns::Lookup<dns::Txt>> answer;
    base::Pending pending;
};

void ask(ManualLoop& loop, FakeResolver& resolver, const char* name, Asked& asked) {
    asked.pending =
        resolver.txt(*dns::Name::parse(name), base::Deadline{loop.mono() + Seconds{6}},
                     [&asked](dns::Lookup<dns::Txt> answer) { asked.answer = std::move(answer); });
    CHECK_FALSE(asked.answer);
}

}  // namespace

TEST_CASE("the fake resolver answers, denies, fails and stays silent") {
    ManualLoop loop;
    FakeResolver resolver(loop);
    resolver.set_txt("good.example", {"one", "two"}, Seconds{60});
    resolver.deny_txt("denied.example", Seconds{77});
    resolver.fail_txt("ill.example", {dns::LookupError::Kind::kServerFailure, 2});
    resolver.silence_txt("silent.example");
    Asked good, denied, ill, silent, unknown, dropped;
    ask(loop, resolver, "good.example", good);
    ask(loop, resolver, "denied.example", denied);
    ask(loop, resolver, "ill.example", ill);
    ask(loop, resolver, "silent.example", silent);
    ask(loop, resolver, "unknown.example", unknown);
    ask(loop, resolver, "good.example", dropped);
    dropped.pending.reset();
    loop.advance(Milliseconds{5999});
    REQUIRE(good.answer);
    CHECK((*good.answer)->records.size() == 2);
    CHECK((*good.answer)->ttl == Seconds{60});
    REQUIRE(denied.answer);
    CHECK((*denied.answer)->records.empty());
    CHECK((*denied.answer)->ttl == Seconds{77});
    REQUIRE(ill.answer);
    CHECK(ill.answer->error().rcode == 2);
    REQUIRE(unknown.answer);
    CHECK((*unknown.answer)->records.empty());
    CHECK_FALSE(silent.answer);
    CHECK_FALSE(dropped.answer);
    loop.advance(Milliseconds{1});
    REQUIRE(silent.answer);
    CHECK(silent.answer->error().kind == dns::LookupError::Kind::kTimeout);
    CHECK(resolver.count("TXT", "good.example") == 2);
}

TEST_CASE("the fake fetcher serves, refuses and honours deadline and body limit") {
    ManualLoop loop;
    FakeFetcher fetcher(loop);
    fetcher.serve("mta-sts.good.example", "version: STSv1");
    fetcher.serve("mta-sts.slow.example", "late");
    fetcher.delay("mta-sts.slow.example", Seconds{61});
    const struct {
        const char* host;
        std::size_t limit;
        std::optional<https::FetchError::Kind> error;
    } rows[] = {
        {"mta-sts.good.example", 100, std::nullopt},
        {"mta-sts.good.example", 3, https::FetchError::Kind::kTooLarge},
        {"mta-sts.slow.example", 100, https::FetchError::Kind::kTimeout},
        {"mta-sts.nobody.example", 100, https::FetchError::Kind::kConnect},
    };
    for (const auto& row : rows) {
        CAPTURE(row.host);
        std::optional<base::Result<https::Response, https::FetchError>> result;
        const https::Request request{*dns::Name::parse(row.host), "/x", {}, row.limit};
        const auto pending = fetcher.get(request, base::Deadline{loop.mono() + Seconds{60}},
                                         [&](auto response) { result = std::move(response); });
        CHECK_FALSE(result);
        loop.advance(Seconds{60});
        REQUIRE(result);
        CHECK(result->has_value() == !row.error);
        if (row.error) CHECK(result->error().kind == *row.error);
    }
    CHECK(fetcher.count("mta-sts.good.example") == 2);
}
