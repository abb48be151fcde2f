// SPDX-License-Identifier: MIT
#include "daemon/settings/table.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "daemon/settings/formats.h"
#include "lib/base/ascii.h"

namespace app {
namespace {

using namespace std::chrono_literals;
using base::Milliseconds;
using base::Seconds;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kTiB = std::uint64_t{1} << 40;
constexpr auto kYes = Reload::kYes;
constexpr auto kRestart = Reload::kRestart;
constexpr Seconds kDay = 24h;

template <class Field, class T>
Codec<Settings> one(Field field, Format<T> format) {
    return scalar<Settings>(field, std::move(format));
}
template <class Field, class T>
Codec<Settings> many(Field field, Format<T> format) {
    return list<Settings>(field, std::move(format));
}
template <class Field, class T>
Codec<policy::Profile> in_profile(Field field, Format<T> format) {
    return scalar<policy::Profile>(field, std::move(format));
}

Codec<Settings> secret(Codec<Settings> codec) {
    codec.is_secret = true;
    return codec;
}

std::vector<Setting<Settings>> make_table() {
    return {
        // ---- server ----
        {"server.listen", "inet:127.0.0.1:8461", kRestart, "where Postfix connects, one entry per line",
         "inet:HOST:PORT, inet:[IPv6]:PORT or unix:/path. HOST is a numeric address or localhost, which "
         "stands for "
         "127.0.0.1. A socket passed by systemd takes the place of the entry with the same address.",
         many(
             [](auto& s) -> auto& { return s.server.listen; }, listen_address())},
        {"server.socket_mode", "0660", kRestart, "permissions of the unix sockets of server.listen",
         "Whoever may connect can ask for any domain.",
         one(
             [](auto& s) -> auto& { return s.server.socket_mode; }, mode())},
        {"server.socket_owner", "", kRestart, "owner of those unix sockets",
         "A user's name or number; empty: the user the daemon runs as.",
         one(
             [](auto& s) -> auto& { return s.server.socket_owner; }, account())},
        {"server.socket_group", "", kRestart, "group of those unix sockets, usually postfix",
         "A group's name or number; empty: the group the daemon runs as.",
         one(
             [](auto& s) -> auto& { return s.server.socket_group; }, account())},
        {"server.threads", "1", kRestart, "threads that answer from the cache",
         "Each keeps one core busy at most; one is enough for most hosts. Lookups have a thread of their "
         "own.",
         one(
             [](auto& s) -> auto& { return s.server.threads; }, number<std::uint32_t>(1, 64))},
        {"server.max_connections", "4096", kRestart, "connections served at once",
         "At this number accepting pauses, and further clients wait until one leaves; nothing accepted is "
         "dropped.",
         one(
             [](auto& s) -> auto& { return s.server.max_connections; }, number<std::uint32_t>(1, 1000000))},
        {"server.answer_within", "25s", kYes, "time after which a request is answered whatever is known",
         "What is not known by then counts as failed for this request, while the lookup goes on. Postfix "
         "gives up "
         "after 100 s.",
         one(
             [](auto& s) -> auto& { return s.server.answer_within; }, duration<Milliseconds>(1s, 90s))},
        {"server.idle_timeout", "1h", kYes, "time after which a silent connection is closed",
         "Postfix keeps connections and reuses them after a long silence; closing one early defers mail.",
         one(
             [](auto& s) -> auto& { return s.server.idle_timeout; }, duration<Seconds>(15min, 7 * kDay))},

        // ---- dns ----
        {"dns.servers", "", kYes, "DNS servers, one per line; none: those of /etc/resolv.conf",
         "ADDRESS, ADDRESS:PORT or [IPv6]:PORT. /etc/resolv.conf is read again when it changes.",
         many(
             [](auto& s) -> auto& { return s.dns.servers; }, server_address())},
        {"dns.timeout", "2s", kYes, "time to wait for one answer",
         "A lookup gives up after dns.timeout times dns.attempts.",
         one(
             [](auto& s) -> auto& { return s.dns.timeout; }, duration<Milliseconds>(100ms, 30s))},
        {"dns.attempts", "3", kYes, "how often a question is asked", "See dns.timeout.",
         one(
             [](auto& s) -> auto& { return s.dns.attempts; }, number<std::uint32_t>(1, 10))},
        {"dns.trust_ad", "auto", kYes, "whether the DNS server's word that an answer is authentic counts",
         "auto: it counts from a server on this host, and where /etc/resolv.conf has \"options trust-ad\". "
         "Used with DANE only.",
         one(
             [](auto& s) -> auto& { return s.dns.trust_ad; },
             choice<TrustAd>({{"auto", TrustAd::kAuto}, {"yes", TrustAd::kYes}, {"no", TrustAd::kNo}}))},
        {"dns.test_signed", "com", kYes, "a signed name, to test whether the resolver validates",
         "Its NS records must come as authentic. Empty: no such test. Used with DANE only.",
         one(
             [](auto& s) -> auto& { return s.dns.test_signed; }, domain_or_none())},
        {"dns.test_bogus", "dnssec-failed.org", kYes,
         "a wrongly signed name, to test whether the resolver validates",
         "It must have no address. Empty: no such test. Used with DANE only.",
         one(
             [](auto& s) -> auto& { return s.dns.test_bogus; }, domain_or_none())},
        {"dns.source_address", "", kYes, "addresses of this host to ask from, one per line",
         "At most one IPv4 and one IPv6 address; none: the system chooses.",
         many(
             [](auto& s) -> auto& { return s.dns.source_address; }, address())},

        // ---- https ----
        {"https.timeout", "60s", kYes, "time for fetching one policy",
         "From its addresses known to its last byte.",
         one(
             [](auto& s) -> auto& { return s.https.timeout; }, duration<Milliseconds>(1s, 10min))},
        {"https.connect_timeout", "5s", kYes, "time for one address to accept the connection and finish TLS",
         "After it the next address is tried. Not above https.timeout.",
         one(
             [](auto& s) -> auto& { return s.https.connect_timeout; }, duration<Milliseconds>(100ms, 60s))},
        {"https.ca_file", "", kRestart, "file of trusted CA certificates (PEM)",
         "Empty: the file named by SSL_CERT_FILE in the environment, else the system's bundle. The file is "
         "read again "
         "on reload and when it changes.",
         one(
             [](auto& s) -> auto& { return s.https.ca_file; }, path_or_none())},
        {"https.port", "443", kYes, "port of the policy hosts",
         "The standard knows no other than 443: for tests.",
         one(
             [](auto& s) -> auto& { return s.https.port; }, number<std::uint16_t>(1, 65535))},
        {"https.allow_networks", "", kYes, "networks that may be connected to although they are not public",
         "One network or address per line, such as 10.1.0.0/16. Policy hosts with loopback, private and "
         "other special "
         "addresses are refused otherwise: a stranger's DNS must not steer connections into your network.",
         many(
             [](auto& s) -> auto& { return s.https.allow_networks; }, network())},
        {"https.proxy", "", kYes, "URL of a proxy for fetching policies",
         "http://[USER:PASSWORD@]HOST[:PORT], or with https, socks5 or socks5h. Empty: none; the "
         "environment's proxy "
         "variables are never used. The password is not shown in logs and by --print-config.",
         secret(one(
             [](auto& s) -> auto& { return s.https.proxy; }, proxy_or_none()))},
        {"https.max_concurrent", "256", kYes, "fetches under way at once", "More wait for their turn.",
         one(
             [](auto& s) -> auto& { return s.https.max_concurrent; }, number<std::uint32_t>(1, 4096))},
        {"https.max_per_address", "16", kYes, "fetches under way at once from one address",
         "Many domains share one policy host; this keeps us from being a burden to it.",
         one(
             [](auto& s) -> auto& { return s.https.max_per_address; }, number<std::uint32_t>(1, 4096))},
        {"https.source_address", "", kYes, "addresses of this host to fetch from, one per line",
         "At most one IPv4 and one IPv6 address; none: the system chooses.",
         many(
             [](auto& s) -> auto& { return s.https.source_address; }, address())},

        // ---- cache ----
        {"cache.file", "/var/lib/mta-stsd/policies.db", kRestart, "the database of policies",
         "Its directory must exist and be writable: SQLite keeps two more files beside it. A lost database "
         "is a "
         "security loss: until each policy is fetched again, an attacker in the network can hide it.",
         one(
             [](auto& s) -> auto& { return s.cache.file; }, path())},
        {"cache.sync", "normal", kRestart, "what a power loss may cost",
         "normal: policies of the last moments before it; full: nothing, for one more disk write each. A "
         "crash of the "
         "daemon costs nothing either way.",
         one(
             [](auto& s) -> auto& { return s.cache.sync; },
             choice<CacheSync>({{"normal", CacheSync::kNormal}, {"full", CacheSync::kFull}}))},
        {"cache.max_policies", "1000000", kRestart, "policies kept",
         "At this number the policies of new domains are served but not kept, with an alarm. None is ever "
         "dropped to "
         "make room. The names below one second-level domain hold at most 1 % of it.",
         one(
             [](auto& s) -> auto& { return s.cache.max_policies; }, number<std::uint64_t>(1, 100000000))},
        {"cache.max_bytes", "1GiB", kRestart, "memory for policies", "As cache.max_policies, in bytes.",
         one(
             [](auto& s) -> auto& { return s.cache.max_bytes; }, size(kMiB, kTiB))},
        {"cache.max_negative", "100000", kRestart, "domains remembered for having no policy",
         "In memory only; the oldest make room for new ones.",
         one(
             [](auto& s) -> auto& { return s.cache.max_negative; }, number<std::uint64_t>(1, 10000000))},
        {"cache.recheck_min", "60s", kYes, "shortest time between two looks at a domain's record",
         "The record is looked up again after its TTL, within these bounds. Not above cache.recheck_max.",
         one(
             [](auto& s) -> auto& { return s.cache.recheck_min; }, duration<Seconds>(1s, kDay))},
        {"cache.recheck_max", "1h", kYes, "longest time between two looks at a domain's record",
         "A changed policy is seen after this time at the latest, once the domain is asked for.",
         one(
             [](auto& s) -> auto& { return s.cache.recheck_max; }, duration<Seconds>(1s, kDay))},
        {"cache.negative_min", "60s", kYes, "shortest time for which \"no policy\" is remembered",
         "Also the time for which a failed lookup is. Not above cache.negative_max.",
         one(
             [](auto& s) -> auto& { return s.cache.negative_min; }, duration<Seconds>(1s, kDay))},
        {"cache.negative_max", "1h", kYes, "longest time for which \"no policy\" is remembered",
         "A domain's first policy is seen after this time at the latest.",
         one(
             [](auto& s) -> auto& { return s.cache.negative_max; }, duration<Seconds>(1s, kDay))},

        // ---- refresh ----
        {"refresh.interval", "24h", kYes,
         "age at which a policy is fetched again although nothing has changed",
         "Brought forward at random by up to 10 %; earlier for a policy whose max_age is below four times "
         "this.",
         one(
             [](auto& s) -> auto& { return s.refresh.interval; }, duration<Seconds>(1min, 30 * kDay))},
        {"refresh.idle_after", "30d", kYes,
         "time since the last request after which a domain is not refreshed any more",
         "Its policy stays in force until it expires. Not below refresh.interval.",
         one(
             [](auto& s) -> auto& { return s.refresh.idle_after; }, duration<Seconds>(1h, 365 * kDay))},
        {"refresh.concurrency", "32", kYes, "refreshes under way at once",
         "They never delay a client's lookup.",
         one(
             [](auto& s) -> auto& { return s.refresh.concurrency; }, number<std::uint32_t>(1, 1024))},

        // ---- the rest ----
        {"shared_cache.url", "", kRestart,
         "a cache shared by several mail servers; not available in this version", "",
         secret(not_built<Settings>(""))},
        {"limits.lookups", "1024", kYes, "lookups for unknown domains under way at once",
         "At this number further unknown domains are answered TEMP overloaded, so that Postfix tries again; "
         "answers "
         "from the cache are not affected.",
         one(
             [](auto& s) -> auto& { return s.limits.lookups; }, number<std::uint32_t>(1, 65536))},
        {"control.socket", "/run/mta-stsd/control.sock", kRestart, "the socket of mta-stsctl",
         "Its directory must exist.",
         one(
             [](auto& s) -> auto& { return s.control.socket; }, socket_path())},
        {"control.mode", "0600", kRestart, "permissions of that socket",
         "Whoever may connect can change the cache and reload the settings.",
         one(
             [](auto& s) -> auto& { return s.control.mode; }, mode())},
        {"control.group", "", kRestart, "group of that socket",
         "A group's name or number; empty: the group the daemon runs as.",
         one(
             [](auto& s) -> auto& { return s.control.group; }, account())},
        {"http.listen", "", kRestart,
         "address for metrics, health and the status page, such as 127.0.0.1:9461",
         "HOST:PORT, [IPv6]:PORT or unix:/path (with the mode, owner and group of server.socket_*); empty: "
         "none. Whoever may connect can read which domains have been asked for, and change nothing. HTTP "
         "without "
         "TLS or "
         "passwords: keep it on this host, or put a proxy before it.",
         one(
             [](auto& s) -> auto& { return s.http.listen; }, http_address_or_none())},
        {"log.level", "info", kYes, "what is logged",
         "info: one line per query and lookup; debug: each step.",
         one(
             [](auto& s) -> auto& { return s.log.level; },
             choice<LogLevel>({{"debug", LogLevel::kDebug},
                               {"info", LogLevel::kInfo},
                               {"warning", LogLevel::kWarning},
                               {"error", LogLevel::kError}}))},
        {"log.format", "text", kRestart, "text (key=value) or json", "One line per event either way.",
         one(
             [](auto& s) -> auto& { return s.log.format; },
             choice<LogFormat>({{"text", LogFormat::kText}, {"json", LogFormat::kJson}}))},
        {"log.target", "auto", kRestart, "where the log goes",
         "auto: the journal where systemd has started the daemon, else standard error.",
         one(
             [](auto& s) -> auto& { return s.log.target; },
             choice<LogTarget>({{"auto", LogTarget::kAuto},
                                {"stderr", LogTarget::kStderr},
                                {"syslog", LogTarget::kSyslog},
                                {"journal", LogTarget::kJournal}}))},
        {"overrides", kDefaultOverridesFile, kRestart, "file of your own decisions about single domains",
         "Empty: none. A missing file at the default path is no error. A reload reads it again; another path "
         "needs a "
         "restart. Its format is described below.",
         one(
             [](auto& s) -> auto& { return s.overrides; }, path_or_none())},
        {"process.user", "", kRestart, "user to become after the start",
         "A name or number. Empty: no change; a service manager has usually done it.",
         one(
             [](auto& s) -> auto& { return s.process.user; }, account())},
        {"process.group", "", kRestart, "group to become after the start",
         "A name or number. Empty: the group of process.user.",
         one(
             [](auto& s) -> auto& { return s.process.group; }, account())},
        {"process.sandbox", "yes", kRestart,
         "whether the daemon takes rights away from itself after the start",
         "Landlock and seccomp, as far as the kernel has them.",
         one(
             [](auto& s) -> auto& { return s.process.sandbox; }, yes_no())},
    };
}

std::vector<Setting<policy::Profile>> make_profile_table() {
    using policy::Profile;
    using Dane = Profile::Dane;
    using SmartHosts = Profile::SmartHosts;
    using OnLookupFailure = Profile::OnLookupFailure;
    return {
        {"dane", "off", kYes, "whether DANE is looked at beside MTA-STS",
         "off: not at all, for a Postfix without smtp_dns_support_level = dnssec. enforce: for one with it; "
         "where "
         "a domain's MX hosts have TLSA records the answer is dane or dane-only, so that a policy never "
         "overrides "
         "a DANE check that fails. yield: the same, but no policy in place of these two answers, for a "
         "Postfix "
         "with smtp_tls_security_level = dane; where only some of the hosts have TLSA records an enforced "
         "policy "
         "is given up with it.",
         in_profile(
             [](auto& p) -> auto& { return p.dane; },
             choice<Dane>({{"off", Dane::kOff}, {"enforce", Dane::kEnforce}, {"yield", Dane::kYield}}))},
        {"tlsrpt", "no", kYes, "whether replies carry what Postfix needs for TLSRPT reports",
         "For Postfix 3.10 and later only: an older one defers mail over it.",
         in_profile(
             [](auto& p) -> auto& { return p.tlsrpt; }, yes_no())},
        {"strict_testing", "no", kYes, "whether mode testing counts as enforce", "",
         in_profile(
             [](auto& p) -> auto& { return p.strict_testing; }, yes_no())},
        {"sni", "yes", kYes, "whether replies ask Postfix to send the server's name in TLS",
         "For Postfix 3.4 and later: an older one defers mail over it.",
         in_profile(
             [](auto& p) -> auto& { return p.sni; }, yes_no())},
        {"smart_hosts", "lookup", kYes, "how keys in brackets or with a port are answered",
         "lookup: by the policy of the host they name; ignore: as if there were none.",
         in_profile(
             [](auto& p) -> auto& { return p.smart_hosts; },
             choice<SmartHosts>({{"lookup", SmartHosts::kLookup}, {"ignore", SmartHosts::kIgnore}}))},
        {"on_lookup_failure", "open", kYes,
         "what is answered when nothing can be found out about a new domain",
         "open: as if there were no policy; defer: a temporary error, so that Postfix keeps the mail and "
         "asks again.",
         in_profile(
             [](auto& p) -> auto& { return p.on_lookup_failure; },
             choice<OnLookupFailure>(
                 {{"open", OnLookupFailure::kOpen}, {"defer", OnLookupFailure::kDefer}}))},
    };
}

}  // namespace

const std::vector<SettingsGroup>& settings_groups() {
    static const std::vector<SettingsGroup> groups{
        {"server", "the socketmap server that Postfix asks"},
        {"maps", "profiles by socketmap map name: how strict each answer is"},
        {"dns", "looking up records and addresses"},
        {"https", "fetching policies"},
        {"cache", "what is remembered, and for how long"},
        {"refresh", "keeping remembered policies alive"},
        {"shared_cache", "a cache for several mail servers"},
        {"limits", "bounds on work under way"},
        {"control", "the socket that mta-stsctl uses"},
        {"http", "metrics, health and the status page"},
        {"log", "the log"},
        {"overrides", "your own decisions about single domains"},
        {"process", "the process itself"},
    };
    return groups;
}

const std::vector<Setting<Settings>>& settings_table() {
    static const auto table = make_table();
    return table;
}

const std::vector<Setting<policy::Profile>>& profile_table() {
    static const auto table = make_profile_table();
    return table;
}

const std::vector<BuiltInProfile>& built_in_profiles() {
    static const std::vector<BuiltInProfile> profiles{
        {"postfix", "for any Postfix from 3.4 on", {}},
        {"postfix-tlsrpt", "for Postfix 3.10 and later with TLSRPT", {{"tlsrpt", "yes"}}},
        {"postfix-dane", "for a Postfix with smtp_dns_support_level = dnssec", {{"dane", "enforce"}}},
        {"postfix-dane-tlsrpt",
         "for Postfix 3.10 and later with TLSRPT and smtp_dns_support_level = dnssec",
         {{"dane", "enforce"}, {"tlsrpt", "yes"}}},
        {"QUERY", "the same as postfix-dane, under the name that another plugin has", {{"dane", "enforce"}}},
        {"QUERYwithTLSRPT",
         "the same as postfix-dane-tlsrpt, under the name that another plugin has",
         {{"dane", "enforce"}, {"tlsrpt", "yes"}}},
    };
    return profiles;
}

bool is_profile_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return base::is_alnum(c) || c == '-' || c == '_' || c == '.';
    });
}

template <class Owner>
void set_default(const Setting<Owner>& setting, Owner& owner) {
    if (setting.codec.is_list) setting.codec.clear(owner);
    if (setting.codec.is_list && setting.fallback.empty()) return;
    if (!setting.codec.read(setting.fallback, owner).empty())
        throw std::logic_error("bad default of " + std::string(setting.key));
}
template void set_default(const Setting<Settings>&, Settings&);
template void set_default(const Setting<policy::Profile>&, policy::Profile&);

}  // namespace app
