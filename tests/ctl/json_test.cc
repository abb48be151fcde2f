// SPDX-License-Identifier: MIT
// docs/json.md names every field that --json prints.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/ctl/running_daemon.h"

using Json = nlohmann::ordered_json;
using testing_support::BlockingClient;
using testing_support::ctl;
using testing_support::DaemonWorld;
using testing_support::RunningDaemon;

namespace {

/// Objects whose names are data: maps, kinds, libraries.
const std::set<std::string> kByName = {"replies", "lookup_effects", "lookup_failures", "alarms", "versions"};

void check_fields(const Json& value, const std::string& docs) {
    for (const Json& entry : value.is_array() ? value : Json::array())
        check_fields(entry, docs);
    if (!value.is_object()) return;
    for (const auto& field : value.items()) {
        const std::string& name = field.key();
        const Json& inner = field.value();
        CAPTURE(name);
        CHECK(docs.find("`" + name + "`") != std::string::npos);
        if (kByName.count(name) == 0 && name != "dane" && name != "surveys") check_fields(inner, docs);
    }
}

}  // namespace

TEST_CASE("every field stands in the manual of fields, and lines are ASCII") {
    std::ifstream in(SOURCE_DIR "/docs/json.md");
    const std::string docs(std::istreambuf_iterator<char>(in), {});
    DaemonWorld world;
    world.write(
        "overrides.yml",
        "- {domain: a.example, action: pin, mx: [mx.a.example], until: 2090-01-01, comment: \xc3\xbc}\n");
    const RunningDaemon daemon(world);
    BlockingClient client(world.folder.file("socketmap"));
    client.ask("postfix b.example");
    const std::vector<std::vector<std::string>> commands = {
        {"status"},
        {"explain", "a.example"},
        {"explain", "b.example"},
        {"explain", "none.example"},
        {"override", "list"},
        {"override", "add", "c.example", "defer"},
        {"override", "remove", "c.example"},
        {"reload"},
        {"cache", "list"},
        {"cache", "stats"},
        {"cache", "export"},
        {"query", "b.example"},
        {"refresh", "b.example"},
        {"forget", "b.example"},
        {"check", "b.example", "--timeout", "2"},
        {"check", "none.example", "--timeout", "2"},
        {"check-record", "v=STSv1; id=1"},
        {"check-record", "v=STSv1;"},
        {"migrate", world.folder.file("tlspol.yml")},
        {"check-policy", world.folder.file("policy")},
    };
    world.write("tlspol.yml", "server: {prefetch: false}\n");
    world.write("policy", "version: STSv1\n\nmode: enforce\nmx: mx.example.net\nmax_age: 86400\n");
    for (std::vector<std::string> command : commands) {
        CAPTURE(command[0]);
        command.emplace_back("--json");
        std::istringstream lines(ctl(world, command).out);
        std::size_t count = 0;
        for (std::string line; std::getline(lines, line); ++count) {
            for (const char c : line)
                CHECK((c >= 0x20 && c < 0x7f));
            check_fields(Json::parse(line), docs);
        }
        CHECK(count > 0);
    }
}

TEST_CASE("explain names the mail hosts that a policy does not allow") {
    DaemonWorld world;
    // The DNS here does not validate: where that were tested, there would be no survey.
    std::ifstream in(world.settings_file());
    std::string settings(std::istreambuf_iterator<char>(in), {});
    settings.replace(settings.find("dns:\n"), 5, "dns:\n  test_signed: \"\"\n  test_bogus: \"\"\n");
    world.write("mta-stsd.yml", settings);
    const RunningDaemon daemon(world);
    // Without an MX record the domain itself is the mail host, and b.example's policy allows mx.example.net
    // only.
    const auto ended = ctl(world, {"--json", "explain", "b.example"});
    CHECK(Json::parse(ended.out).value("mx_not_covered", Json()) == Json({"b.example"}));
    CHECK(ended.status == 1);
    CHECK(ctl(world, {"explain", "none.example"}).status == 0);
}
