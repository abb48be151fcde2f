// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <optional>
#include <utility>

#include "lib/dns/resolver.h"
#include "lib/https/fetcher.h"

namespace ctl {

/// Passes all questions on, and keeps the answers of those that a check has something to say about: lib's
/// operations tell their conclusions only. Must outlive its Pendings.
class WitnessResolver final : public dns::Resolver {
  public:
    explicit WitnessResolver(dns::Resolver& resolver) : resolver_(resolver) {}

    [[nodiscard]] base::Pending txt(const dns::Name& name, base::Deadline deadline,
                                    Done<dns::Txt> done) override;
    [[nodiscard]] base::Pending addresses(const dns::Name& host, dns::Family family, base::Deadline deadline,
                                          Done<dns::Address> done) override;
    [[nodiscard]] base::Pending mx(const dns::Name& name, base::Deadline deadline,
                                   Done<dns::Mx> done) override;
    [[nodiscard]] base::Pending tlsa(const dns::Name& name, base::Deadline deadline,
                                     Done<dns::Tlsa> done) override;
    [[nodiscard]] base::Pending ns(const dns::Name& name, base::Deadline deadline,
                                   Done<dns::Ns> done) override;
    [[nodiscard]] base::Pending cname(const dns::Name& name, base::Deadline deadline,
                                      Done<dns::Cname> done) override;

    /// Null where there was no answer to such a question.
    const dns::Lookup<dns::Txt>* txt_of(const dns::Name& name) const;
    const dns::Lookup<dns::Address>* addresses_of(const dns::Name& host, dns::Family family) const;
    const dns::Lookup<dns::Mx>* mx_of(const dns::Name& name) const;
    const dns::Lookup<dns::Tlsa>* tlsa_of(const dns::Name& name) const;

  private:
    dns::Resolver& resolver_;
    std::map<dns::Name, dns::Lookup<dns::Txt>> txt_;
    std::map<std::pair<dns::Name, dns::Family>, dns::Lookup<dns::Address>> addresses_;
    std::map<dns::Name, dns::Lookup<dns::Mx>> mx_;
    std::map<dns::Name, dns::Lookup<dns::Tlsa>> tlsa_;
};

/// The same for the one fetch of a check.
class WitnessFetcher final : public https::Fetcher {
  public:
    explicit WitnessFetcher(https::Fetcher& fetcher) : fetcher_(fetcher) {}
    [[nodiscard]] base::Pending get(const https::Request& request, base::Deadline deadline,
                                    Done done) override;

    /// Nothing where nothing was fetched.
    const std::optional<base::Result<https::Response, https::FetchError>>& outcome() const {
        return outcome_;
    }

  private:
    https::Fetcher& fetcher_;
    std::optional<base::Result<https::Response, https::FetchError>> outcome_;
};

}  // namespace ctl
