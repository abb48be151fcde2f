// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ctl/check/judge.h"

namespace ctl {
namespace {

using Verdict = Finding::Verdict;

bool is_root(const dns::Mx& record) {
    return record.host.empty();
}

/// What the MX records are as a whole; `go_on` where there are hosts to look at.
Findings records(const CheckFacts& facts, bool& go_on) {
    go_on = false;
    const std::string& domain = facts.domain.text();
    if (!facts.mx)
        return {{Verdict::kWrong, "mx", "the DNS does not tell the MX records: " + describe(facts.mx.error()),
                 "mend the DNS of the domain, or DNSSEC in it"}};
    const std::vector<dns::Mx>& all = facts.mx->records;
    const bool null = std::any_of(all.begin(), all.end(), is_root);
    if (null && all.size() == 1)
        return {{Verdict::kWarning, "mx", domain + " takes no mail (null MX)",
                 "MTA-STS has nothing to protect here; give the domain MX records if it is to take mail"}};
    go_on = true;
    if (null)
        return {{Verdict::kWrong, "mx", "a null MX stands beside other MX records",
                 "take one or the other away"}};
    if (!all.empty())
        return {{Verdict::kOk, "mx",
                 std::to_string(all.size()) + (all.size() == 1 ? " MX record" : " MX records"), ""}};
    if (!facts.hosts.empty() && facts.hosts.front().addresses.all.empty() &&
        !facts.hosts.front().addresses.error) {
        go_on = false;
        return {{Verdict::kWrong, "mx", domain + " has neither MX records nor an address: it takes no mail",
                 "publish MX records"}};
    }
    return {{Verdict::kWarning, "mx", "there are no MX records: " + domain + " itself is the mail host",
             "publish an MX record that says so"}};
}

Finding host_and_addresses(const MailHostFacts& host) {
    const std::string& name = host.survey.name;
    const AddressFacts& addresses = host.addresses;
    const auto finding = [&](Verdict verdict, std::string text, std::string remedy) {
        return Finding{verdict, "mx-host", std::move(text), std::move(remedy), name};
    };
    if (!host.is_name)
        return finding(Verdict::kWrong, "\"" + name + "\" is no name of a mail host",
                       "name a host by its DNS name in the MX record, not by an address");
    if (addresses.all.empty() && addresses.error)
        return finding(Verdict::kWrong,
                       "the DNS does not tell the address of " + name + ": " + describe(*addresses.error),
                       "mend the DNS of that name");
    if (addresses.all.empty())
        return finding(Verdict::kWrong, name + " has no address",
                       "publish its A or AAAA record, or take the MX record away");
    if (addresses.usable.empty())
        return finding(Verdict::kWrong, name + " has no public address: " + text_of(addresses.all),
                       "publish addresses that can be reached from the Internet");
    if (!addresses.alias.empty())
        return finding(
            Verdict::kWarning,
            name + " is an alias (CNAME) of " + addresses.alias + ", which an MX record must not name",
            "name a host in the MX record that has addresses of its own");
    return finding(Verdict::kOk,
                   name + " (" + std::to_string(host.survey.preference) + ") has " + text_of(addresses.all),
                   "");
}

Finding against_policy(const CheckFacts& facts, const std::string& name) {
    if (facts.covered(name)) return {Verdict::kOk, "mx-policy", "the policy allows " + name, "", name};
    const bool enforced = facts.found.policy.mode == sts::Mode::kEnforce;
    return {Verdict::kWrong, "mx-policy",
            "the policy does not allow " + name +
                (enforced ? ": senders do not deliver there"
                          : ": with mode enforce senders would not deliver there"),
            "add \"mx: " + name + "\" to the policy and change the id of the record", name};
}

}  // namespace

Findings judge_mail_hosts(const CheckFacts& facts) {
    bool go_on = false;
    Findings out = records(facts, go_on);
    if (!go_on) return out;
    const bool has_patterns = facts.has_policy() && facts.found.policy.mode != sts::Mode::kNone;
    for (const MailHostFacts& host : facts.hosts) {
        out.push_back(host_and_addresses(host));
        if (has_patterns && host.is_name) out.push_back(against_policy(facts, host.survey.name));
    }
    return out;
}

}  // namespace ctl
