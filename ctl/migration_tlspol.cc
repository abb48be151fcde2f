// SPDX-License-Identifier: MIT
// postfix-tlspol: config.yaml.
#include "ctl/migration.h"
#include "lib/base/ascii.h"

namespace ctl {
namespace {

constexpr char kDefaultAddress[] = "127.0.0.1:8642";

bool is_unix(const std::string& address) {
    return address.compare(0, 5, "unix:") == 0;
}

bool is_loopback(const std::string& address) {
    return address.compare(0, 4, "127.") == 0 || address.compare(0, 5, "[::1]") == 0 || address == "::1";
}

}  // namespace

void Migration::from_tlspol(const Node& root) {
    const Node none;
    const Node* server = find_key(root, "server");
    tlspol_server(server == nullptr ? none : *server);
    for (std::size_t i = 0; i < root.keys.size(); ++i) {
        const std::string& key = root.keys[i].text;
        const Node& value = root.items[i];
        if (key == "server") continue;
        if (key != "dns") {
            unknown(key);
            continue;
        }
        for (std::size_t d = 0; d < value.keys.size(); ++d) {
            const std::string& address = value.items[d].text;
            if (value.keys[d].text != "address") {
                unknown("dns." + value.keys[d].text);
            } else if (!address.empty()) {
                set("dns.address", "dns", "servers", address, true);
                if (!is_loopback(address))
                    note("dns.address", "DANE needs a resolver whose word is believed: where the path to " +
                                            address + " is safe from strangers, set dns.trust_ad to yes");
            }
        }
    }
    note("",
         "the map names QUERY and QUERYwithTLSRPT work as they are, and DANE is looked at with both. With "
         "smtp_tls_security_level = dane in main.cf consider \"dane: yield\" for them");
    note("",
         "the cache begins empty. To fill it with the domains known so far: postfix-tlspol -export | awk "
         "'{ print $1 }' | mta-stsctl cache import -");
}

void Migration::tlspol_server(const Node& server) {
    const Node* address = find_key(server, "address");
    const std::string text = address == nullptr ? kDefaultAddress : address->text;
    if (text.empty()) {
        note("server.address",
             "the sockets come from systemd: enable mta-stsd.socket and give it the same "
             "address");
    } else {
        set("server.address", "server", "listen", (is_unix(text) ? "" : "inet:") + text, true);
        const Node* mode = find_key(server, "socket-permissions");
        if (is_unix(text))
            set("server.socket-permissions", "server", "socket_mode",
                octal_mode(mode == nullptr ? "0666" : mode->text));
    }
    for (std::size_t i = 0; i < server.keys.size(); ++i)
        tlspol_server_key(server.keys[i].text, server.items[i].text);
}

void Migration::tlspol_server_key(const std::string& key, const std::string& value) {
    const std::string theirs = "server." + key;
    if (key == "address" || key == "socket-permissions") return;
    if (key == "log-level") {
        const std::string level = base::to_lower(value);
        set(theirs, "log", "level", level == "warn" ? "warning" : level);
    } else if (key == "log-format") {
        set(theirs, "log", "format", base::to_lower(value));
    } else if (key == "metrics-address") {
        if (!value.empty()) set(theirs, "http", "listen", value);
    } else if (key == "tlsrpt") {
        if (is_yes(value)) set(theirs, "maps.QUERY", "tlsrpt", "yes");
    } else if (key == "prefetch") {
        if (!is_yes(value)) lost(theirs, "policies in use are always refreshed before they expire");
    } else if (key == "cache-file") {
        note(theirs, "policies are kept in a database of our own (cache.file)");
    } else {
        unknown(theirs);
    }
}

}  // namespace ctl
