// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/choices.h"
#include "daemon/settings/addresses.h"
#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/dns/address.h"
#include "lib/policy/profile.h"

namespace app {

/// What mta-stsd.yml says, checked: a plain value. What each setting means, its default and its bounds stand
/// in one table (daemon/settings/table.cc), so the fields have no defaults here: a Settings comes from
/// default_settings(), load_settings() or parse_settings(), and an empty one is of no use.
/// The composition makes each component's own Options from it; nothing else sees it whole.
struct Settings {
    struct Server {
        std::vector<ListenAddress> listen;       ///< not empty, each once
        std::uint32_t socket_mode = 0;           ///< permissions of unix sockets
        std::string socket_owner, socket_group;  ///< name or number; empty: as the process
        std::uint32_t threads = 0;
        std::uint32_t max_connections = 0;
        base::Milliseconds answer_within{};
        base::Seconds idle_timeout{};
    } server;

    std::map<std::string, policy::Profile, std::less<>> profiles;  ///< by map name, built-in ones included

    struct Dns {
        std::vector<ServerAddress> servers;  ///< empty: /etc/resolv.conf
        base::Milliseconds timeout{};
        std::uint32_t attempts = 0;
        TrustAd trust_ad = TrustAd::kAuto;
        std::string test_signed, test_bogus;       ///< names, canonical; empty: no such test
        std::vector<dns::Address> source_address;  ///< at most one of each family
    } dns;

    struct Https {
        base::Milliseconds timeout{}, connect_timeout{};
        std::string ca_file;  ///< absolute path; empty: the system's
        std::uint16_t port = 0;
        std::vector<dns::Network> allow_networks;
        std::string proxy;  ///< URL, maybe with a password (redact_url() before showing it); empty: none
        std::uint32_t max_concurrent = 0, max_per_address = 0;
        std::vector<dns::Address> source_address;  ///< at most one of each family
    } https;

    struct Cache {
        std::string file;  ///< absolute path
        CacheSync sync = CacheSync::kNormal;
        std::uint64_t max_policies = 0, max_bytes = 0, max_negative = 0;
        base::Seconds recheck_min{}, recheck_max{}, negative_min{}, negative_max{};
    } cache;

    struct Refresh {
        base::Seconds interval{}, idle_after{};
        std::uint32_t concurrency = 0;
    } refresh;

    struct Limits {
        std::uint32_t lookups = 0;
    } limits;

    struct Control {
        std::string socket;  ///< absolute path
        std::uint32_t mode = 0;
        std::string group;  ///< name or number; empty: as the process
    } control;

    struct Http {
        std::optional<ListenAddress> listen;  ///< nothing: no HTTP
    } http;

    struct Log {
        LogLevel level = LogLevel::kInfo;
        LogFormat format = LogFormat::kText;
        LogTarget target = LogTarget::kAuto;
    } log;

    std::string overrides;  ///< absolute path; empty: none

    struct Process {
        std::string user, group;  ///< name or number; empty: no change
        bool sandbox = false;
    } process;
};

inline constexpr std::string_view kDefaultSettingsFile = "/etc/mta-stsd/mta-stsd.yml";
inline constexpr std::string_view kDefaultOverridesFile = "/etc/mta-stsd/overrides.yml";

/// Everything wrong with a settings file, in the order of its lines; not empty.
struct SettingsErrors {
    struct Error {
        int line = 0;         ///< from 1; 0: the file as a whole
        std::string key;      ///< "cache.recheck_min"; empty: the file as a whole
        std::string message;  ///< "\"60\" has no unit; allowed: a duration from 1s to 1d ..."
    };
    std::string file;
    std::vector<Error> errors;

    /// One line each: "FILE:LINE: KEY: MESSAGE".
    std::string text() const;
};

/// The settings where nothing is set.
Settings default_settings();

/// Reads a file; every error in it is found, and one error refuses all of it. Blocks.
base::Result<Settings, SettingsErrors> load_settings(const std::string& path);
/// The same for a text; `file_name` is for the messages only. An empty text: all defaults.
base::Result<Settings, SettingsErrors> parse_settings(std::string_view text, const std::string& file_name);

/// The effective settings as YAML, all of them. Parsed again it gives the same settings, except that
/// passwords in URLs are shown as "***".
std::string print_settings(const Settings& settings);

/// The keys that differ and that a running daemon cannot take over: "server.threads". Empty: reload will do.
std::vector<std::string> restart_needed(const Settings& old, const Settings& now);

/// A URL as it may be shown and logged: "http://user:secret@host" becomes "http://user:***@host".
std::string redact_url(std::string_view url);

}  // namespace app
