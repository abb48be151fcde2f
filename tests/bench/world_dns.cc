// SPDX-License-Identifier: MIT
#include <functional>

#include "tests/bench/world.h"

namespace bench {
namespace {

using namespace testing_support;
constexpr std::uint32_t kTtl = 3600;

bool starts_with(const std::string& text, std::string_view what) {
    return text.compare(0, what.size(), what) == 0;
}

bool ends_with(const std::string& text, std::string_view what) {
    return text.size() >= what.size() && text.compare(text.size() - what.size(), what.size(), what) == 0;
}

void deny(DnsReplyBuilder& reply) {
    reply.authority("test", kSoa, kTtl, soa_rdata(kTtl));
}

std::string address_of(const std::string& host, unsigned addresses) {
    const std::size_t number = std::hash<std::string>{}(host);
    if (!ends_with(host, ".unreachable.test")) return "127.0.1." + std::to_string(1 + number % addresses);
    return "10.255." + std::to_string(1 + number % 250) + "." + std::to_string(1 + number / 250 % 250);
}

}  // namespace

DnsReaction answer_dns(const DnsQuery& query, unsigned addresses, base::Milliseconds delay) {
    if (ends_with(query.name, ".silent.test")) return {{}, false, delay};
    DnsReplyBuilder reply(query);
    reply.authentic();
    const bool service = starts_with(query.name, "_") || starts_with(query.name, "mta-sts.");
    if (query.type == kTxt && starts_with(query.name, "_mta-sts.none")) {
        deny(reply);
    } else if (query.type == kTxt && starts_with(query.name, "_mta-sts.")) {
        reply.answer(query.name, kTxt, kTtl, txt_rdata({"v=STSv1; id=20260101000000;"}));
    } else if (query.type == kA) {
        reply.answer(query.name, kA, kTtl, a_rdata(address_of(query.name, addresses)));
    } else if (query.type == kMx && !service) {
        reply.answer(query.name, kMx, kTtl, mx_rdata(10, "mx." + query.name));
    } else if (query.type == kNs) {
        reply.answer(query.name, kNs, kTtl, dns_name("ns." + query.name));
    } else {
        deny(reply);
    }
    return {{reply.packet()}, false, delay};
}

}  // namespace bench
