// SPDX-License-Identifier: MIT
// mta-stsctl override add, remove, list: the file, and the daemon that reads it.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/ctl/running_daemon.h"

using testing_support::BlockingClient;
using testing_support::ctl;
using testing_support::DaemonWorld;
using testing_support::Ended;
using testing_support::RunningDaemon;

namespace {

std::string text_of(const DaemonWorld& world) {
    std::ifstream in(world.folder.file("overrides.yml"), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

const std::string kOld = "# Ours\n- domain: old.example # since May\n  action: defer\n  until: 2020-01-01\n";

}  // namespace

TEST_CASE("an override is added, listed with its hits, and removed, while the daemon answers") {
    DaemonWorld world;
    world.write("overrides.yml", kOld);
    const RunningDaemon daemon(world);
    BlockingClient client(world.folder.file("socketmap"));
    CHECK(client.ask("postfix a.example") == "OK secure match=mx.example.net servername=hostname");

    const Ended added = ctl(world, {"override", "add", "A.example.", "pin", "--mx", "mx1.a.example", "--mx",
                                    "*.b.example", "--until", "2090-01-01", "--comment", "ticket: 7"});
    CHECK(added.err == "");
    CHECK(added.out == "reloaded\n");
    CHECK(added.status == 0);
    CHECK(text_of(world) == kOld +
                                "- domain: a.example\n  action: pin\n  mx:\n    - mx1.a.example\n"
                                "    - \"*.b.example\"\n  until: 2090-01-01\n  comment: \"ticket: 7\"\n");
    for (int i = 0; i < 3; ++i)  // on the connection that was open before
        CHECK(client.ask("postfix a.example") ==
              "OK secure match=mx1.a.example:.b.example servername=hostname");

    Ended list = ctl(world, {"override", "list"});
    CHECK(list.out ==
          "old.example\tdefer\texpired\t0\t2020-01-02T00:00:00Z\t-\t-\n"
          "a.example\tpin\tactive\t3\t2090-01-02T00:00:00Z\tmx1.a.example,*.b.example\tticket: 7\n");
    CHECK(list.err == "");
    CHECK(list.status == 1);  // one has expired

    // Another entry comes, and this one goes on counting.
    CHECK(ctl(world, {"override", "add", "*.c.example", "enforce"}).status == 0);
    const auto status = nlohmann::json::parse(ctl(world, {"--json", "status"}).out)["overrides"];
    CHECK(status["entries"] == 3);
    CHECK(status["expired"] == 1);
    CHECK(status["list"][1]["hits"] == 3);
    const auto explained = nlohmann::json::parse(ctl(world, {"--json", "explain", "a.example"}).out);
    CHECK(explained["override"]["hits"] == 3);  // to explain it is no use of it
    CHECK(nlohmann::json::parse(
              ctl(world, {"--json", "explain", "old.example"}).out)["expired_override"]["expired"] == true);

    CHECK(ctl(world, {"override", "remove", "old.example"}).status == 0);
    CHECK(ctl(world, {"override", "remove", "a.example"}).out == "reloaded\n");
    CHECK(text_of(world) == "# Ours\n- domain: \"*.c.example\"\n  action: enforce\n");
    CHECK(client.ask("postfix a.example") == "OK secure match=mx.example.net servername=hostname");
    list = ctl(world, {"--json", "override", "list"});
    CHECK(list.out ==
          "{\"domain\":\"*.c.example\",\"action\":\"enforce\",\"hits\":0,\"state\":\"active\"}\n");
    CHECK(list.status == 0);
}

TEST_CASE("hits are the answers that an enforce override had a part in") {
    DaemonWorld world;
    world.write("overrides.yml", "- {domain: a.example, action: enforce}\n");
    const RunningDaemon daemon(world);
    BlockingClient client(world.folder.file("socketmap"));
    for (const char* key :
         {"a.example", "a.example", "b.example", "x.a.example"})  // first a miss, then a hit
        client.ask(std::string("postfix ") + key);
    const Ended list = ctl(world, {"--json", "override", "list"});
    CHECK(nlohmann::json::parse(list.out)["hits"] == 2);
}

TEST_CASE("a file that the daemon has not read yet is told apart") {
    DaemonWorld world;
    world.write("overrides.yml",
                "- {domain: a.example, action: defer}\n- {domain: b.example, action: defer}\n");
    const RunningDaemon daemon(world);
    world.write("overrides.yml",
                "- {domain: a.example, action: ignore}\n- {domain: c.example, action: defer}\n");
    const Ended list = ctl(world, {"override", "list"});
    CHECK(list.out ==
          "a.example\tignore\tnot-loaded\t-\t-\t-\t-\nc.example\tdefer\tnot-loaded\t-\t-\t-\t-\n"
          "b.example\tdefer\tonly-loaded\t0\t-\t-\t-\n");
    CHECK(list.status == 1);
}

TEST_CASE("without a daemon the file is edited all the same; mode, owner and links stay") {
    DaemonWorld world;
    const std::string real = world.folder.file("real.yml");
    std::ofstream(real) << kOld;
    ::chmod(real.c_str(), 0640);
    REQUIRE(::chown(real.c_str(), ::getuid(), ::getgid()) == 0);
    std::filesystem::remove(world.folder.file("overrides.yml"));
    std::filesystem::create_symlink("real.yml", world.folder.file("overrides.yml"));
    const Ended added = ctl(world, {"override", "add", "a.example", "ignore"});
    CHECK(added.out == "mta-stsd is not running: this counts from its next start\n");
    CHECK(added.status == 0);
    CHECK(text_of(world) == kOld + "- domain: a.example\n  action: ignore\n");
    struct stat info {};
    REQUIRE(::stat(real.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0640);
    CHECK(std::filesystem::is_symlink(world.folder.file("overrides.yml")));
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(world.folder.path()))
        files += entry.path().filename().string().rfind("real.yml", 0) == 0 ? 1 : 0;
    CHECK(files == 1);
    CHECK(ctl(world, {"override", "list"}).out.find("a.example\tignore\tactive\t-\t-") != std::string::npos);

    std::filesystem::remove(world.folder.file("overrides.yml"));
    CHECK(ctl(world, {"override", "add", "a.example", "ignore"}).status == 0);
    CHECK(text_of(world) == "- domain: a.example\n  action: ignore\n");
}

TEST_CASE("what is wrong is refused, and nothing changes") {
    struct Row {
        std::vector<std::string> words;
        std::string before, error;
    };
    const std::vector<Row> rows = {
        {{"add", "old.example", "ignore"}, kOld, "old.example has an override already (defer); --replace"},
        {{"add", "a.example", "drop"}, kOld, "action \"drop\" is unknown; allowed: ignore, enforce"},
        {{"add", "com", "ignore"}, kOld, "domain \"com\" is no mail domain"},
        {{"add", "a.example", "pin"}, kOld, "mx is missing"},
        {{"add", "a.example", "ignore", "--mx", "mx.a.example"}, kOld, "mx is for action pin only"},
        {{"add", "a.example", "ignore", "--until", "tomorrow"}, kOld, "until \"tomorrow\" is no time"},
        {{"add", "a.example", "ignore", "--until", "2020-01-01"}, kOld, "until 2020-01-01 is over already"},
        {{"add", "a.example", "ignore", "--comment", "a\nb"}, kOld, "one line without control characters"},
        {{"remove", "a.example"}, kOld, "a.example has no override"},
        {{"remove", "*.old.example"}, kOld, "*.old.example has no override"},
        {{"add", "a.example", "ignore"},
         "- {domain: b.example, action: drop}\n",
         "overrides.yml:1: b.example"},
        {{"add", "a.example", "ignore"}, "[{domain: b.example, action: ignore}]\n", "edit it by hand"},
    };
    DaemonWorld world;
    for (const Row& row : rows) {
        CAPTURE(row.error);
        world.write("overrides.yml", row.before);
        std::vector<std::string> words = {"override"};
        words.insert(words.end(), row.words.begin(), row.words.end());
        const Ended ended = ctl(world, words);
        CHECK(ended.status == 2);
        CHECK(ended.out == "");
        CHECK_MESSAGE(ended.err.find(row.error) != std::string::npos, ended.err);
        CHECK(text_of(world) == row.before);
    }
    world.write("overrides.yml", kOld);
    CHECK(ctl(world, {"override", "add", "old.example", "ignore", "--replace"}).status == 0);
    CHECK(text_of(world) == "# Ours\n- domain: old.example\n  action: ignore\n");
}

TEST_CASE("a daemon that refuses the reload is told of") {
    DaemonWorld world;
    const RunningDaemon daemon(world);
    std::filesystem::copy_file(world.settings_file(), world.folder.file("good.yml"));
    world.write_settings("nonsense");
    const Ended added =
        ctl(world, {"-c", world.folder.file("good.yml"), "override", "add", "a.example", "ignore"});
    CHECK(added.status == 1);
    CHECK_MESSAGE(added.err.find("mta-stsd has refused to reload") != std::string::npos, added.err);
    CHECK(text_of(world).find("a.example") != std::string::npos);
    const Ended refused = ctl(world, {"-c", world.folder.file("good.yml"), "reload", "--json"});
    CHECK(refused.status == 1);
    const std::string last = "{\"reloaded\":false}\n";
    REQUIRE(refused.out.size() > last.size());
    CHECK(refused.out.substr(refused.out.size() - last.size()) == last);
    CHECK(nlohmann::json::parse(refused.out.substr(0, refused.out.find('\n'))).contains("error"));
    CHECK(
        ctl(world, {"-c", world.folder.file("good.yml"), "override", "remove", "a.example", "--json"}).out ==
        last);
}
