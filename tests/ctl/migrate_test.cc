// SPDX-License-Identifier: MIT
// mta-stsctl migrate: the files that the two plugins come with, and what people set in them.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "ctl/migration.h"
#include "daemon/settings.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_file.h"

using ctl::Migration;

namespace {

struct Row {
    const char* what;
    std::string text, plugin;
    std::vector<std::string> settings;  ///< lines that are there
    std::vector<std::string> lost;      ///< keys that have no counterpart
};

std::vector<std::string> lost_keys(const Migration& migration) {
    std::vector<std::string> keys;
    for (const Migration::Note& note : migration.notes())
        if (note.lost) keys.push_back(note.key);
    return keys;
}

}  // namespace

TEST_CASE("each configuration becomes one that mta-stsd accepts") {
    const std::vector<Row> rows = {
        {"the resolver's example",
         "host: 127.0.0.1\nport: 8461\nreuse_port: true\nshutdown_timeout: 20\ncache:\n  type: internal\n"
         "  options:\n    cache_size: 10000\nproactive_policy_fetching:\n  enabled: true\n  interval: 86400\n"
         "  concurrency_limit: 100\n  grace_ratio: 2\ndefault_zone:\n  strict_testing: false\n  timeout: 4\n"
         "zones:\n  myzone:\n    strict_testing: true\n    timeout: 4\n    tlsrpt: True\n",
         "postfix-mta-sts-resolver",
         {"  listen:\n    - \"inet:127.0.0.1:8461\"\n", "refresh:\n  interval: 86400s\n  concurrency: 100\n",
          "maps:\n  postfix:\n    strict_testing: no\n",
          "  myzone:\n    strict_testing: yes\n    tlsrpt: yes\n"},
         {}},
        {"a unix socket, octal mode, redis",
         "path: /var/run/mta-sts/daemon.sock\nmode: 0666\ncache:\n  type: redis\n  options:\n"
         "    url: redis://:geheim@127.0.0.1/0\n",
         "postfix-mta-sts-resolver",
         {"    - \"unix:/var/run/mta-sts/daemon.sock\"\n", "  socket_mode: 0666\n"},
         {"cache.type"}},
        {"a decimal mode, any address, SNI off, a zone without settings",
         "host: \"::\"\nport: 8462\ndefault_zone: {require_sni: false}\nzones: {old: {}}\n",
         "postfix-mta-sts-resolver",
         {"    - \"inet:[::]:8462\"\n", "  postfix:\n    sni: no\n", "  old:\n    tlsrpt: no\n"},
         {}},
        {"what is wrong there",
         "host: mail.example.com\nport: 8461\nfrobnicate: 1\nzones: {\"a b\": {tlsrpt: on}}\n",
         "postfix-mta-sts-resolver",
         {"# not known"},
         {"host", "frobnicate", "zones.a b.tlsrpt"}},
        {"tlspol's default",
         "server:\n  address: 127.0.0.1:8642\n  #metrics-address:\n  socket-permissions: 0666\n  log-level: "
         "info\n"
         "  log-format: text\n  prefetch: true\n  cache-file: /var/lib/postfix-tlspol/cache.db\ndns:\n"
         "  #address: 127.0.0.53:53\n",
         "postfix-tlspol",
         {"server:\n  listen:\n    - \"inet:127.0.0.1:8642\"\n", "log:\n  level: info\n  format: text\n"},
         {}},
        {"tlspol on a unix socket, with all that can be set",
         "server:\n  address: unix:/run/postfix-tlspol/tlspol.sock\n  metrics-address: 127.0.0.1:9642\n"
         "  socket-permissions: 0o660\n  log-level: WARN\n  log-format: json\n  prefetch: false\n  tlsrpt: "
         "true\n"
         "dns:\n  address: 127.0.0.11:53\n",
         "postfix-tlspol",
         {"    - \"unix:/run/postfix-tlspol/tlspol.sock\"\n  socket_mode: 0660\n", "  level: warning\n",
          "http:\n  listen: \"127.0.0.1:9642\"\n", "maps:\n  QUERY:\n    tlsrpt: yes\n",
          "dns:\n  servers:\n    - \"127.0.0.11:53\"\n"},
         {"server.prefetch"}},
        {"tlspol under systemd's socket, a resolver elsewhere",
         "server:\n  address: \"\"\ndns:\n  address: 10.0.0.1:53\n",
         "postfix-tlspol",
         {"dns.address: DANE needs a resolver whose word is believed", "    - \"10.0.0.1:53\"\n"},
         {}},
        {"only tlspol's dns",
         "dns:\n  address: ns.example.com:53\n",
         "postfix-tlspol",
         {"    - \"inet:127.0.0.1:8642\"\n"},
         {"dns.address"}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const auto migration = Migration::of(row.text);
        REQUIRE(migration.has_value());
        const std::string text = migration->settings_text("their.yml");
        CAPTURE(text);
        CHECK(migration->plugin() == row.plugin);
        CHECK(lost_keys(*migration) == row.lost);
        const auto read = app::parse_settings(text, "migrated");
        CHECK_MESSAGE(read.has_value(), read.error().text());
        for (const std::string& line : row.settings) {
            if (line != "# not known") CHECK_MESSAGE(text.find(line) != std::string::npos, line);
        }
        CHECK(text.find("geheim") == std::string::npos);
    }
}

TEST_CASE("what is no such configuration is refused") {
    for (const char* text : {"", "- a\n", "a: b\n", "server: {}\nmaps: {}\n", "host: [\n", "host: *x\n"}) {
        CAPTURE(std::string(text));
        CHECK(!Migration::of(text).has_value());
    }
}

TEST_CASE("the program prints settings on standard output and the rest on standard error") {
    const testing_support::TemporaryFile file(
        "port: 9000\ncache: {type: postgres, options: {dsn: secret}}\n");
    const auto ended = testing_support::run_program({MTA_STSCTL, "migrate", file.path()});
    CHECK(ended.status == 1);
    CHECK(ended.err.find("not taken over: cache.type: ") != std::string::npos);
    const testing_support::TemporaryFile settings(ended.out);
    const auto checked = testing_support::run_program({MTA_STSD, "--check-config", "-c", settings.path()});
    CHECK_MESSAGE(checked.status == 0, checked.err);
    const auto json = nlohmann::json::parse(
        testing_support::run_program({MTA_STSCTL, "--json", "migrate", file.path()}).out);
    CHECK(json["settings"] == ended.out);
    CHECK(json["plugin"] == "postfix-mta-sts-resolver");
    CHECK(json["notes"][0]["lost"] == true);
    CHECK(testing_support::run_program({MTA_STSCTL, "migrate", "/nonexistent"}).status == 2);
}
