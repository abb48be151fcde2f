// SPDX-License-Identifier: MIT
#include "ctl/command.h"

namespace ctl {

const std::vector<Command>& commands() {
    static const std::vector<Command> table = {
        {"query",
         "DOMAIN",
         1,
         "the reply Postfix would get, through the real socketmap",
         query,
         {{"map", "NAME", "query: the map name (default postfix)"}}},
        {"explain", "DOMAIN", 1, "everything known of a domain, and what Postfix is told", explain},
        {"check",
         "DOMAIN",
         1,
         "what a domain publishes and its mail hosts show, point by point, without the daemon",
         check,
         {{"resolver", "ADDRESS[:PORT]", "check: the DNS server to ask; may be repeated"},
          {"ca-file", "FILE", "check: the CA certificates to trust"},
          {"timeout", "SECONDS", "check: for each lookup and each host (default 10)"},
          {"port", "PORT", "check: of the mail hosts (default 25)"},
          {"strict", "", "check: warnings make the exit status 1 too"}}},
        {"check-policy", "FILE", 1, "parse a policy file (- for standard input)", check_policy},
        {"check-record", "TEXT", 1, "parse the text of a _mta-sts TXT record", check_record},
        {"cache list", "", 0, "all policies in the cache", cache_list},
        {"cache stats", "", 0, "how many policies of which kind there are, and how old", cache_stats},
        {"cache export", "", 0, "all policies as JSON lines, to import elsewhere", cache_export},
        {"cache import", "FILE", 1,
         "take over an export, or look up a list of domains (- for standard input)", cache_import},
        {"refresh", "DOMAIN", 1, "fetch the policy of a domain now", refresh},
        {"forget", "DOMAIN", 1, "drop what is known of a domain", forget},
        {"status", "", 0, "health, counters, versions", status},
        {"reload", "", 0, "read settings and overrides again; bad ones change nothing", reload},
        {"override add",
         "DOMAIN ACTION",
         2,
         "decide about a domain: ignore, enforce, pin or defer",
         override_add,
         {{"mx", "HOST", "override add: a host name to pin, or *.example.com; may be repeated"},
          {"until", "TIME", "override add: 2026-03-01 (end of that day, UTC) or 2026-03-01T12:00:00Z"},
          {"comment", "TEXT", "override add: why, for people"},
          {"replace", "", "override add: in place of the domain's present entry"}}},
        {"override remove", "DOMAIN", 1, "let a domain decide for itself again", override_remove},
        {"override list", "", 0, "all overrides, their expiry and how often each was used", override_list},
        {"doctor",
         "",
         0,
         "whether this host's Postfix and mta-stsd fit together",
         doctor,
         {{"postconf", "PROGRAM", "doctor: in place of the postconf in $PATH"},
          {"postfix-dir", "FOLDER", "doctor: of main.cf, as for postconf -c"}}},
        {"migrate", "FILE", 1, "another plugin's configuration as one of mta-stsd", migrate},
    };
    return table;
}

}  // namespace ctl
