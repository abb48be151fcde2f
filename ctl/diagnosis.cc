// SPDX-License-Identifier: MIT
#include "ctl/diagnosis.h"

#include <unistd.h>

#include <algorithm>

namespace ctl {
namespace {

using Verdict = Finding::Verdict;
using Version = PostfixFacts::Version;
using Dane = policy::Profile::Dane;

constexpr Version kServername{3, 4, 0}, kTlsrpt{3, 10, 0}, kPatterns{3, 10, 5};

bool has_dnssec(const PostfixFacts& postfix) {
    return postfix.parameter("smtp_dns_support_level") == "dnssec";
}

/// Before these, a "dane" answer says nothing of hosts with an insecure MX lookup, unless the level is dane.
bool ignores_insecure_mx(const PostfixFacts& postfix) {
    const Version& v = postfix.version;
    const Version mended = v.minor == 6   ? Version{3, 6, 17}
                           : v.minor == 7 ? Version{3, 7, 13}
                           : v.minor == 8 ? Version{3, 8, 8}
                                          : Version{3, 9, 2};
    return v < mended && postfix.parameter("smtp_tls_security_level") != "dane" &&
           postfix.parameter("smtp_tls_dane_insecure_mx_policy") != "dane";
}

class Doctor {
  public:
    Doctor(const PostfixFacts& postfix, const app::Settings& settings, const std::optional<MapInUse>& map)
        : postfix_(postfix), settings_(settings), map_(map) {}

    std::vector<Finding> diagnose() {
        version();
        level();
        certificates();
        dnssec();
        map();
        if (map_ && map_->profile != nullptr) {
            tlsrpt();
            dane();
            sni();
        }
        return std::move(findings_);
    }

  private:
    void add(Verdict verdict, const char* point, std::string text, std::string remedy = {}) {
        findings_.push_back({verdict, point, std::move(text), std::move(remedy)});
    }

    void version() {
        const std::string text = "Postfix " + postfix_.version_text;
        if (postfix_.version < kServername) {
            add(Verdict::kWrong, "version", text + " cannot send the server's name in TLS (servername=)",
                "use Postfix 3.4 or later, or set \"sni: no\" for its map");
        } else {
            add(Verdict::kOk, "version", text);
        }
    }

    void level() {
        const std::string level = postfix_.parameter("smtp_tls_security_level");
        const std::string text = "smtp_tls_security_level = " + level;
        if (level == "dane" || level == "dane-only") {
            if (!has_dnssec(postfix_)) {
                add(Verdict::kWrong, "level", text + " without smtp_dns_support_level = dnssec",
                    "set smtp_dns_support_level = dnssec");
                return;
            }
        } else if (level.empty() || level == "none") {
            const bool old_way = postfix_.parameter("smtp_use_tls") == "yes";
            if (level.empty() && old_way) return add(Verdict::kOk, "level", "smtp_use_tls = yes");
            return add(Verdict::kWarning, "level", text + ": without a policy mail goes in clear text",
                       "set smtp_tls_security_level = may (or dane)");
        }
        add(Verdict::kOk, "level", text);
    }

    void certificates() {
        const std::string file = postfix_.parameter("smtp_tls_CAfile");
        const std::string path = postfix_.parameter("smtp_tls_CApath");
        if (file.empty() && path.empty()) {
            add(Verdict::kWrong, "ca",
                "smtp_tls_CAfile and smtp_tls_CApath are empty: no certificate is trusted, mail to every "
                "domain with a policy waits",
                "set smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt, or where this system has its CAs");
        } else if (!file.empty() && ::access(file.c_str(), R_OK) != 0) {
            add(Verdict::kWrong, "ca", "smtp_tls_CAfile = " + file + " cannot be read",
                "install the CA certificates, or name the right file");
        } else if (file.empty() && ::access(path.c_str(), R_OK | X_OK) != 0) {
            add(Verdict::kWrong, "ca", "smtp_tls_CApath = " + path + " cannot be read",
                "install the CA certificates, or set smtp_tls_CAfile");
        } else if (const auto* client = file.empty() ? without_authorities(path) : nullptr) {
            add(Verdict::kWrong, "ca",
                "smtp_tls_CApath = " + path + ": " + client->name + " is chrooted, and " +
                    path_seen_by(*client, postfix_, path) +
                    " is not there: no certificate is trusted, mail to every domain with a policy waits",
                "set smtp_tls_CAfile, which is read before the chroot, or copy the folder there");
        } else {
            add(Verdict::kOk, "ca", file.empty() ? "smtp_tls_CApath = " + path : "smtp_tls_CAfile = " + file);
        }
    }

    /// A service that cannot see this folder because it is chrooted: Postfix reads the folder when it needs
    /// it.
    const PostfixFacts::Client* without_authorities(const std::string& path) const {
        const auto found =
            std::find_if(postfix_.clients.begin(), postfix_.clients.end(), [&](const auto& client) {
                return client.chrooted && ::access(path_seen_by(client, postfix_, path).c_str(), X_OK) != 0;
            });
        return found == postfix_.clients.end() ? nullptr : &*found;
    }

    void dnssec() {
        if (has_dnssec(postfix_))
            add(Verdict::kOk, "dnssec", "smtp_dns_support_level = dnssec");
        else
            add(Verdict::kOk, "dnssec", "smtp_dns_support_level is not dnssec: Postfix does no DANE");
    }

    void map() {
        const std::string maps = postfix_.parameter("smtp_tls_policy_maps");
        const std::string line = fitting_lines(postfix_, settings_).back();
        if (maps.empty() && !postfix_.services.empty()) {
            add(Verdict::kWarning, "map", "smtp_tls_policy_maps is empty: it looks no policy up",
                "take it out of master.cf, unless all this service's mail goes to hosts of your own");
        } else if (!map_) {
            add(Verdict::kWrong, "map",
                maps.empty() ? "smtp_tls_policy_maps is empty"
                             : "no table of smtp_tls_policy_maps = " + maps + " leads to this daemon",
                "set " + line);
        } else if (map_->profile == nullptr) {
            add(Verdict::kWrong, "map", "mta-stsd knows no map \"" + map_->map.name + "\": all mail waits",
                "set " + line);
        } else if (map_->map.through_proxy) {
            add(Verdict::kWarning, "map", map_->map.text + ": a slow answer holds all clients of proxymap up",
                "leave \"proxy:\" out");
        } else {
            add(Verdict::kOk, "map", map_->map.text);
        }
    }

    void tlsrpt() {
        const std::string& name = map_->map.name;
        if (map_->profile->tlsrpt && postfix_.version < kTlsrpt) {
            add(Verdict::kWrong, "tlsrpt",
                "the map " + name +
                    " has TLSRPT attributes, which Postfix before 3.10 refuses: mail to every "
                    "domain with a policy waits",
                "use the map " + fitting_map(postfix_));
        } else if (!map_->profile->tlsrpt && postfix_.version >= kTlsrpt) {
            add(Verdict::kWarning, "tlsrpt",
                "the map " + name + " has no TLSRPT attributes: " +
                    (postfix_.version >= kPatterns
                         ? "Postfix cannot check the names of mail hosts against the policy"
                         : "Postfix cannot report on policies"),
                "use the map " + fitting_map(postfix_));
        } else if (map_->profile->tlsrpt && postfix_.parameter("smtp_tls_enforce_sts_mx_patterns") == "no") {
            add(Verdict::kWarning, "tlsrpt",
                "smtp_tls_enforce_sts_mx_patterns = no: the names of mail hosts are not checked against the "
                "policy",
                "leave smtp_tls_enforce_sts_mx_patterns at yes");
        } else {
            add(Verdict::kOk, "tlsrpt",
                map_->profile->tlsrpt ? "TLSRPT attributes are sent"
                                      : "no TLSRPT attributes, as this Postfix "
                                        "needs it");
        }
    }

    void dane() {
        const std::string& name = map_->map.name;
        const bool looks = map_->profile->dane != Dane::kOff;
        if (looks && !has_dnssec(postfix_)) {
            add(Verdict::kWrong, "dane",
                "the map " + name + " answers with DANE, and Postfix has no DNSSEC: such mail waits",
                "set smtp_dns_support_level = dnssec, or use the map " + fitting_map(postfix_));
        } else if (!looks && has_dnssec(postfix_)) {
            add(Verdict::kWarning, "dane",
                "the map " + name + " does not look at DANE: a policy can override a DANE check that fails",
                "use the map " + fitting_map(postfix_));
        } else if (looks && ignores_insecure_mx(postfix_)) {
            add(Verdict::kWarning, "dane", "this Postfix does no DANE for mail hosts of unsigned domains",
                "set smtp_tls_dane_insecure_mx_policy = dane");
        } else {
            add(Verdict::kOk, "dane", looks ? "DANE is looked at" : "DANE is not looked at");
        }
    }

    void sni() {
        if (map_->profile->sni && postfix_.version < kServername) {
            add(Verdict::kWrong, "sni", "the map " + map_->map.name + " says servername=, which it refuses",
                "set \"sni: no\" for maps." + map_->map.name);
        }
    }

    const PostfixFacts& postfix_;
    const app::Settings& settings_;
    const std::optional<MapInUse>& map_;
    std::vector<Finding> findings_;
};

bool leads_to(const std::string& endpoint, const PostfixFacts& postfix, const app::ListenAddress& server) {
    if (server.kind == app::ListenAddress::Kind::kInet) {
        const auto address = app::ListenAddress::parse(endpoint);
        if (!address || address->kind != server.kind || address->port != server.port) return false;
        return address->host == server.host || server.host == "0.0.0.0" || server.host == "::";
    }
    const std::size_t colon = endpoint.find(':');
    if (endpoint.substr(0, colon) != "unix" && endpoint.substr(0, colon) != "local") return false;
    const std::string path = endpoint.substr(colon + 1);
    if (path == server.path) return true;
    return std::any_of(postfix.clients.begin(), postfix.clients.end(), [&](const auto& client) {
        return path_seen_by(client, postfix, path) == server.path;
    });
}

}  // namespace

std::string path_seen_by(const PostfixFacts::Client& client, const PostfixFacts& postfix,
                         const std::string& path) {
    const std::string folder = postfix.parameter("queue_directory");
    if (path.empty() || path[0] != '/') return folder + "/" + path;
    return client.chrooted ? folder + path : path;
}

std::optional<MapInUse> map_in_use(const PostfixFacts& postfix, const app::Settings& settings) {
    for (const PolicyMap& map : socketmaps_of(postfix.parameter("smtp_tls_policy_maps"))) {
        for (const app::ListenAddress& server : settings.server.listen) {
            if (!leads_to(map.endpoint, postfix, server)) continue;
            const auto profile = settings.profiles.find(map.name);
            return MapInUse{map, server, profile == settings.profiles.end() ? nullptr : &profile->second};
        }
    }
    return std::nullopt;
}

std::string fitting_map(const PostfixFacts& postfix) {
    return std::string("postfix") + (has_dnssec(postfix) ? "-dane" : "") +
           (postfix.version >= kTlsrpt ? "-tlsrpt" : "");
}

std::vector<std::string> fitting_lines(const PostfixFacts& postfix, const app::Settings& settings) {
    std::vector<std::string> lines;
    const std::string level = postfix.parameter("smtp_tls_security_level");
    if (level.empty() || level == "none") lines.emplace_back("smtp_tls_security_level = may");
    app::ListenAddress server = settings.server.listen.front();
    if (server.host == "0.0.0.0") server.host = "127.0.0.1";
    if (server.host == "::") server.host = "::1";
    const std::string folder = postfix.parameter("queue_directory") + "/";
    // A path relative to the queue's folder is right with and without chroot.
    if (server.path.compare(0, folder.size(), folder) == 0) server.path.erase(0, folder.size());
    lines.push_back("smtp_tls_policy_maps = socketmap:" + server.text() + ":" + fitting_map(postfix));
    return lines;
}

std::vector<Finding> diagnose(const PostfixFacts& postfix, const app::Settings& settings,
                              const std::optional<MapInUse>& map) {
    return Doctor(postfix, settings, map).diagnose();
}

Findings diagnose(const std::vector<Part>& parts, const app::Settings& settings) {
    Findings out, plain;
    for (const Part& part : parts) {
        const std::string& services = part.postfix.services;
        for (Finding& finding : diagnose(part.postfix, settings, part.map)) {
            if (std::find(plain.begin(), plain.end(), finding) != plain.end()) continue;
            if (services.empty() || finding.verdict == Verdict::kOk) plain.push_back(finding);
            if (!services.empty()) finding.text.insert(0, services + " (master.cf): ");
            out.push_back(std::move(finding));
        }
    }
    return out;
}

std::vector<Part> parts_in_use(const PostfixFacts& postfix, const app::Settings& settings) {
    std::vector<Part> out;
    for (PostfixFacts& part : parts_of(postfix)) {
        auto map = map_in_use(part, settings);
        out.push_back({std::move(part), std::move(map)});
    }
    return out;
}

}  // namespace ctl
