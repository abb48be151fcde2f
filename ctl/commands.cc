// SPDX-License-Identifier: MIT
#include "ctl/command.h"

namespace ctl {

const std::vector<Command>& commands() {
    static const std::vector<Command> table = {
        {"query", "DOMAIN", 1, "the reply Postfix would get, through the real socketmap (--map NAME)", query},
        {"explain", "DOMAIN", 1, "everything known of a domain, and what Postfix is told", explain},
        {"check-policy", "FILE", 1, "parse a policy file (- for standard input)", check_policy},
        {"check-record", "TEXT", 1, "parse the text of a _mta-sts TXT record", check_record},
        {"cache list", "", 0, "all policies in the cache", cache_list},
        {"refresh", "DOMAIN", 1, "fetch the policy of a domain now", refresh},
        {"forget", "DOMAIN", 1, "drop what is known of a domain", forget},
        {"status", "", 0, "health, counters, versions", status},
        {"reload", "", 0, "read settings and overrides again; bad ones change nothing", reload},
    };
    return table;
}

}  // namespace ctl
