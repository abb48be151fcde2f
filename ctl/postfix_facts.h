// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <compare>
#include <map>
#include <string>
#include <vector>

namespace ctl {

/// What this host's Postfix is set to, as postconf(1) says.
struct PostfixFacts {
    struct Version {
        int major = 0, minor = 0, patch = 0;
        // clang-tidy 14 minds the 0 that the compiler writes for a < b.
        // NOLINTNEXTLINE(modernize-use-nullptr)
        friend auto operator<=>(const Version&, const Version&) = default;
    };
    /// A service of master.cf that runs smtp(8).
    struct Client {
        std::string name;
        bool chrooted = false;
        /// Of the parameters below: those that master.cf sets otherwise for it ("-o name=value"), expanded.
        std::map<std::string, std::string> own_parameters = {};
    };

    std::string version_text;  ///< "3.10.3"
    Version version;
    std::map<std::string, std::string> parameters;  ///< expanded; those that this Postfix has
    std::vector<Client> clients;
    /// Of a part (see parts_of): the services it is about, "relay, strict"; empty: those as main.cf has it.
    std::string services;

    /// Empty where there is none.
    std::string parameter(const std::string& name) const;
};

/// Asks postconf. `folder`: of main.cf; empty: its default. Throws std::runtime_error.
PostfixFacts read_postfix(const std::string& postconf, const std::string& folder);

/// The same Postfix as its services see it: first those that go by main.cf alone (left out where there are
/// only others), then each group that master.cf gives the same parameters of its own, with these in place.
std::vector<PostfixFacts> parts_of(const PostfixFacts& postfix);

/// "3.10.3", "3.12-20260821", "3.4.0-RC2".
PostfixFacts::Version parse_postfix_version(std::string_view text);

/// One table of smtp_tls_policy_maps that is a socketmap.
struct PolicyMap {
    std::string text;      ///< as it stands in main.cf
    std::string endpoint;  ///< "inet:127.0.0.1:8461", "unix:/path"
    std::string name;
    bool through_proxy = false;
};
std::vector<PolicyMap> socketmaps_of(const std::string& policy_maps);

}  // namespace ctl
