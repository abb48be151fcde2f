// SPDX-License-Identifier: MIT
#include "lib/sts/discovery.h"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/fake_fetcher.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/manual_loop.h"

using sts::Discovery;
using sts::Found;
using FetchKind = https::FetchError::Kind;
using LookupKind = dns::LookupError::Kind;
using PolicyState = sts::Found::PolicyState;
using RecordState = sts::Found::RecordState;

namespace {

const std::string kRecord = "_mta-sts.example.com";
const std::string kHost = "mta-sts.example.com";
const std::string kBody = "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 86400\n";
const dns::LookupError kServfail{LookupKind::kServerFailure, 2};

dns::Name name(const std::string& text) {
    return dns::Name::parse(text).value();
}

// The Internet with one domain in it that does everything right; each test breaks something.
struct World {
    testing_support::ManualLoop loop;
    testing_support::FakeResolver resolver{loop};
    testing_support::FakeFetcher fetcher{loop};
    Discovery::Options options;

    World() {
        resolver.set_txt(kRecord, {"v=STSv1; id=1;"}, base::Seconds{600});
        resolver.set_addresses(kHost, {"8.8.8.8"});
        fetcher.serve(kHost, kBody);
    }

    Discovery::Task task(const std::string& domain = "example.com") {
        return Discovery::Task{name(domain), "", "", false};
    }
    std::unique_ptr<Discovery> start(Discovery::Task task, Discovery::Done done) {
        return std::make_unique<Discovery>(Discovery::Services{loop, loop, resolver, fetcher}, options,
                                           std::move(task), std::move(done));
    }
    // Runs a discovery to its end.
    Found find(Discovery::Task task) {
        std::optional<Found> found;
        const auto discovery = start(std::move(task), [&](Found f) {
            CHECK_FALSE(found);
            found = std::move(f);
        });
        CHECK_FALSE(found);
        loop.advance(base::Seconds{300});
        REQUIRE(found);
        return std::move(*found);
    }
    Found find() { return find(task()); }

    std::vector<std::string> addresses_tried() const {
        std::vector<std::string> out;
        for (const auto& logged : fetcher.requests())
            for (const dns::Address& address : logged.request.addresses)
                out.push_back(address.text());
        return out;
    }
};

}  // namespace

TEST_CASE("a live record leads to the policy") {
    World world;
    const Found found = world.find();
    CHECK(found.record == RecordState::kLive);
    CHECK(found.id == "1");
    CHECK(found.record_text == "v=STSv1; id=1;");
    CHECK(found.record_ttl == base::Seconds{600});
    CHECK(found.policy_state == PolicyState::kFetched);
    CHECK(found.body == kBody);
    CHECK(found.policy.mode == sts::Mode::kEnforce);
    REQUIRE(found.policy.mx.size() == 1);
    CHECK(found.policy.mx[0].in(found.body) == "mx.example.com");

    // RFC 8461 3.2: where the policy is
    REQUIRE(world.fetcher.requests().size() == 1);
    const https::Request& request = world.fetcher.requests()[0].request;
    CHECK(request.host.text() == kHost);
    CHECK(request.path == "/.well-known/mta-sts.txt");
    CHECK(request.body_limit == sts::kMaxPolicyBytes);
    CHECK(world.addresses_tried() == std::vector<std::string>{"8.8.8.8"});
}

TEST_CASE("RFC 8461 3.1: without a live record the rest of discovery is skipped") {
    struct Case {
        std::vector<std::string> texts;
        sts::RecordError error;
        std::string shown;
    };
    const std::string long_record = "v=STSv1; id=x-y; e=" + std::string(600, 'x');
    const std::vector<Case> cases{
        {{}, sts::RecordError::kNone, ""},
        {{"hello"}, sts::RecordError::kNone, ""},
        {{"hello", "v=STSv1; id=a", "v=STSv1; id=b"}, sts::RecordError::kSeveral, "v=STSv1; id=a"},
        {{"v=STSv1;"}, sts::RecordError::kNoId, "v=STSv1;"},
        {{long_record}, sts::RecordError::kBadId, long_record.substr(0, 512)},
    };
    for (const Case& c : cases) {
        CAPTURE(c.texts.size());
        World world;
        world.resolver.set_txt(kRecord, c.texts, base::Seconds{77});
        const Found found = world.find();
        CHECK(found.record == RecordState::kNone);
        CHECK(found.record_error == c.error);
        CHECK(found.record_text == c.shown);
        CHECK(found.record_ttl == base::Seconds{77});
        CHECK(found.policy_state == PolicyState::kNotAsked);
        CHECK(world.resolver.questions().size() == 1);
        CHECK(world.fetcher.requests().empty());
    }
}

TEST_CASE("a record that cannot be looked up is unknown, not absent") {
    World world;
    world.resolver.fail_txt(kRecord, kServfail);
    const Found failed = world.find();
    CHECK(failed.record == RecordState::kUnknown);
    CHECK(failed.lookup_error.kind == LookupKind::kServerFailure);
    CHECK(failed.lookup_error.rcode == 2);
    CHECK(failed.policy_state == PolicyState::kNotAsked);
    CHECK(world.fetcher.requests().empty());

    World silent;
    silent.resolver.silence_txt(kRecord);
    std::optional<Found> found;
    const auto discovery = silent.start(silent.task(), [&](Found f) { found = std::move(f); });
    silent.loop.advance(silent.options.dns_time - base::Milliseconds{1});
    CHECK_FALSE(found);
    silent.loop.advance(base::Milliseconds{1});
    REQUIRE(found);
    CHECK(found->record == RecordState::kUnknown);
    CHECK(found->lookup_error.kind == LookupKind::kTimeout);
}

TEST_CASE("RFC 8461 3.3: the id decides whether there is anything to fetch") {
    struct Case {
        std::string known, held_back;
        PolicyState state;
    };
    const std::vector<Case> cases{
        {"", "", PolicyState::kFetched},    {"0", "", PolicyState::kFetched},
        {"1", "", PolicyState::kNotAsked},  {"", "1", PolicyState::kHeldBack},
        {"0", "1", PolicyState::kHeldBack}, {"0", "0", PolicyState::kFetched},
        {"1", "1", PolicyState::kNotAsked},
    };
    for (const Case& c : cases) {
        CAPTURE(c.known);
        CAPTURE(c.held_back);
        World world;
        Discovery::Task task = world.task();
        task.known_id = c.known;
        task.held_back_id = c.held_back;
        const Found found = world.find(task);
        CHECK(found.record == RecordState::kLive);
        CHECK(found.policy_state == c.state);
        CHECK(world.fetcher.requests().size() == (c.state == PolicyState::kFetched ? 1 : 0));

        task.fetch_always = true;
        CHECK(world.find(task).policy_state == PolicyState::kFetched);
    }
}

TEST_CASE("a refresh fetches whatever the record says") {
    World gone;
    gone.resolver.deny_txt(kRecord, base::Seconds{60});
    Discovery::Task task = gone.task();
    task.fetch_always = true;
    const Found without = gone.find(task);
    CHECK(without.record == RecordState::kNone);
    CHECK(without.policy_state == PolicyState::kFetched);

    World unknown;
    unknown.resolver.fail_txt(kRecord, kServfail);
    const Found blind = unknown.find(task);
    CHECK(blind.record == RecordState::kUnknown);
    CHECK(blind.policy_state == PolicyState::kFetched);
    CHECK(blind.body == kBody);
}

TEST_CASE("the addresses of the policy host: both families, IPv6 first, in turns") {
    World world;
    world.resolver.set_addresses(kHost,
                                 {"8.8.8.8", "8.8.4.4", "1.1.1.1", "2606:4700::1111", "2606:4700::1001"});
    CHECK(world.find().policy_state == PolicyState::kFetched);
    CHECK(world.addresses_tried() ==
          std::vector<std::string>{"2606:4700::1111", "8.8.8.8", "2606:4700::1001", "8.8.4.4", "1.1.1.1"});
    CHECK(world.resolver.count("A", kHost) == 1);
    CHECK(world.resolver.count("AAAA", kHost) == 1);
}

TEST_CASE("the families are asked for at the same time") {
    World world;
    world.resolver.delay_addresses(kHost, dns::Family::kV4, base::Milliseconds{500});
    world.resolver.delay_addresses(kHost, dns::Family::kV6, base::Milliseconds{500});
    std::optional<Found> found;
    const auto discovery = world.start(world.task(), [&](Found f) { found = std::move(f); });
    world.loop.advance(base::Milliseconds{600});
    CHECK(found);
}

TEST_CASE("one family that fails does not stop the other") {
    for (const dns::Family broken : {dns::Family::kV4, dns::Family::kV6}) {
        World servfail;
        servfail.resolver.set_addresses(kHost, {"8.8.8.8", "2606:4700::1111"});
        servfail.resolver.fail_addresses(kHost, broken, kServfail);
        CHECK(servfail.find().policy_state == PolicyState::kFetched);
        CHECK(servfail.addresses_tried().size() == 1);

        World silent;
        silent.resolver.set_addresses(kHost, {"8.8.8.8", "2606:4700::1111"});
        silent.resolver.silence_addresses(kHost, broken);
        CHECK(silent.find().policy_state == PolicyState::kFetched);
        CHECK(silent.addresses_tried().size() == 1);
    }
}

TEST_CASE("a policy host without an address is a failure of the DNS") {
    struct Case {
        std::optional<dns::LookupError> v4, v6;
        std::string text;
    };
    const dns::LookupError timeout{LookupKind::kTimeout, 0};
    const std::vector<Case> cases{
        {std::nullopt, std::nullopt, "dns: no address"},
        {kServfail, kServfail, "dns: server failure"},
        {timeout, std::nullopt, "dns: timeout"},
        {std::nullopt, kServfail, "dns: server failure"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        World world;
        world.resolver.set_addresses(kHost, {});
        if (c.v4) world.resolver.fail_addresses(kHost, dns::Family::kV4, *c.v4);
        if (c.v6) world.resolver.fail_addresses(kHost, dns::Family::kV6, *c.v6);
        const Found found = world.find();
        CHECK(found.record == RecordState::kLive);
        CHECK(found.policy_state == PolicyState::kFailed);
        CHECK(sts::describe(found.failure) == c.text);
        CHECK(world.fetcher.requests().empty());
    }
}

TEST_CASE("addresses outside the public Internet are refused, unless they are allowed") {
    const std::vector<std::string> inside{"127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00::1",
                                          "::ffff:10.0.0.1"};
    World refused;
    refused.resolver.set_addresses(kHost, inside);
    const Found found = refused.find();
    CHECK(found.policy_state == PolicyState::kFailed);
    CHECK(sts::describe(found.failure) == "address-refused");
    CHECK(refused.fetcher.requests().empty());

    World mixed;
    mixed.resolver.set_addresses(kHost, {"127.0.0.1", "8.8.8.8", "fd00::1"});
    CHECK(mixed.find().policy_state == PolicyState::kFetched);
    CHECK(mixed.addresses_tried() == std::vector<std::string>{"8.8.8.8"});

    World allowed;
    allowed.options.allow_networks = {*dns::Network::parse("10.0.0.0/8"), *dns::Network::parse("fd00::/16")};
    allowed.resolver.set_addresses(kHost, inside);
    CHECK(allowed.find().policy_state == PolicyState::kFetched);
    CHECK(allowed.addresses_tried() == std::vector<std::string>{"fd00::1", "10.0.0.1"});
}

TEST_CASE("RFC 8461 3.2, 3.3: which responses are a policy") {
    struct Case {
        https::Response response;
        std::string failure;  // empty: a policy
    };
    const std::vector<Case> cases{
        {{200, "text/plain", "", kBody}, ""},
        {{200, "text/plain; charset=utf-8", "", kBody}, ""},
        {{200, "TEXT/Plain ;x-extra=ignored", "identity", kBody}, ""},
        {{200, "", "", kBody}, "media-type"},
        {{200, "text/html", "", kBody}, "media-type"},
        {{200, "text/plainer", "", kBody}, "media-type"},
        {{200, "text", "", kBody}, "media-type"},
        {{200, "text/html; text/plain", "", kBody}, "media-type"},
        {{200, "text/plain, text/html", "", kBody}, "media-type"},
        {{200, "application/octet-stream", "", kBody}, "media-type"},
        {{200, "text/plain", "gzip", kBody}, "media-type"},
        {{200, "text/plain", "identity, gzip", kBody}, "media-type"},
        {{201, "text/plain", "", kBody}, "http-status: 201"},
        {{204, "text/plain", "", ""}, "http-status: 204"},
        {{206, "text/plain", "", kBody}, "http-status: 206"},
        {{301, "text/plain", "", kBody}, "http-status: 301"},
        {{304, "text/plain", "", kBody}, "http-status: 304"},
        {{404, "text/plain", "", kBody}, "http-status: 404"},
        {{500, "text/plain", "", kBody}, "http-status: 500"},
        {{200, "text/plain", "", ""}, "syntax: no version"},
        {{200, "text/plain", "", "<html>"}, "syntax: line 1: outside the grammar"},
        {{200, "text/plain", "", kBody + std::string(65536, '\n')}, "too-large"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.response.status);
        CAPTURE(c.response.content_type);
        CAPTURE(c.failure);
        World world;
        world.fetcher.respond(kHost, c.response);
        const Found found = world.find();
        CHECK(found.policy_state == (c.failure.empty() ? PolicyState::kFetched : PolicyState::kFailed));
        if (!c.failure.empty()) CHECK(sts::describe(found.failure) == c.failure);
        CHECK(found.body == (c.failure.empty() ? kBody : ""));
        CHECK(world.fetcher.requests().size() == 1);
    }
}

TEST_CASE("a fetch without a response fails as the fetcher says, and ends in time") {
    World world;
    world.fetcher.fail(kHost, FetchKind::kTlsNameMismatch);
    const Found found = world.find();
    CHECK(found.record == RecordState::kLive);
    CHECK(found.policy_state == PolicyState::kFailed);
    CHECK(sts::describe(found.failure) == "tls-name-mismatch");

    World silent;
    silent.fetcher.silence(kHost);
    CHECK(sts::describe(silent.find().failure) == "timeout");
    const auto& logged = silent.fetcher.requests();
    REQUIRE(logged.size() == 1);
}

TEST_CASE("a domain too long to have a record has none; one too long for a policy host has no policy") {
    const std::string label(61, 'a');
    const std::string base = label + "." + label + "." + label + ".";  // 186 bytes
    const auto domain_of = [&](std::size_t length) {
        return base + std::string(length - base.size() - 2, 'b') + ".c";
    };
    for (const std::size_t length : {244U, 245U, 246U}) {
        CAPTURE(length);
        World world;
        const std::string domain = domain_of(length);
        REQUIRE(domain.size() == length);
        if (length <= 244) world.resolver.set_txt("_mta-sts." + domain, {"v=STSv1; id=1"});
        world.resolver.set_addresses("mta-sts." + domain, {"8.8.8.8"});
        world.fetcher.serve("mta-sts." + domain, kBody);

        const Found found = world.find(world.task(domain));
        CHECK(found.record == (length <= 244 ? RecordState::kLive : RecordState::kNone));
        CHECK(found.policy_state == (length <= 244 ? PolicyState::kFetched : PolicyState::kNotAsked));

        Discovery::Task refresh = world.task(domain);
        refresh.fetch_always = true;
        const Found again = world.find(refresh);
        CHECK(again.policy_state == (length <= 245 ? PolicyState::kFetched : PolicyState::kFailed));
        if (length > 245) CHECK(sts::describe(again.failure) == "dns: no address");
    }
}

TEST_CASE("the parent of a domain is never asked") {
    World world;
    CHECK(world.find(world.task("mail.example.com")).record == RecordState::kNone);
    for (const auto& question : world.resolver.questions())
        CHECK(question.name == "_mta-sts.mail.example.com");
}

TEST_CASE("destroyed on its way, a discovery never calls back") {
    for (const int step : {0, 1, 2, 5}) {
        CAPTURE(step);
        World world;
        bool called = false;
        auto discovery = world.start(world.task(), [&](const Found&) { called = true; });
        world.loop.advance(base::Milliseconds{step});
        discovery.reset();
        world.loop.advance(base::Seconds{300});
        CHECK_FALSE(called);
    }
}

TEST_CASE("a discovery may be destroyed by its own callback") {
    for (const bool live : {true, false}) {
        World world;
        if (!live) world.resolver.deny_txt(kRecord, base::Seconds{60});
        std::unique_ptr<Discovery> discovery;
        bool called = false;
        discovery = world.start(world.task(), [&](const Found&) {
            discovery.reset();
            called = true;
        });
        world.loop.advance(base::Seconds{300});
        CHECK(called);
        CHECK_FALSE(discovery);
    }
}
