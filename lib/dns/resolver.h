// SPDX-License-Identifier: MIT
#pragma once
#include <functional>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/result.h"
#include "lib/dns/name.h"
#include "lib/dns/records.h"

namespace dns {

template <class Record>
using Lookup = base::Result<Answer<Record>, LookupError>;

/// Asks the DNS. Names are absolute: no search list, no hosts file. CNAMEs are followed, by the server or by
/// us. Each answer carries its authenticity and TTL, each denial its negative TTL. Nothing is cached here.
///
/// Starting returns a Pending; the callback comes later, once, on the loop's thread, no later than `deadline`
/// (then with kTimeout), and never after the Pending is gone. The resolver must outlive its Pendings.
class Resolver {
  public:
    virtual ~Resolver() = default;
    template <class Record>
    using Done = std::function<void(Lookup<Record>)>;

    [[nodiscard]] virtual base::Pending txt(const Name& name, base::Deadline deadline, Done<Txt> done) = 0;
    /// The addresses of one family: A or AAAA.
    [[nodiscard]] virtual base::Pending addresses(const Name& host, Family family, base::Deadline deadline,
                                                  Done<Address> done) = 0;
    [[nodiscard]] virtual base::Pending mx(const Name& name, base::Deadline deadline, Done<Mx> done) = 0;
    [[nodiscard]] virtual base::Pending tlsa(const Name& name, base::Deadline deadline, Done<Tlsa> done) = 0;
    [[nodiscard]] virtual base::Pending ns(const Name& name, base::Deadline deadline, Done<Ns> done) = 0;
    /// The CNAME at this very name, which is not followed: one record, or a denial, with that record's own
    /// authenticity and TTL.
    [[nodiscard]] virtual base::Pending cname(const Name& name, base::Deadline deadline,
                                              Done<Cname> done) = 0;
};

}  // namespace dns
