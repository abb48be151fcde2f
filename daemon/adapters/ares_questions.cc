// SPDX-License-Identifier: MIT
// AresResolver's questions by type: what is asked, and records made of the rdata that comes back.
#include <arpa/nameser.h>

#include <utility>

#include "daemon/adapters/ares_resolver.h"
#include "daemon/adapters/dns_rdata.h"

namespace app {

namespace {

using dns::LookupError;

LookupError malformed() {
    return LookupError{LookupError::Kind::kMalformed};
}

}  // namespace

// One unreadable record spoils the answer: who reads half a set of records decides wrongly.
template <class Record, class Read>
base::Pending AresResolver::ask_for(const dns::Name& name, std::uint16_t type, base::Deadline deadline,
                                    Done<Record> done, Read read) {
    return ask(DnsQuestion{name.text(), type}, deadline,
               [this, type, done = std::move(done), read](auto raw) {
                   if (!raw) {
                       counts_.count(type, raw.error().kind);
                       return done(base::Unexpected(raw.error()));
                   }
                   dns::Answer<Record> answer{{}, raw->authentic, raw->ttl, std::move(raw->canonical)};
                   answer.records.reserve(raw->rdata.size());
                   for (const std::string& rdata : raw->rdata) {
                       auto record = read(rdata);
                       if (!record) {
                           counts_.count(type, LookupError::Kind::kMalformed);
                           return done(base::Unexpected(malformed()));
                       }
                       answer.records.push_back(std::move(*record));
                   }
                   counts_.count(type, answer.records.empty() ? DnsCounts::kDenied : DnsCounts::kRecords);
                   done(std::move(answer));
               });
}

base::Pending AresResolver::txt(const dns::Name& name, base::Deadline deadline, Done<dns::Txt> done) {
    return ask_for<dns::Txt>(name, ns_t_txt, deadline, std::move(done), txt_from_rdata);
}

base::Pending AresResolver::addresses(const dns::Name& host, dns::Family family, base::Deadline deadline,
                                      Done<dns::Address> done) {
    return ask_for<dns::Address>(
        host, family == dns::Family::kV4 ? ns_t_a : ns_t_aaaa, deadline, std::move(done),
        [family](const std::string& rdata) { return address_from_rdata(rdata, family); });
}

base::Pending AresResolver::mx(const dns::Name& name, base::Deadline deadline, Done<dns::Mx> done) {
    return ask_for<dns::Mx>(name, ns_t_mx, deadline, std::move(done), mx_from_rdata);
}

base::Pending AresResolver::tlsa(const dns::Name& name, base::Deadline deadline, Done<dns::Tlsa> done) {
    return ask_for<dns::Tlsa>(name, ns_t_tlsa, deadline, std::move(done), tlsa_from_rdata);
}

base::Pending AresResolver::ns(const dns::Name& name, base::Deadline deadline, Done<dns::Ns> done) {
    return ask_for<dns::Ns>(name, ns_t_ns, deadline, std::move(done),
                            [](const std::string& rdata) -> std::optional<dns::Ns> {
                                auto target = name_from_rdata(rdata);
                                if (!target) return std::nullopt;
                                return dns::Ns{std::move(*target)};
                            });
}

base::Pending AresResolver::cname(const dns::Name& name, base::Deadline deadline, Done<dns::Cname> done) {
    // A name has one CNAME.
    auto one = [done = std::move(done)](dns::Lookup<dns::Cname> result) {
        if (result && result->records.size() > 1) return done(base::Unexpected(malformed()));
        done(std::move(result));
    };
    return ask_for<dns::Cname>(name, ns_t_cname, deadline, Done<dns::Cname>(std::move(one)),
                               [](const std::string& rdata) -> std::optional<dns::Cname> {
                                   auto target = name_from_rdata(rdata);
                                   if (!target) return std::nullopt;
                                   return dns::Cname{std::move(*target)};
                               });
}

}  // namespace app
