// SPDX-License-Identifier: MIT
// A DNS reply: the first byte chooses the question's type, the rest is the packet.
#include <arpa/nameser.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "daemon/adapters/dns_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr std::uint16_t kTypes[] = {ns_t_txt, ns_t_a, ns_t_aaaa, ns_t_cname};
    const app::DnsQuestion question{"_mta-sts.example.com", kTypes[data[0] % 4]};
    const auto reply = app::parse_dns_reply({data + 1, size - 1}, question);

    const bool has_records = reply.kind == app::DnsReply::Kind::kRecords;
    if (has_records == reply.rdata.empty()) std::abort();
    if (reply.ttl < base::Seconds(0) || reply.ttl > base::Seconds(0x7fffffff)) std::abort();
    for (const auto& rdata : reply.rdata) {
        const auto txt = app::txt_from_rdata(rdata);
        if (txt && txt->text.size() >= rdata.size()) std::abort();
        if (app::address_from_rdata(rdata, dns::Family::kV4) && rdata.size() != 4) std::abort();
        if (app::address_from_rdata(rdata, dns::Family::kV6) && rdata.size() != 16) std::abort();
    }
    // Where a CNAME leads can always be asked for.
    std::vector<unsigned char> query;
    if (reply.kind == app::DnsReply::Kind::kAlias &&
        !app::build_dns_query(1, {reply.alias, question.type}, app::Edns::kYes, query))
        std::abort();
    return 0;
}
