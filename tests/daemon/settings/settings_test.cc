// SPDX-License-Identifier: MIT
#include "daemon/settings.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using app::parse_settings;
using app::Settings;

namespace {

Settings good(const std::string& text) {
    auto result = parse_settings(text, "test.yml");
    CAPTURE(text);
    if (!result) FAIL_CHECK(result.error().text());
    return result ? *std::move(result) : app::default_settings();
}

std::string errors(const std::string& text) {
    const auto result = parse_settings(text, "test.yml");
    return result ? std::string() : result.error().text();
}

}  // namespace

TEST_CASE("settings: nothing set means the defaults of the contract") {
    for (const std::string text : {"", "# only a comment\n", "server:\nmaps:\n  postfix:\n", "---\n", "{}"}) {
        CAPTURE(text);
        const Settings s = good(text);
        REQUIRE(s.server.listen.size() == 1);
        CHECK(s.server.listen[0].text() == "inet:127.0.0.1:8461");
        CHECK(s.server.socket_mode == 0660);
        CHECK(s.server.threads == 1);
        CHECK(s.server.max_connections == 4096);
        CHECK(s.server.answer_within == 25s);
        CHECK(s.server.idle_timeout == 1h);
        CHECK(s.dns.servers.empty());
        CHECK(s.dns.timeout == 2s);
        CHECK(s.dns.attempts == 3);
        CHECK(s.dns.trust_ad == app::TrustAd::kAuto);
        CHECK(s.dns.test_signed == "com");
        CHECK(s.dns.test_bogus == "dnssec-failed.org");
        CHECK(s.https.timeout == 60s);
        CHECK(s.https.connect_timeout == 5s);
        CHECK(s.https.ca_file.empty());
        CHECK(s.https.port == 443);
        CHECK(s.https.allow_networks.empty());
        CHECK(s.https.max_concurrent == 256);
        CHECK(s.https.max_per_address == 16);
        CHECK(s.cache.file == "/var/lib/mta-stsd/policies.db");
        CHECK(s.cache.sync == app::CacheSync::kNormal);
        CHECK(s.cache.max_policies == 1000000);
        CHECK(s.cache.max_bytes == 1ULL << 30);
        CHECK(s.cache.max_negative == 100000);
        CHECK(s.cache.recheck_min == 60s);
        CHECK(s.cache.recheck_max == 1h);
        CHECK(s.cache.negative_min == 60s);
        CHECK(s.cache.negative_max == 1h);
        CHECK(s.refresh.interval == 24h);
        CHECK(s.refresh.idle_after == 30 * 24h);
        CHECK(s.refresh.concurrency == 32);
        CHECK(s.limits.lookups == 1024);
        CHECK(s.control.socket == "/run/mta-stsd/control.sock");
        CHECK(s.control.mode == 0600);
        CHECK(s.log.level == app::LogLevel::kInfo);
        CHECK(s.log.format == app::LogFormat::kText);
        CHECK(s.log.target == app::LogTarget::kAuto);
        CHECK(s.overrides == "/etc/mta-stsd/overrides.yml");
        CHECK(s.process.user.empty());
        CHECK(s.process.sandbox);
        CHECK(s.profiles.size() == 6);
        CHECK_FALSE(s.profiles.at("postfix").tlsrpt);
        CHECK(s.profiles.at("postfix").sni);
        CHECK(s.profiles.at("postfix-tlsrpt").tlsrpt);
        for (const auto& entry : s.profiles) {
            const std::string& map = entry.first;
            CAPTURE(map);
            const bool dane = map != "postfix" && map != "postfix-tlsrpt";
            CHECK(entry.second.dane ==
                  (dane ? policy::Profile::Dane::kEnforce : policy::Profile::Dane::kOff));
        }
        for (const char* map : {"postfix-dane", "QUERY"})
            CHECK_FALSE(s.profiles.at(map).tlsrpt);
        for (const char* map : {"postfix-dane-tlsrpt", "QUERYwithTLSRPT"})
            CHECK(s.profiles.at(map).tlsrpt);
    }
}

TEST_CASE("settings: every kind of value is read") {
    const Settings s = good(R"(
server:
  listen:
    - inet:localhost:8461
    - "inet:[::1]:8461"
    - unix:/run/mta-stsd/socket
  socket_mode: 0600
  socket_group: postfix
  threads: 4
  answer_within: 2500ms
dns:
  servers: ["127.0.0.1", "127.0.0.1:5353", "[::1]:5353", "2001:db8::1"]
  timeout: 250ms
  trust_ad: yes
  test_bogus: ""
  source_address: [192.0.2.1, "2001:db8::2"]
https:
  allow_networks: [127.0.0.0/8, "::1/128", 10.0.0.1]
  proxy: http://me:secret@proxy.example:3128
cache: {sync: full, max_bytes: 16MiB, recheck_max: 2h}
refresh: {idle_after: 60d}
log: {level: debug, format: json, target: stderr}
overrides: ""
process: {sandbox: false, user: "1001"}
)");
    REQUIRE(s.server.listen.size() == 3);
    CHECK(s.server.listen[0].host == "127.0.0.1");
    CHECK(s.server.listen[1].host == "::1");
    CHECK(s.server.listen[1].text() == "inet:[::1]:8461");
    CHECK(s.server.listen[2].path == "/run/mta-stsd/socket");
    CHECK(s.server.socket_mode == 0600);
    CHECK(s.server.socket_group == "postfix");
    CHECK(s.server.threads == 4);
    CHECK(s.server.answer_within == 2500ms);
    REQUIRE(s.dns.servers.size() == 4);
    CHECK(s.dns.servers[0].port == 53);
    CHECK(s.dns.servers[1].text() == "127.0.0.1:5353");
    CHECK(s.dns.servers[2].text() == "[::1]:5353");
    CHECK(s.dns.servers[3].text() == "2001:db8::1");
    CHECK(s.dns.timeout == 250ms);
    CHECK(s.dns.trust_ad == app::TrustAd::kYes);
    CHECK(s.dns.test_bogus.empty());
    CHECK(s.dns.source_address.size() == 2);
    CHECK(s.https.allow_networks.size() == 3);
    CHECK(s.https.proxy == "http://me:secret@proxy.example:3128");
    CHECK(s.cache.sync == app::CacheSync::kFull);
    CHECK(s.cache.max_bytes == 16ULL << 20);
    CHECK(s.cache.recheck_max == 2h);
    CHECK(s.refresh.idle_after == 60 * 24h);
    CHECK(s.log.level == app::LogLevel::kDebug);
    CHECK(s.log.format == app::LogFormat::kJson);
    CHECK(s.log.target == app::LogTarget::kStderr);
    CHECK(s.overrides.empty());
    CHECK_FALSE(s.process.sandbox);
    CHECK(s.process.user == "1001");
}

TEST_CASE(
    "settings: profiles are added and changed; missing keys have the defaults, built-in profiles their own") {
    const Settings s = good(R"(
maps:
  postfix: {strict_testing: yes}
  postfix-tlsrpt: {on_lookup_failure: defer}
  postfix-dane: {dane: yield}
  QUERY: {dane: off}
  old: {sni: no, smart_hosts: ignore}
)");
    CHECK(s.profiles.size() == 7);
    CHECK(s.profiles.at("postfix-dane").dane == policy::Profile::Dane::kYield);
    CHECK(s.profiles.at("QUERY").dane == policy::Profile::Dane::kOff);
    CHECK(s.profiles.at("QUERYwithTLSRPT").dane == policy::Profile::Dane::kEnforce);
    CHECK(s.profiles.at("postfix").strict_testing);
    CHECK(s.profiles.at("postfix-tlsrpt").tlsrpt);
    CHECK_FALSE(s.profiles.at("postfix-tlsrpt").strict_testing);
    CHECK(s.profiles.at("postfix-tlsrpt").on_lookup_failure == policy::Profile::OnLookupFailure::kDefer);
    CHECK_FALSE(s.profiles.at("old").sni);
    CHECK_FALSE(s.profiles.at("old").strict_testing);
    CHECK(s.profiles.at("old").smart_hosts == policy::Profile::SmartHosts::kIgnore);
}

TEST_CASE("settings: what is wrong is said with file, line, key, what is allowed and the nearest key") {
    struct Row {
        std::string text;
        std::string error;
    };
    const Row rows[] = {
        {"server:\n  lisen: []\n",
         "test.yml:2: server.lisen: is an unknown key; did you mean server.listen?"},
        {"sever:\n  threads: 1\n", "test.yml:1: sever: is an unknown key; did you mean server?"},
        {"interval: 1h\n", "test.yml:1: interval: is an unknown key; did you mean refresh.interval?"},
        {"cache:\n  interval: 1h\n",
         "test.yml:2: cache.interval: is an unknown key; did you mean refresh.interval?"},
        {"override: /x\n", "test.yml:1: override: is an unknown key; did you mean overrides?"},
        {"xyzzy: 1\n", "test.yml:1: xyzzy: is an unknown key"},
        {"maps:\n  postfix:\n    tlsprt: yes\n",
         "test.yml:3: maps.postfix.tlsprt: is an unknown key; did you mean maps.postfix.tlsrpt?"},
        {"cache: {recheck_min: 60}",
         "test.yml:1: cache.recheck_min: \"60\" has no unit (ms, s, m, h or d); allowed: a duration from 1s "
         "to 1d, such "
         "as 5s, 10m, 1h, 30d"},
        {"cache: {recheck_min: 2d}",
         "test.yml:1: cache.recheck_min: \"2d\" is out of bounds; allowed: a duration from 1s to 1d, such as "
         "5s, 10m, "
         "1h, 30d"},
        {"cache: {recheck_min: 1500ms}",
         "test.yml:1: cache.recheck_min: \"1500ms\" is not a whole number of seconds; allowed: a duration "
         "from 1s to 1d, "
         "such as 5s, 10m, 1h, 30d"},
        {"dns: {timeout: soon}",
         "test.yml:1: dns.timeout: \"soon\" is not a duration; allowed: a duration from 100ms to 30s, such "
         "as 250ms, 5s, "
         "10m, 1h"},
        {"server: {threads: 0}",
         "test.yml:1: server.threads: \"0\" is out of bounds; allowed: a whole number from 1 to 64"},
        {"server: {threads: -1}",
         "test.yml:1: server.threads: \"-1\" is not a whole number; allowed: a whole number from 1 to 64"},
        {"server: {threads: [1]}",
         "test.yml:1: server.threads: is not a single value; allowed: a whole number from 1 to 64"},
        {"server:\n  threads:\n",
         "test.yml:2: server.threads: has no value; allowed: a whole number from 1 to 64"},
        {"server: {socket_mode: 0888}",
         "test.yml:1: server.socket_mode: \"0888\" is not a mode; allowed: octal permissions from 0000 to "
         "0777, such as "
         "0660"},
        {"log: {level: verbose}",
         "test.yml:1: log.level: \"verbose\" is not one of the known words; allowed: debug, info, warning or "
         "error"},
        {"process: {sandbox: 1}",
         "test.yml:1: process.sandbox: \"1\" is neither yes nor no; allowed: yes or no"},
        {"server: {listen: []}", "test.yml:1: server.listen: is empty; allowed: at least one entry"},
        {"server:\n  listen:\n    - unix:/a\n    - unix:/a\n",
         "test.yml:4: server.listen: \"unix:/a\" is listed twice; allowed: inet:HOST:PORT or "
         "inet:[IPv6]:PORT with a "
         "numeric address or localhost and a port from 1 to 65535, or unix:/path of at most 107 bytes"},
        {"server: 5\n",
         "test.yml:1: server: is not a group of settings; allowed: lines of \"key: value\" below it"},
        {"log: {level: info}\nserver: {threads: 2}\nlog: {level: debug}\n",
         "test.yml:3: log: is set twice; first on line 1"},
        {"log:\n  level: info\n  level: debug\n", "test.yml:3: log.level: is set twice; first on line 2"},
        {"cache: {recheck_min: 2h}",
         "test.yml:1: cache.recheck_min: is above cache.recheck_max; allowed: at most that"},
        {"cache:\n  negative_max: 5s\n",
         "test.yml:2: cache.negative_max: is below cache.negative_min; allowed: at least that"},
        {"shared_cache: {url: \"redis://a:secret@b\"}",
         "test.yml:1: shared_cache.url: the value is not available in this version; allowed: \"\" (anything "
         "else is not "
         "available in this version)"},
        {"http: {listen: example.com:9461}",
         "test.yml:1: http.listen: \"example.com:9461\" is no address to listen on; allowed: HOST:PORT or "
         "[IPv6]:PORT with a numeric address or localhost and a port from 1 to 65535, or unix:/path of at "
         "most 107 bytes; \"\" for none"},
        {"maps: {postfix: {dane: on}}",
         "test.yml:1: maps.postfix.dane: \"on\" is not one of the known words; allowed: off, enforce or "
         "yield"},
        {"maps: {\"a b\": {}}",
         "test.yml:1: maps.a b: is no map name; allowed: letters, digits, '-', '_' and '.', at most 64"},
        {"dns: {source_address: [192.0.2.1, 192.0.2.2]}",
         "test.yml:1: dns.source_address: has two addresses of one family; allowed: one IPv4, one IPv6"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(errors(row.text) == row.error);
    }
}

TEST_CASE("settings: every error is found, in the order of the lines") {
    CHECK(
        errors("log: {level: x}\nserver:\n  thread: 1\n  threads: x\ndns: {attempts: 11}\n") ==
        "test.yml:1: log.level: \"x\" is not one of the known words; allowed: debug, info, warning or error\n"
        "test.yml:3: server.thread: is an unknown key; did you mean server.threads?\n"
        "test.yml:4: server.threads: \"x\" is not a whole number; allowed: a whole number from 1 to 64\n"
        "test.yml:5: dns.attempts: \"11\" is out of bounds; allowed: a whole number from 1 to 10");
}

TEST_CASE("settings: what is no YAML is refused with its line") {
    for (const std::string text :
         {"server:\n\t- x: [\n", "a: 'b\n", "log: {level: info}\n--- \nlog: {}\n",
          "log: &a {level: info}\nx: *a", "log: !!map {level: info}", "overrides: \"a\\nb\"",
          "overrides: /a\x01", "overrides: /\xff", "? [a]\n: b", "- a\n"}) {
        CAPTURE(text);
        const std::string error = errors(text);
        CHECK(error.substr(0, 9) == "test.yml:");
        CHECK(error.substr(9, 1).find_first_of("0123456789") == 0);
    }
}

TEST_CASE("settings: listen entries, DNS servers and proxies outside their grammar are refused") {
    for (const std::string value : {"inet:8461", "inet:127.0.0.1", "inet:127.0.0.1:0", "inet:127.0.0.1:65536",
                                    "inet:mail.example.com:8461", "inet:::1:8461", "inet:[127.0.0.1]:8461",
                                    "inet:[localhost]:8461", "unix:run/x", "unix:", "tcp:127.0.0.1:1"}) {
        CAPTURE(value);
        CHECK(errors("server: {listen: [\"" + value + "\"]}") != "");
    }
    CHECK(errors("server: {listen: [\"unix:/" + std::string(107, 'a') + "\"]}") != "");
    CHECK(errors("server: {listen: [\"unix:/" + std::string(106, 'a') + "\"]}") == "");
    for (const std::string value :
         {"localhost", "127.0.0.1:", "127.0.0.1:0", "[127.0.0.1]:53", "[::1]x", "[::1"}) {
        CAPTURE(value);
        CHECK(errors("dns: {servers: [\"" + value + "\"]}") != "");
    }
    for (const std::string value :
         {"proxy:3128", "ftp://proxy", "http://", "http://p:0", "http://u:p@q@proxy", "http://a b"}) {
        CAPTURE(value);
        const std::string error = errors("https: {proxy: \"" + value + "\"}");
        CHECK(error.find("https.proxy: the value is no proxy's URL") != std::string::npos);
        CHECK(error.find("\"" + value) == std::string::npos);
    }
    for (const std::string value : {"http://proxy:3128", "socks5h://[::1]:1080", "http://u:p@192.0.2.1/"}) {
        CAPTURE(value);
        CHECK(errors("https: {proxy: \"" + value + "\"}") == "");
    }
}

TEST_CASE("settings: a missing file is named") {
    const auto result = app::load_settings("/nonexistent/mta-stsd.yml");
    REQUIRE_FALSE(result);
    CHECK(result.error().text() == "/nonexistent/mta-stsd.yml: cannot be read: No such file or directory");
}

TEST_CASE("settings: printed settings parse back to the same") {
    for (const std::string text :
         {"", "server:\n  listen: [\"inet:[::1]:1\", \"unix:/a b/\\\"c\"]\n  idle_timeout: 90m\n",
          "maps: {a.b: {tlsrpt: yes, sni: no}, \"null\": {}}\ncache: {max_bytes: 1500000, recheck_min: "
          "61s}\n",
          "dns: {servers: [\"[::1]:54\"], test_signed: \"\"}\noverrides: \"\"\nlog: {level: warning}\n"}) {
        CAPTURE(text);
        const Settings first = good(text);
        const std::string printed = app::print_settings(first);
        const Settings second = good(printed);
        CHECK(app::print_settings(second) == printed);
        CHECK(app::restart_needed(first, second).empty());
        CHECK(second.profiles.size() == first.profiles.size());
    }
    CHECK(app::print_settings(good("cache: {recheck_min: 61s}")).find("recheck_min: 61s\n") !=
          std::string::npos);
    CHECK(app::print_settings(good("")).find("recheck_min: 60s\n") != std::string::npos);
    CHECK(app::print_settings(good("server: {listen: [\"unix:/a b\"]}")).find("    - \"unix:/a b\"\n") !=
          std::string::npos);
}

TEST_CASE("settings: a password is never shown") {
    CHECK(app::print_settings(good("https: {proxy: http://me:secret@proxy:1}"))
              .find("proxy: \"http://me:***@proxy:1\"") != std::string::npos);
    CHECK(app::redact_url("http://me:secret@proxy:1/") == "http://me:***@proxy:1/");
    CHECK(app::redact_url("http://me@proxy") == "http://me@proxy");
    CHECK(app::redact_url("redis://:sec:r@et@host") == "redis://:***@host");
    CHECK(app::redact_url("me:secret@proxy") == "***@proxy");
    CHECK(app::redact_url("http://proxy:3128") == "http://proxy:3128");
}

TEST_CASE("settings: a reload names the keys that need a restart, and only those") {
    const Settings old = good("");
    const Settings now = good(
        "server: {threads: 2, answer_within: 5s}\ncache: {recheck_min: 2s, file: /tmp/p.db}\nmaps: {new: "
        "{}}\n"
        "log: {level: debug}\ndns: {servers: [192.0.2.1]}\n");
    CHECK(app::restart_needed(old, now) == std::vector<std::string>{"server.threads", "cache.file"});
    CHECK(app::restart_needed(old, old).empty());
}

TEST_CASE("http.listen takes an address without inet:, a path, or nothing") {
    CHECK_FALSE(app::default_settings().http.listen);
    const std::vector<std::pair<std::string, std::string>> table{
        {"127.0.0.1:9461", "inet:127.0.0.1:9461"},
        {"localhost:9461", "inet:127.0.0.1:9461"},
        {"inet:127.0.0.1:9461", "inet:127.0.0.1:9461"},
        {"[::1]:9461", "inet:[::1]:9461"},
        {"unix:/run/x/http", "unix:/run/x/http"}};
    for (const auto& row : table) {
        CAPTURE(row.first);
        const app::Settings settings = good("http: {listen: \"" + row.first + "\"}");
        REQUIRE(settings.http.listen);
        CHECK(settings.http.listen->text() == row.second);
        CHECK(good(app::print_settings(settings)).http.listen == settings.http.listen);
    }
}
