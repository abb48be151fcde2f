// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/adapters/ares_resolver.h"
#include "daemon/adapters/event_loop.h"
#include "daemon/adapters/system_clock.h"
#include "tests/support/drive_loop.h"
#include "tests/support/loopback_dns.h"

namespace testing_support {

/// A resolver asking loopback servers, and its loop. Servers are to be declared after it.
struct AresFixture {
    app::EventLoop loop;
    app::SystemClock clock;

    static constexpr base::Milliseconds kLong{15'000};

    base::Deadline in(base::Milliseconds time) const { return base::Deadline{clock.mono() + time}; }

    /// Options for servers on loopback: one attempt, no waiting for long.
    static app::AresResolver::Options options(std::vector<std::string> servers) {
        app::AresResolver::Options out;
        out.servers = std::move(servers);
        out.timeout = base::Milliseconds(2000);
        out.attempts = 1;
        return out;
    }

    /// Starts a lookup by `start(done)` and waits for its end; kMalformed with -1 if it called back inside,
    /// with -2 if it never did.
    template <class Record, class Start>
    dns::Lookup<Record> await(Start start) {
        std::optional<dns::Lookup<Record>> result;
        const base::Pending pending = start([&](auto got) { result.emplace(std::move(got)); });
        if (result) return base::Unexpected(dns::LookupError{dns::LookupError::Kind::kMalformed, -1});
        if (!testing_support::drive(loop, [&] { return result.has_value(); }))
            return base::Unexpected(dns::LookupError{dns::LookupError::Kind::kMalformed, -2});
        return std::move(*result);
    }

    dns::Lookup<dns::Txt> txt(app::AresResolver& resolver, const std::string& name = "example.test",
                              base::Milliseconds time = kLong) {
        return await<dns::Txt>(
            [&](auto done) { return resolver.txt(*dns::Name::parse(name), in(time), std::move(done)); });
    }

    dns::Lookup<dns::Address> addresses(app::AresResolver& resolver, const std::string& name,
                                        dns::Family family) {
        return await<dns::Address>([&](auto done) {
            return resolver.addresses(*dns::Name::parse(name), family, in(kLong), std::move(done));
        });
    }

    dns::Lookup<dns::Mx> mx(app::AresResolver& resolver, const std::string& name = "example.test") {
        return await<dns::Mx>(
            [&](auto done) { return resolver.mx(*dns::Name::parse(name), in(kLong), std::move(done)); });
    }

    dns::Lookup<dns::Tlsa> tlsa(app::AresResolver& resolver, const std::string& name = "example.test") {
        const auto full = *dns::Name::parse(name)->with_prefix("_25._tcp");
        return await<dns::Tlsa>([&](auto done) { return resolver.tlsa(full, in(kLong), std::move(done)); });
    }

    dns::Lookup<dns::Ns> ns(app::AresResolver& resolver, const std::string& name = "example.test") {
        return await<dns::Ns>(
            [&](auto done) { return resolver.ns(*dns::Name::parse(name), in(kLong), std::move(done)); });
    }

    dns::Lookup<dns::Cname> cname(app::AresResolver& resolver, const std::string& name = "example.test") {
        return await<dns::Cname>(
            [&](auto done) { return resolver.cname(*dns::Name::parse(name), in(kLong), std::move(done)); });
    }
};

/// One word for a result: "a|b ttl=5", "denied ttl=5", "timeout", "SERVFAIL".
inline std::string words(const dns::Lookup<dns::Txt>& result) {
    if (!result) return dns::describe(result.error());
    std::string out = result->records.empty() ? "denied" : "";
    for (const auto& record : result->records)
        out += (out.empty() ? "" : "|") + record.text;
    return out + " ttl=" + std::to_string(result->ttl.count());
}

inline DnsReaction reply(const DnsReplyBuilder& builder) {
    return DnsReaction{{builder.packet()}, false};
}
inline DnsReaction silence() {
    return {};
}

/// A handler that answers any TXT question with `text`.
inline LoopbackDns::Handler says(const std::string& text) {
    return [text](const DnsQuery& query) {
        return reply(DnsReplyBuilder(query).answer(query.name, kTxt, 300, txt_rdata({text})));
    };
}

}  // namespace testing_support
