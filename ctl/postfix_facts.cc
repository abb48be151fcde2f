// SPDX-License-Identifier: MIT
#include "ctl/postfix_facts.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "ctl/child_output.h"

namespace ctl {
namespace {

// NOLINTNEXTLINE(cert-err58-cpp): literals
const std::vector<std::string> kParameters = {"mail_version",
                                              "smtp_tls_security_level",
                                              "smtp_use_tls",
                                              "smtp_tls_CAfile",
                                              "smtp_tls_CApath",
                                              "smtp_dns_support_level",
                                              "smtp_tls_policy_maps",
                                              "smtp_tls_dane_insecure_mx_policy",
                                              "smtp_tls_enforce_sts_mx_patterns",
                                              "compatibility_level",
                                              "mail_owner",
                                              "queue_directory"};

/// The first that knows postconf -P.
constexpr PostfixFacts::Version kServiceParameters{2, 11, 0};

std::vector<std::string> command(const std::string& postconf, const std::string& folder) {
    if (folder.empty()) return {postconf};
    return {postconf, "-c", folder};
}

std::map<std::string, std::string> parse_parameters(const std::string& text) {
    std::map<std::string, std::string> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t equals = line.find(" =");
        if (equals == std::string::npos) continue;
        const std::size_t value = line.find_first_not_of(' ', equals + 2);
        out[line.substr(0, equals)] = value == std::string::npos ? "" : line.substr(value);
    }
    return out;
}

/// Lines of master.cf: service type private unpriv chroot wakeup maxproc command.
std::vector<PostfixFacts::Client> parse_services(const std::string& text, bool chroot_by_default) {
    std::vector<PostfixFacts::Client> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::vector<std::string> fields;
        for (std::string word; words >> word;)
            fields.push_back(word);
        if (fields.size() < 8 || fields[1] != "unix" || fields[7] != "smtp") continue;
        out.push_back({fields[0], fields[4] == "y" || (fields[4] == "-" && chroot_by_default)});
    }
    return out;
}

/// Lines of postconf -P: "relay/unix/smtp_tls_policy_maps = ". Takes what differs from main.cf.
void parse_service_parameters(PostfixFacts& facts, const std::string& text) {
    for (const auto& [path, value] : parse_parameters(text)) {
        const std::size_t type = path.find("/unix/");
        if (type == std::string::npos) continue;
        const std::string name = path.substr(type + 6);
        if (std::find(kParameters.begin(), kParameters.end(), name) == kParameters.end()) continue;
        if (facts.parameter(name) == value) continue;
        for (PostfixFacts::Client& client : facts.clients)
            if (client.name == path.substr(0, type)) client.own_parameters[name] = value;
    }
}

}  // namespace

std::string PostfixFacts::parameter(const std::string& name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second;
}

PostfixFacts::Version parse_postfix_version(std::string_view text) {
    PostfixFacts::Version out;
    for (int* part : {&out.major, &out.minor, &out.patch}) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *part);
        if (error != std::errc()) break;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.empty() || text[0] != '.') break;
        text.remove_prefix(1);
    }
    return out;
}

PostfixFacts read_postfix(const std::string& postconf, const std::string& folder) {
    PostfixFacts out;
    std::vector<std::string> ask = command(postconf, folder);
    ask.emplace_back("-x");
    ask.insert(ask.end(), kParameters.begin(), kParameters.end());
    out.parameters = parse_parameters(child_output(ask));  // unknown ones are left out
    out.version_text = out.parameter("mail_version");
    out.version = parse_postfix_version(out.version_text);
    std::vector<std::string> services = command(postconf, folder);
    services.emplace_back("-M");
    const bool chroot_by_default = parse_postfix_version(out.parameter("compatibility_level")).major < 1;
    out.clients = parse_services(child_output(services), chroot_by_default);
    if (out.version < kServiceParameters) return out;
    std::vector<std::string> own = command(postconf, folder);
    own.emplace_back("-Px");
    parse_service_parameters(out, child_output(own));
    return out;
}

std::vector<PostfixFacts> parts_of(const PostfixFacts& postfix) {
    std::map<std::map<std::string, std::string>, std::vector<PostfixFacts::Client>> groups;
    for (const PostfixFacts::Client& client : postfix.clients)
        groups[client.own_parameters].push_back(client);
    if (groups.empty()) groups[{}];
    std::vector<PostfixFacts> out;
    for (const auto& [own, clients] : groups) {  // the empty set of parameters sorts first
        PostfixFacts part = postfix;
        part.clients = clients;
        for (const auto& [name, value] : own)
            part.parameters[name] = value;
        for (const PostfixFacts::Client& client : clients)
            if (!own.empty()) part.services += (part.services.empty() ? "" : ", ") + client.name;
        out.push_back(std::move(part));
    }
    return out;
}

std::vector<PolicyMap> socketmaps_of(const std::string& policy_maps) {
    std::vector<PolicyMap> out;
    std::string word;
    const auto take = [&out, &word] {
        PolicyMap map;
        map.text = word;
        word.clear();
        std::string rest = map.text;
        map.through_proxy = rest.compare(0, 6, "proxy:") == 0;
        if (map.through_proxy) rest.erase(0, 6);
        if (rest.compare(0, 10, "socketmap:") != 0) return;
        rest.erase(0, 10);
        const std::size_t colon = rest.rfind(':');
        if (colon == std::string::npos) return;
        map.endpoint = rest.substr(0, colon);
        map.name = rest.substr(colon + 1);
        out.push_back(std::move(map));
    };
    for (const char c : policy_maps) {
        if (c == ',' || c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            take();
        } else {
            word += c;
        }
    }
    take();
    return out;
}

}  // namespace ctl
