// SPDX-License-Identifier: MIT
// A DNS reply: the first byte chooses the question's type, the rest is the packet.
#include <arpa/nameser.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/adapters/dns_message.h"
#include "daemon/adapters/dns_rdata.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// A name that was read can always be asked for; the root is not asked for.
void check_name(const std::string& name) {
    std::vector<unsigned char> query;
    require(name.empty() || app::build_dns_query(1, {name, ns_t_a}, app::Edns::kYes, query));
}

// Any rdata through any reader.
void check_rdata(std::string_view rdata) {
    if (const auto txt = app::txt_from_rdata(rdata)) require(txt->text.size() < rdata.size());
    if (app::address_from_rdata(rdata, dns::Family::kV4)) require(rdata.size() == 4);
    if (app::address_from_rdata(rdata, dns::Family::kV6)) require(rdata.size() == 16);
    if (const auto tlsa = app::tlsa_from_rdata(rdata)) require(tlsa->data.size() + 3 == rdata.size());
    if (const auto mx = app::mx_from_rdata(rdata)) check_name(mx->host);
    if (const auto name = app::name_from_rdata(rdata)) check_name(*name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr std::uint16_t kTypes[] = {ns_t_txt, ns_t_a, ns_t_aaaa, ns_t_cname, ns_t_mx, ns_t_tlsa, ns_t_ns};
    const app::DnsQuestion question{"_mta-sts.example.com", kTypes[data[0] % std::size(kTypes)]};
    const auto reply = app::parse_dns_reply({data + 1, size - 1}, question);

    require((reply.kind == app::DnsReply::Kind::kRecords) != reply.rdata.empty());
    require(reply.ttl >= base::Seconds(0) && reply.ttl <= base::Seconds(0x7fffffff));
    for (const auto& rdata : reply.rdata) {
        check_rdata(rdata);
        // Names in records have been read once already.
        if (question.type == ns_t_mx) require(app::mx_from_rdata(rdata).has_value());
        if (question.type == ns_t_ns || question.type == ns_t_cname)
            require(app::name_from_rdata(rdata).has_value());
    }
    if (reply.kind == app::DnsReply::Kind::kAlias) require(!reply.canonical.empty());
    if (reply.cnames == 0) require(reply.canonical.empty());
    check_name(reply.canonical);
    check_rdata({reinterpret_cast<const char*>(data) + 1, size - 1});
    return 0;
}
