// SPDX-License-Identifier: MIT
#include "daemon/adapters/fetch_connect.h"

#include <doctest/doctest.h>

namespace {

std::vector<std::string> ordered(const std::vector<std::string>& addresses) {
    std::vector<dns::Address> in;
    for (const std::string& address : addresses)
        in.push_back(dns::Address::parse(address).value());
    std::vector<std::string> out;
    for (const dns::Address& address : app::connect_order(in))
        out.push_back(address.text());
    return out;
}

}  // namespace

TEST_CASE("families by turns, IPv6 first, each address once") {
    using List = std::vector<std::string>;
    struct Row {
        List given;
        List tried;
    };
    const Row rows[] = {
        {{}, {}},
        {{"192.0.2.1"}, {"192.0.2.1"}},
        {{"192.0.2.1", "2001:db8::1"}, {"2001:db8::1", "192.0.2.1"}},
        {{"192.0.2.2", "192.0.2.1"}, {"192.0.2.2", "192.0.2.1"}},
        {{"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1"},
         {"2001:db8::1", "192.0.2.1", "192.0.2.2", "192.0.2.3"}},
        {{"2001:db8::1", "2001:db8::2", "192.0.2.1"}, {"2001:db8::1", "192.0.2.1", "2001:db8::2"}},
        {{"192.0.2.1", "192.0.2.1", "192.0.2.1"}, {"192.0.2.1"}},
    };
    for (const Row& row : rows) {
        CHECK(ordered(row.given) == row.tried);
    }
}

TEST_CASE("a stranger's DNS does not make a port scanner of us") {
    std::vector<std::string> many;
    for (int i = 1; i < 200; ++i)
        many.push_back("192.0.2." + std::to_string(i));
    CHECK(ordered(many).size() == 32);
    many.push_back("2001:db8::1");
    const auto both = ordered(many);
    CHECK(both.size() == 32);
    CHECK(both.at(0) == "2001:db8::1");
}
