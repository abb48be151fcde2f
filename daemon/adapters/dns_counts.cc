// SPDX-License-Identifier: MIT
#include "daemon/adapters/dns_counts.h"

#include <arpa/nameser.h>

#include <algorithm>

namespace app {
namespace {

struct Type {
    std::uint16_t type;
    std::string_view word;
};
constexpr std::array<Type, 8> kKnown{{{ns_t_txt, "txt"},
                                      {ns_t_a, "a"},
                                      {ns_t_aaaa, "aaaa"},
                                      {ns_t_mx, "mx"},
                                      {ns_t_tlsa, "tlsa"},
                                      {ns_t_ns, "ns"},
                                      {ns_t_cname, "cname"},
                                      {0, "other"}}};
constexpr std::array<std::string_view, 7> kOutcomeWords{
    "records", "denied", "timeout", "server-failure", "unreachable", "malformed", "overloaded"};

}  // namespace

std::size_t DnsCounts::index_of(std::uint16_t type) {
    const auto* const end = kKnown.end() - 1;
    return static_cast<std::size_t>(
        std::find_if(kKnown.begin(), end, [type](const Type& known) { return known.type == type; }) -
        kKnown.begin());
}

void DnsCounts::for_each(
    const std::function<void(std::string_view, std::string_view, std::uint64_t)>& each) const {
    for (std::size_t type = 0; type < kTypes; ++type) {
        for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
            const std::uint64_t n = counts_[type][outcome];
            if (n > 0) each(kKnown[type].word, kOutcomeWords[outcome], n);
        }
    }
}

}  // namespace app
