// SPDX-License-Identifier: MIT
// mta-stsctl doctor against a postconf that is a script here.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <map>
#include <nlohmann/json.hpp>

#include "ctl/diagnosis.h"
#include "ctl/socket_reach.h"
#include "tests/ctl/running_daemon.h"

using ctl::Finding;
using ctl::PostfixFacts;
using testing_support::DaemonWorld;
using testing_support::Ended;
using testing_support::RunningDaemon;

namespace {

PostfixFacts postfix(const std::string& version, const std::map<std::string, std::string>& changes) {
    PostfixFacts out;
    out.version_text = version;
    out.version = ctl::parse_postfix_version(version);
    out.parameters = {
        {"mail_version", version},
        {"smtp_tls_security_level", "may"},
        {"smtp_tls_CAfile", SOURCE_DIR "/README.md"},
        {"smtp_tls_policy_maps", "hash:/etc/postfix/tls, socketmap:inet:127.0.0.1:8461:postfix"},
        {"mail_owner", "postfix"},
        {"queue_directory", "/var/spool/postfix"}};
    for (const auto& [name, value] : changes)
        out.parameters[name] = value;
    out.clients = {{"smtp", true}, {"relay", false}};
    return out;
}

/// "map:wrong tlsrpt:warning": what is not right.
std::string complaints(const PostfixFacts& facts, const app::Settings& settings) {
    std::string out;
    for (const Finding& finding : ctl::diagnose(facts, settings, ctl::map_in_use(facts, settings))) {
        if (finding.verdict == Finding::Verdict::kOk) continue;
        CHECK(!finding.remedy.empty());
        out += (out.empty() ? "" : " ") + finding.point + ":" + std::string(to_string(finding.verdict));
    }
    return out;
}

/// The same of every service: one line for each complaint.
std::string complaints_of_all(const PostfixFacts& facts) {
    const app::Settings settings = app::default_settings();
    std::string out;
    for (const Finding& finding : ctl::diagnose(ctl::parts_in_use(facts, settings), settings)) {
        if (finding.verdict == Finding::Verdict::kOk) continue;
        CHECK(!finding.remedy.empty());
        out += finding.point + ":" + std::string(to_string(finding.verdict)) + " " + finding.text + "\n";
    }
    return out;
}

std::string map_line(const std::string& name) {
    return "socketmap:inet:127.0.0.1:8461:" + name;
}

}  // namespace

TEST_CASE("a Postfix and its map fit together, or it is said what does not") {
    struct Row {
        std::string version;
        std::map<std::string, std::string> changes;
        std::string complaints, fitting;
    };
    const std::map<std::string, std::string> kDnssec = {{"smtp_dns_support_level", "dnssec"}};
    const std::string kMaps = "smtp_tls_policy_maps", kLevel = "smtp_tls_security_level",
                      kSupport = "smtp_dns_support_level";
    const std::vector<Row> rows = {
        {"3.7.11", {}, "", "postfix"},
        {"3.7.11", {{kMaps, map_line("postfix-tlsrpt")}}, "tlsrpt:wrong", "postfix"},
        {"3.7.11", {{kMaps, map_line("QUERYwithTLSRPT")}}, "tlsrpt:wrong dane:wrong", "postfix"},
        {"3.9.14", {{kMaps, map_line("postfix-tlsrpt")}}, "tlsrpt:wrong", "postfix"},
        {"3.10.3", {}, "tlsrpt:warning", "postfix-tlsrpt"},
        {"3.10.13", {{kMaps, map_line("postfix-tlsrpt")}}, "", "postfix-tlsrpt"},
        {"3.12-20260821",
         {{kMaps, map_line("postfix-tlsrpt")}, {"smtp_tls_enforce_sts_mx_patterns", "no"}},
         "tlsrpt:warning",
         "postfix-tlsrpt"},
        {"3.10.3",
         {{kSupport, "dnssec"}, {kMaps, map_line("postfix-dane-tlsrpt")}},
         "",
         "postfix-dane-tlsrpt"},
        {"3.9.2", {{kSupport, "dnssec"}}, "dane:warning", "postfix-dane"},
        {"3.9.2", {{kSupport, "dnssec"}, {kMaps, map_line("QUERY")}}, "", "postfix-dane"},
        {"3.7.11", {{kSupport, "dnssec"}, {kMaps, map_line("QUERY")}}, "dane:warning", "postfix-dane"},
        {"3.7.11", {{kSupport, "dnssec"}, {kMaps, map_line("QUERY")}, {kLevel, "dane"}}, "", "postfix-dane"},
        {"3.9.2", {{kMaps, map_line("postfix-dane")}}, "dane:wrong", "postfix"},
        {"3.9.2", {{kLevel, "dane"}}, "level:wrong", "postfix"},
        {"3.9.2", {{kLevel, ""}}, "level:warning", "postfix"},
        {"3.9.2", {{kLevel, ""}, {"smtp_use_tls", "yes"}}, "", "postfix"},
        {"3.3.0", {}, "version:wrong sni:wrong", "postfix"},
        {"3.9.2", {{"smtp_tls_CAfile", ""}}, "ca:wrong", "postfix"},
        {"3.9.2", {{"smtp_tls_CAfile", "/nonexistent"}}, "ca:wrong", "postfix"},
        {"3.9.2", {{"smtp_tls_CAfile", ""}, {"smtp_tls_CApath", "/nonexistent"}}, "ca:wrong", "postfix"},
        {"3.9.2",
         {{"smtp_tls_CAfile", ""}, {"smtp_tls_CApath", "/tests"}, {"queue_directory", SOURCE_DIR}},
         "ca:wrong",  // there is no /tests
         "postfix"},
        {"3.9.2",
         {{"smtp_tls_CAfile", ""}, {"smtp_tls_CApath", "/etc"}, {"queue_directory", "/nonexistent"}},
         "ca:wrong",  // smtp is chrooted
         "postfix"},
        {"3.9.2",
         {{"smtp_tls_CAfile", ""}, {"smtp_tls_CApath", "/etc"}, {"queue_directory", "/."}},
         "",
         "postfix"},
        {"3.9.2", {{kMaps, ""}}, "map:wrong", "postfix"},
        {"3.9.2", {{kMaps, "socketmap:inet:127.0.0.1:8642:QUERY"}}, "map:wrong", "postfix"},
        {"3.9.2", {{kMaps, map_line("postfx")}}, "map:wrong", "postfix"},
        {"3.9.2", {{kMaps, "proxy:" + map_line("postfix")}}, "map:warning", "postfix"},
        {"3.9.2", {{kMaps, "socketmap:inet:localhost:8461:postfix"}}, "", "postfix"},
    };
    const app::Settings settings = app::default_settings();
    for (const Row& row : rows) {
        const PostfixFacts facts = postfix(row.version, row.changes);
        CAPTURE(row.version);
        CAPTURE(facts.parameter(kMaps));
        CAPTURE(facts.parameter(kLevel));
        CHECK(complaints(facts, settings) == row.complaints);
        CHECK(ctl::fitting_map(facts) == row.fitting);
    }
}

TEST_CASE("what master.cf sets for one service is judged for that service") {
    using Own = std::map<std::string, std::string>;
    const std::string kMaps = "smtp_tls_policy_maps";
    struct Row {
        std::vector<PostfixFacts::Client> clients;
        std::string complaints;
    };
    const Own kEmpty = {{kMaps, ""}}, kTlsrpt = {{kMaps, map_line("postfix-tlsrpt")}},
              kNoCa = {{"smtp_tls_CAfile", ""}}, kNone = {{"smtp_tls_security_level", "none"}};
    const std::vector<Row> rows = {
        {{{"smtp", true}, {"relay", true}}, ""},
        {{{"smtp", true}, {"relay", true, kEmpty}},
         "map:warning relay (master.cf): smtp_tls_policy_maps is empty: it looks no policy up\n"},
        {{{"smtp", true}, {"relay", true, kTlsrpt}, {"slow", false, kTlsrpt}},
         "tlsrpt:wrong relay, slow (master.cf): the map postfix-tlsrpt has TLSRPT attributes, which Postfix "
         "before 3.10 refuses: mail to every domain with a policy waits\n"},
        {{{"smtp", true}, {"relay", true, kNone}},
         "level:warning relay (master.cf): smtp_tls_security_level = none: without a policy mail goes in "
         "clear "
         "text\n"},
        {{{"smtp", true, kNoCa}},
         "ca:wrong smtp (master.cf): smtp_tls_CAfile and smtp_tls_CApath are empty: no certificate is "
         "trusted, "
         "mail to every domain with a policy waits\n"},
    };
    for (const Row& row : rows) {
        PostfixFacts facts = postfix("3.7.11", {});
        facts.clients = row.clients;
        CAPTURE(row.complaints);
        CHECK(complaints_of_all(facts) == row.complaints);
    }
    // A main.cf that no service goes by is not judged, and one fault of all is told once.
    PostfixFacts facts = postfix("3.7.11", {{kMaps, ""}, {"smtp_tls_CAfile", ""}});
    facts.clients = {{"smtp", true, {{kMaps, map_line("postfix")}}}};
    CHECK(complaints_of_all(facts).find("map:") == std::string::npos);
    facts = postfix("3.7.11", {{"smtp_tls_CAfile", ""}});
    facts.clients = {{"smtp", true}, {"relay", true, kEmpty}};
    const std::string twice = complaints_of_all(facts);
    CHECK(twice.find("ca:wrong") == twice.rfind("ca:wrong"));
}

TEST_CASE("a unix socket is looked for where smtp(8) sees it") {
    const PostfixFacts facts = postfix("3.7.11", {});
    CHECK(ctl::path_seen_by({"smtp", true}, facts, "/mta/sock") == "/var/spool/postfix/mta/sock");
    CHECK(ctl::path_seen_by({"smtp", false}, facts, "/mta/sock") == "/mta/sock");
    CHECK(ctl::path_seen_by({"smtp", true}, facts, "mta/sock") == "/var/spool/postfix/mta/sock");
    CHECK(ctl::path_seen_by({"smtp", false}, facts, "mta/sock") == "/var/spool/postfix/mta/sock");
    const auto settings =
        app::parse_settings("server:\n  listen:\n    - unix:/var/spool/postfix/mta/sock\n", "test");
    CHECK(ctl::fitting_lines(facts, *settings).back() ==
          "smtp_tls_policy_maps = socketmap:unix:mta/sock:postfix");
}

TEST_CASE("who may connect to a socket") {
    const testing_support::TemporaryFolder folder;
    const std::string path = folder.file("sock");
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    const ctl::Account other{::getuid() + 1, {::getgid() + 1}}, in_group{::getuid() + 1, {::getgid()}},
        self{::getuid(), {}};
    ::chmod(folder.path().c_str(), 0755);
    ::chmod(path.c_str(), 0660);
    CHECK(ctl::cannot_connect(in_group, path).empty());
    CHECK(ctl::cannot_connect(self, path).empty());
    CHECK(ctl::cannot_connect(other, path) == "it may not write to " + path);
    ::chmod(path.c_str(), 0666);
    CHECK(ctl::cannot_connect(other, path).empty());
    ::chmod(folder.path().c_str(), 0700);
    CHECK(ctl::cannot_connect(other, path) == "it may not pass through " + folder.path());
    CHECK(ctl::cannot_connect(self, folder.file("none")) ==
          folder.file("none") + ": No such file or directory");
    CHECK(ctl::cannot_connect(self, folder.path()) == folder.path() + " is no socket");
    ::close(listener);
}

TEST_CASE("the program asks postconf, the daemon and the clock") {
    DaemonWorld world;
    const std::string postconf = world.folder.file("postconf");
    std::string services;
    const auto write_postconf = [&](const std::string& version, const std::string& map, const char* chroot) {
        world.write(
            "postconf",
            "#!/bin/sh\n[ \"$1 $2\" = '-c /main' ] || exit 1\nshift 2\ncase $1 in\n"
            "-x) shift; for name; do case $name in\nmail_version) echo mail_version = " +
                version +
                ";;\nsmtp_tls_security_level) echo 'smtp_tls_security_level = may';;\n"
                "smtp_tls_CAfile) echo smtp_tls_CAfile = " SOURCE_DIR
                "/README.md;;\nsmtp_tls_policy_maps) echo smtp_tls_policy_maps = " +
                map +
                ";;\nmail_owner) echo mail_owner = root;;\n"
                "queue_directory) echo queue_directory = /nonexistent;;\n"
                "compatibility_level) echo compatibility_level = 3.6;;\nesac; done;;\n"
                "-M) echo 'smtp unix - - " +
                chroot +
                " - - smtp'; echo 'relay unix - - n - - smtp -o smtp_tls_policy_maps='; echo 'smtpd inet n "
                "- y - - smtpd';;\n-Px) " +
                services + ":;;\n*) exit 1;; esac\n");
        ::chmod(postconf.c_str(), 0700);
    };
    const auto doctor = [&] {
        return testing_support::ctl(world,
                                    {"--json", "doctor", "--postconf", postconf, "--postfix-dir", "/main"});
    };
    const auto verdicts = [](const Ended& ended) {
        std::map<std::string, std::string> out;
        const auto json = nlohmann::json::parse(ended.out);
        for (const auto& finding : json["findings"])
            out[finding["point"]] = finding["verdict"];
        return out;
    };
    const std::string socket = world.folder.file("socketmap");
    write_postconf("3.7.11", "socketmap:unix:" + socket + ":postfix-tlsrpt", "n");
    auto found = verdicts(doctor());
    CHECK(found["tlsrpt"] == "wrong");
    CHECK(found["daemon"] == "wrong");
    CHECK(found["socket"] == "wrong");
    CHECK(found["health"] == "warning");
    CHECK(found["ca"] == "ok");

    const RunningDaemon daemon(world);
    write_postconf("3.7.11", "socketmap:unix:" + socket + ":postfix", "n");
    const Ended fine = doctor();
    found = verdicts(fine);
    CHECK(found.erase("clock") == 1);  // as this machine's may be
    for (const auto& point : found) {
        CAPTURE(point.first);
        CHECK(point.second == "ok");
    }
    CHECK(found.count("socket") == 1);
    std::ifstream in(SOURCE_DIR "/docs/json.md");
    const std::string manual(std::istreambuf_iterator<char>(in), {});
    const std::string ours = manual.substr(manual.find("\n## doctor"));
    for (const char* point : {"version", "level", "ca", "dnssec", "map", "tlsrpt", "dane", "sni", "socket",
                              "daemon", "health", "resolver", "clock"})
        CHECK_MESSAGE(ours.find("`" + std::string(point) + "`") < ours.find("\n## status"), point);
    for (const auto& point : found)
        CHECK(ours.find("`" + point.first + "`") < ours.find("\n## status"));
    CHECK(nlohmann::json::parse(fine.out)["main_cf"] ==
          nlohmann::json({"smtp_tls_policy_maps = socketmap:unix:" + socket + ":postfix"}));

    write_postconf("3.7.11", "socketmap:unix:" + socket + ":postfix", "y");
    CHECK(verdicts(doctor())["socket"] == "wrong");  // it looks below the queue's folder

    services =
        "echo relay/unix/syslog_name = x; echo relay/unix/smtp_tls_CAfile = /nonexistent;"
        "echo 'relay/unix/smtp_tls_policy_maps = hash:/etc/postfix/tls';";
    write_postconf("3.7.11", "socketmap:unix:" + socket + ":postfix", "n");
    const Ended own = doctor();
    CHECK(own.status == 1);
    CHECK(own.out.find("relay (master.cf): smtp_tls_CAfile = /nonexistent cannot be read") !=
          std::string::npos);
    CHECK(own.out.find("relay (master.cf): no table of smtp_tls_policy_maps = hash:/etc/postfix/tls leads to "
                       "this daemon") != std::string::npos);
    CHECK(own.out.find("relay (master.cf): Postfix") == std::string::npos);
    services.clear();
    write_postconf("3.7.11", "socketmap:unix:" + socket + ":postfix", "y");

    const Ended text =
        testing_support::ctl(world, {"doctor", "--postconf", postconf, "--postfix-dir", "/main"});
    CHECK(text.status == 1);
    CHECK(text.out.find("ok\tversion\tPostfix 3.7.11\t-\n") == 0);
    CHECK(text.out.find('\033') == std::string::npos);
    const Ended none = testing_support::ctl(world, {"doctor", "--postconf", "/nonexistent"});
    CHECK(none.status == 2);
    world.write("postconf", "#!/bin/sh\nexit 1\n");
    CHECK(doctor().status == 2);
}
