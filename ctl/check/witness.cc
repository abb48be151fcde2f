// SPDX-License-Identifier: MIT
#include "ctl/check/witness.h"

namespace ctl {
namespace {

/// `done`, after the answer was put at `key`.
template <class Map, class Record>
dns::Resolver::Done<Record> keeping(Map& map, typename Map::key_type key, dns::Resolver::Done<Record> done) {
    return [&map, key = std::move(key), done = std::move(done)](dns::Lookup<Record> answer) {
        map.insert_or_assign(key, answer);
        // What is called may destroy this function with all that it holds.
        const auto call = done;
        call(std::move(answer));
    };
}

template <class Map>
const typename Map::mapped_type* find(const Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

}  // namespace

base::Pending WitnessResolver::txt(const dns::Name& name, base::Deadline deadline, Done<dns::Txt> done) {
    return resolver_.txt(name, deadline, keeping(txt_, name, std::move(done)));
}

base::Pending WitnessResolver::addresses(const dns::Name& host, dns::Family family, base::Deadline deadline,
                                         Done<dns::Address> done) {
    return resolver_.addresses(host, family, deadline,
                               keeping(addresses_, std::pair(host, family), std::move(done)));
}

base::Pending WitnessResolver::mx(const dns::Name& name, base::Deadline deadline, Done<dns::Mx> done) {
    return resolver_.mx(name, deadline, keeping(mx_, name, std::move(done)));
}

base::Pending WitnessResolver::tlsa(const dns::Name& name, base::Deadline deadline, Done<dns::Tlsa> done) {
    return resolver_.tlsa(name, deadline, keeping(tlsa_, name, std::move(done)));
}

base::Pending WitnessResolver::ns(const dns::Name& name, base::Deadline deadline, Done<dns::Ns> done) {
    return resolver_.ns(name, deadline, std::move(done));
}

base::Pending WitnessResolver::cname(const dns::Name& name, base::Deadline deadline, Done<dns::Cname> done) {
    return resolver_.cname(name, deadline, std::move(done));
}

const dns::Lookup<dns::Txt>* WitnessResolver::txt_of(const dns::Name& name) const {
    return find(txt_, name);
}

const dns::Lookup<dns::Address>* WitnessResolver::addresses_of(const dns::Name& host,
                                                               dns::Family family) const {
    return find(addresses_, std::pair(host, family));
}

const dns::Lookup<dns::Mx>* WitnessResolver::mx_of(const dns::Name& name) const {
    return find(mx_, name);
}

const dns::Lookup<dns::Tlsa>* WitnessResolver::tlsa_of(const dns::Name& name) const {
    return find(tlsa_, name);
}

base::Pending WitnessFetcher::get(const https::Request& request, base::Deadline deadline, Done done) {
    return fetcher_.get(request, deadline, [this, done = std::move(done)](auto outcome) {
        outcome_.emplace(outcome);
        const auto call = done;
        call(std::move(outcome));
    });
}

}  // namespace ctl
