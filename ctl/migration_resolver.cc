// SPDX-License-Identifier: MIT
// postfix-mta-sts-resolver: mta-sts-daemon.yml.
#include "ctl/migration.h"
#include "lib/dns/address.h"

namespace ctl {
namespace {

/// "5", "5.0": seconds as our durations are written.
std::string seconds(const std::string& text) {
    return text.substr(0, text.find('.')) + "s";
}

std::string in_brackets(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

void Migration::from_resolver(const Node& root) {
    resolver_listener(root);
    for (std::size_t i = 0; i < root.keys.size(); ++i) {
        const std::string& key = root.keys[i].text;
        const Node& value = root.items[i];
        if (key == "host" || key == "port" || key == "path" || key == "mode") continue;
        if (key == "default_zone") {
            resolver_zone("postfix", value);
        } else if (key == "zones") {
            for (std::size_t z = 0; z < value.keys.size(); ++z)
                resolver_zone(value.keys[z].text, value.items[z]);
        } else if (key == "cache") {
            resolver_cache(value);
        } else if (key == "proactive_policy_fetching") {
            resolver_fetching(value);
        } else if (key == "cache_grace") {
            note(key,
                 "a record is looked at again when its TTL is over, within cache.recheck_min and "
                 "cache.recheck_max");
        } else if (key == "shutdown_timeout") {
            note(key, "requests that wait are answered for up to 10 s at the end");
        } else if (key == "reuse_port") {
            note(key,
                 "mta-stsd takes new settings over without a restart (mta-stsctl reload), and a socket "
                 "passed by systemd stays open during a restart");
        } else {
            unknown(key);
        }
    }
    note("zones",
         "any other map name in main.cf got the default zone before; now a name that is not below maps is "
         "refused, and mail waits");
    note("",
         "DANE is not looked at, as before. With smtp_dns_support_level = dnssec in main.cf use the map name "
         "postfix-dane, so that a policy does not override DANE");
}

void Migration::resolver_listener(const Node& root) {
    const Node* path = find_key(root, "path");
    const Node* mode = find_key(root, "mode");
    const Node* host = find_key(root, "host");
    const Node* port = find_key(root, "port");
    if (path != nullptr && !path->text.empty()) {
        set("path", "server", "listen", "unix:" + path->text, true);
        if (mode != nullptr) set("mode", "server", "socket_mode", octal_mode(mode->text));
        return;
    }
    if (mode != nullptr) note("mode", "is for a unix socket, and there is none");
    const std::string address = host == nullptr ? "127.0.0.1" : host->text;
    set("host", "server", "listen",
        "inet:" + in_brackets(address) + ":" + (port == nullptr ? "8461" : port->text), true);
}

void Migration::resolver_zone(const std::string& name, const Node& zone) {
    const std::string group = "maps." + name;
    const std::string theirs = name == "postfix" ? "default_zone" : "zones." + name;
    bool any = false;
    for (std::size_t i = 0; i < zone.keys.size(); ++i) {
        const std::string& key = zone.keys[i].text;
        const std::string value = is_yes(zone.items[i].text) ? "yes" : "no";
        if (key == "strict_testing" || key == "tlsrpt" || key == "require_sni") {
            set(theirs + "." + key, group, key == "require_sni" ? "sni" : key, value);
            any = true;
        } else if (key == "timeout") {
            note(theirs + ".timeout",
                 "times are for all maps: dns.timeout, https.timeout, "
                 "server.answer_within. A policy host has 60 s by default");
        } else {
            unknown(theirs + "." + key);
        }
    }
    // So that the name is known.
    if (!any && name != "postfix") set(theirs, group, "tlsrpt", "no");
}

void Migration::resolver_cache(const Node& cache) {
    const Node* type = find_key(cache, "type");
    const std::string kind = type == nullptr ? "internal" : type->text;
    const std::string own =
        "policies are kept in a database of our own (cache.file) and never pushed out by others";
    if (kind == "internal") {
        note("cache", own);
    } else if (kind == "sqlite") {
        note("cache", own +
                          "; to begin with the domains known so far: sqlite3 FILE 'select domain from "
                          "sts_policy_cache' | mta-stsctl cache import -");
    } else {
        lost("cache.type", own + "; a cache that several hosts share does not exist yet");
    }
}

void Migration::resolver_fetching(const Node& fetching) {
    const std::string group = "proactive_policy_fetching.";
    for (std::size_t i = 0; i < fetching.keys.size(); ++i) {
        const std::string& key = fetching.keys[i].text;
        const std::string& value = fetching.items[i].text;
        if (key == "interval") {
            set(group + key, "refresh", "interval", seconds(value));
        } else if (key == "concurrency_limit") {
            set(group + key, "refresh", "concurrency", value);
        } else if (key == "grace_ratio") {
            note(group + key, "refreshes come at most 10 % early");
        } else if (key != "enabled") {
            unknown(group + key);
        } else if (!is_yes(value)) {
            note(group + key, "policies in use are always refreshed before they expire");
        }
    }
}

}  // namespace ctl
