// SPDX-License-Identifier: MIT
#include "tests/support/fake_resolver.h"

#include <algorithm>
#include <stdexcept>

namespace testing_support {

namespace {

// Both families of a host at once.
std::vector<dns::Address> of_family(const std::vector<std::string>& texts, dns::Family family) {
    std::vector<dns::Address> out;
    for (const std::string& text : texts) {
        const auto address = dns::Address::parse(text);
        if (!address) throw std::logic_error("no address: " + text);
        if (address->family() == family) out.push_back(*address);
    }
    return out;
}

}  // namespace

template <class Visit>
void FakeResolver::visit(std::string_view type, Visit visit) {
    if (type == "TXT") return visit(txt_);
    if (type == "A") return visit(v4_);
    if (type == "AAAA") return visit(v6_);
    if (type == "MX") return visit(mx_);
    if (type == "TLSA") return visit(tlsa_);
    if (type == "NS") return visit(ns_);
    if (type == "CNAME") return visit(cname_);
    throw std::logic_error("no such type: " + std::string(type));
}

FakeResolver::Manner& FakeResolver::at(std::string_view type, const std::string& name) {
    Manner* manner = nullptr;
    visit(type, [&](auto& zone) { manner = &zone[name]; });
    return *manner;
}

template <class Record>
void FakeResolver::publish(Zone<Record>& zone, const std::string& name, std::vector<Record> records,
                           base::Seconds ttl) {
    Reply<Record> reply;
    reply.records = std::move(records);
    reply.ttl = ttl;
    zone[name] = std::move(reply);
}

void FakeResolver::set_txt(const std::string& name, const std::vector<std::string>& texts,
                           base::Seconds ttl) {
    std::vector<dns::Txt> records;
    for (const std::string& text : texts)
        records.push_back(dns::Txt{text});
    publish(txt_, name, std::move(records), ttl);
}

void FakeResolver::set_addresses(const std::string& host, const std::vector<std::string>& addresses,
                                 base::Seconds ttl) {
    publish(v4_, host, of_family(addresses, dns::Family::kV4), ttl);
    publish(v6_, host, of_family(addresses, dns::Family::kV6), ttl);
}

void FakeResolver::set_mx(const std::string& name, const std::vector<dns::Mx>& records, base::Seconds ttl) {
    publish(mx_, name, records, ttl);
}

void FakeResolver::set_tlsa(const std::string& name, const std::vector<dns::Tlsa>& records,
                            base::Seconds ttl) {
    publish(tlsa_, name, records, ttl);
}

void FakeResolver::set_ns(const std::string& name, const std::vector<std::string>& targets,
                          base::Seconds ttl) {
    std::vector<dns::Ns> records;
    for (const std::string& target : targets)
        records.push_back(dns::Ns{target});
    publish(ns_, name, std::move(records), ttl);
}

void FakeResolver::set_cname(const std::string& name, const std::string& target, base::Seconds ttl) {
    publish(cname_, name, {dns::Cname{target}}, ttl);
}

void FakeResolver::deny(std::string_view type, const std::string& name, base::Seconds negative_ttl) {
    visit(type, [&](auto& zone) { publish(zone, name, {}, negative_ttl); });
}

std::size_t FakeResolver::count(std::string_view type, std::string_view name) const {
    return static_cast<std::size_t>(
        std::count_if(questions_.begin(), questions_.end(),
                      [&](const Question& q) { return q.type == type && q.name == name; }));
}

template <class Record>
base::Pending FakeResolver::ask(const char* type, const Zone<Record>& zone, const dns::Name& name,
                                base::Deadline deadline, Done<Record> done) {
    questions_.push_back(Question{type, name.text(), loop_.mono()});
    Reply<Record> reply;
    if (const auto found = zone.find(name.text()); found != zone.end()) reply = found->second;
    if (error_) reply.error = error_;

    base::Milliseconds wait = reply.delay.value_or(delay_);
    const base::Milliseconds left = deadline.at - loop_.mono();
    if (reply.silent || silent_ || wait > left) {
        wait = left;
        reply.error = dns::LookupError{dns::LookupError::Kind::kTimeout, 0};
    }
    dns::Answer<Record> answer{std::move(reply.records), reply.authentic.value_or(authentic_),
                               reply.ttl.value_or(negative_ttl_), std::move(reply.canonical)};
    return loop_.after(wait, [done = std::move(done), error = reply.error, answer = std::move(answer)] {
        if (error) return done(base::Unexpected(*error));
        done(answer);
    });
}

base::Pending FakeResolver::txt(const dns::Name& name, base::Deadline deadline, Done<dns::Txt> done) {
    return ask("TXT", txt_, name, deadline, std::move(done));
}

base::Pending FakeResolver::addresses(const dns::Name& host, dns::Family family, base::Deadline deadline,
                                      Done<dns::Address> done) {
    return ask(type_of(family), family == dns::Family::kV4 ? v4_ : v6_, host, deadline, std::move(done));
}

base::Pending FakeResolver::mx(const dns::Name& name, base::Deadline deadline, Done<dns::Mx> done) {
    return ask("MX", mx_, name, deadline, std::move(done));
}

base::Pending FakeResolver::tlsa(const dns::Name& name, base::Deadline deadline, Done<dns::Tlsa> done) {
    return ask("TLSA", tlsa_, name, deadline, std::move(done));
}

base::Pending FakeResolver::ns(const dns::Name& name, base::Deadline deadline, Done<dns::Ns> done) {
    return ask("NS", ns_, name, deadline, std::move(done));
}

base::Pending FakeResolver::cname(const dns::Name& name, base::Deadline deadline, Done<dns::Cname> done) {
    return ask("CNAME", cname_, name, deadline, std::move(done));
}

}  // namespace testing_support
