// SPDX-License-Identifier: MIT
#include "daemon/resolver_watch.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/support/fake_resolver.h"
#include "tests/support/manual_loop.h"

using app::ResolverWatch;
using base::Seconds;
using testing_support::FakeResolver;
using testing_support::ManualLoop;
using State = ResolverWatch::State;
using Words = std::vector<std::string>;

namespace {

struct World {
    ManualLoop loop;
    FakeResolver resolver{loop};
    Words told;  // "error dnssec-off", "off" and "on" for changed(), in order
    std::optional<ResolverWatch> watch;

    World() { validates(); }

    void validates() {
        resolver.silence_all(false);
        resolver.set_ns("com", {"a.ns.test"});
        resolver.set_authentic("NS", "com");
        resolver.fail_addresses("bogus.test", {dns::LookupError::Kind::kServerFailure, 2});
    }
    void does_not_validate() {
        resolver.silence_all(false);
        resolver.set_ns("com", {"a.ns.test"});
    }
    void gives_no_answer() { resolver.silence_all(true); }

    static ResolverWatch::Options options(bool needed = true) {
        ResolverWatch::Options out;
        out.needed = needed;
        out.test.signed_name = dns::Name::parse("com").value();
        out.test.bogus_name = dns::Name::parse("bogus.test").value();
        return out;
    }
    void start(const ResolverWatch::Options& options, bool in_use = true) {
        watch.emplace(ResolverWatch::Services{loop, loop, resolver}, options,
                      ResolverWatch::Handlers{
                          [this](bool validating) {
                              CHECK(watch->validating() == validating);
                              told.push_back(validating ? "on" : "off");
                          },
                          [this](const ResolverWatch::Notice& notice) {
                              CHECK_FALSE(notice.seen.empty());
                              CHECK(notice.advice.empty() == (notice.level == app::LogLevel::kInfo));
                              CHECK(notice.meaning.empty() == (notice.level == app::LogLevel::kInfo));
                              const char* level = notice.level == app::LogLevel::kInfo      ? "info "
                                                  : notice.level == app::LogLevel::kWarning ? "warning "
                                                                                            : "error ";
                              told.push_back(level + std::string(notice.event));
                          }});
        if (in_use) watch->in_use();
    }
    /// What was told in that time.
    Words pass(Seconds time) {
        told.clear();
        loop.advance(time);
        return told;
    }
    std::size_t tests() const { return resolver.count("NS", "com"); }
};

}  // namespace

TEST_CASE("it tests once the loop runs, then hourly, and tells of success once") {
    World world;
    world.start(World::options());
    CHECK(world.tests() == 0);
    CHECK(world.watch->report().state == State::kUnknown);
    CHECK(world.watch->validating());
    CHECK(world.pass(Seconds{60}) == Words{"info dnssec-on"});
    CHECK(world.tests() == 1);
    CHECK(world.watch->report().state == State::kValidates);
    CHECK(world.watch->report().since == ManualLoop::kStart);
    CHECK(world.pass(Seconds{3500}).empty());
    CHECK(world.tests() == 1);
    CHECK(world.pass(Seconds{60}).empty());
    CHECK(world.tests() == 2);
    CHECK(world.watch->report().tested == ManualLoop::kStart + Seconds{3600});
    CHECK(world.watch->report().since == ManualLoop::kStart);
}

TEST_CASE("a resolver that does not validate is an error every hour, until it recovers") {
    World world;
    world.does_not_validate();
    world.start(World::options());
    CHECK(world.pass(Seconds{1}) == Words{"error dnssec-off", "off"});
    CHECK(world.watch->report().state == State::kDoesNotValidate);
    CHECK_FALSE(world.watch->validating());
    CHECK(world.pass(Seconds{3590}).empty());
    CHECK(world.tests() == 12);  // each five minutes
    CHECK(world.pass(Seconds{20}) == Words{"error dnssec-off"});
    world.validates();
    CHECK(world.pass(Seconds{310}) == Words{"info dnssec-on", "on"});
    CHECK(world.watch->validating());
    CHECK(world.watch->report().last.advice.empty());
    world.does_not_validate();
    CHECK(world.pass(Seconds{3700}) == Words{"error dnssec-off", "off"});
}

TEST_CASE("a test that proves nothing changes nothing, and warns once an hour at most") {
    World world;
    world.gives_no_answer();
    world.start(World::options());
    CHECK(world.pass(Seconds{3590}) == Words{"warning dnssec-unclear"});
    CHECK(world.watch->report().state == State::kUnknown);
    CHECK(world.watch->validating());
    CHECK(world.watch->report().last.seen == "com: timeout; bogus.test: timeout");
    CHECK(world.pass(Seconds{3600}) == Words{"warning dnssec-unclear"});
    world.validates();
    CHECK(world.pass(Seconds{600}) == Words{"info dnssec-on"});
    const auto since = world.watch->report().since;
    world.gives_no_answer();
    CHECK(world.pass(Seconds{3700}) == Words{"warning dnssec-unclear"});
    CHECK(world.watch->report().state == State::kValidates);
    CHECK(world.watch->report().since == since);

    world.does_not_validate();
    world.pass(Seconds{600});
    world.gives_no_answer();
    CHECK(world.pass(Seconds{310}).empty());
    CHECK_FALSE(world.watch->validating());
}

TEST_CASE("until a client asks about DANE a resolver that does not validate is worth one warning") {
    World world;
    world.does_not_validate();
    world.start(World::options(), false);
    CHECK(world.pass(Seconds(60)) == Words{"warning dnssec-off", "off"});
    CHECK(world.pass(Seconds(3 * 3600)) == Words{});
    world.told.clear();
    world.watch->in_use();
    CHECK(world.told == Words{"error dnssec-off"});
    world.watch->in_use();
    CHECK(world.pass(Seconds(3000)) == Words{});
    CHECK(world.pass(Seconds(900)) == Words{"error dnssec-off"});

    World unclear;
    unclear.gives_no_answer();
    unclear.start(World::options(), false);
    CHECK(unclear.pass(Seconds(60)) == Words{"warning dnssec-unclear"});
    CHECK(unclear.pass(Seconds(3 * 3600)) == Words{});
    unclear.watch->in_use();
    CHECK(unclear.pass(Seconds(900)) == Words{"warning dnssec-unclear"});
}

TEST_CASE("other servers are tested at once, and what was asked of the old ones does not count") {
    World world;
    world.start(World::options());
    world.pass(Seconds{60});
    world.does_not_validate();
    world.watch->servers_changed();
    CHECK(world.pass(Seconds{1}) == Words{"error dnssec-off", "off"});

    world.resolver.set_delay(base::Milliseconds{3000});
    world.watch->servers_changed();
    world.pass(Seconds{1});
    world.validates();
    world.watch->servers_changed();
    CHECK(world.pass(Seconds{10}) == Words{"info dnssec-on", "on"});
}

TEST_CASE("a reload tests at once, once, and by the new names") {
    World world;
    world.start(World::options());
    world.pass(Seconds{60});
    auto options = World::options();
    options.test.signed_name = dns::Name::parse("other.test").value();
    world.resolver.set_ns("other.test", {"ns.test"});
    world.watch->reconfigure(options);
    world.watch->servers_changed();
    CHECK(world.pass(Seconds{1}) == Words{"error dnssec-off", "off"});
    CHECK(world.tests() == 1);
    CHECK(world.resolver.count("NS", "other.test") == 1);
}

TEST_CASE("where no profile needs it, or no name is given, nothing is asked and nothing is known") {
    World world;
    SUBCASE("not needed") {
        world.start(World::options(false));
    }
    SUBCASE("no names") {
        auto options = World::options();
        options.test.signed_name.reset();
        options.test.bogus_name.reset();
        world.start(options);
    }
    CHECK(world.pass(Seconds{10'000}).empty());
    world.watch->servers_changed();
    CHECK(world.pass(Seconds{10'000}).empty());
    CHECK(world.resolver.questions().empty());
    CHECK(world.watch->validating());

    world.does_not_validate();
    world.watch->reconfigure(World::options());
    CHECK(world.pass(Seconds{1}) == Words{"error dnssec-off", "off"});
    world.watch->reconfigure(World::options(false));
    CHECK(world.pass(Seconds{1}) == Words{"on"});
    CHECK(world.watch->report().state == State::kUnknown);
    CHECK(world.loop.waiting() == 0);
}

TEST_CASE("it may go while a test is under way") {
    World world;
    world.gives_no_answer();
    world.start(World::options());
    world.loop.advance(base::Milliseconds{5});
    world.watch.reset();
    CHECK(world.loop.waiting() == 0);
}
