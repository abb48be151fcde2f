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

    dns::Lookup<dns::Txt> txt(app::AresResolver& resolver, const std::string& name = "example.test",
                              base::Milliseconds time = kLong) {
        std::optional<dns::Lookup<dns::Txt>> result;
        const auto pending = resolver.txt(*dns::Name::parse(name), in(time),
                                          [&](auto got) { result.emplace(std::move(got)); });
        if (result) return base::Unexpected(dns::LookupError{dns::LookupError::Kind::kMalformed, -1});
        if (!testing_support::drive(loop, [&] { return result.has_value(); }))
            return base::Unexpected(dns::LookupError{dns::LookupError::Kind::kMalformed, -2});
        return std::move(*result);
    }

    dns::Lookup<dns::Address> addresses(app::AresResolver& resolver, const std::string& name,
                                        dns::Family family) {
        std::optional<dns::Lookup<dns::Address>> result;
        const auto pending = resolver.addresses(*dns::Name::parse(name), family, in(kLong),
                                                [&](auto got) { result.emplace(std::move(got)); });
        if (!testing_support::drive(loop, [&] { return result.has_value(); }))
            return base::Unexpected(dns::LookupError{dns::LookupError::Kind::kMalformed, -2});
        return std::move(*result);
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
