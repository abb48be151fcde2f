// SPDX-License-Identifier: MIT
// mta-stsctl cache stats, export and import, between two daemons.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/adapters/system_clock.h"
#include "daemon/admin/policy_exchange.h"
#include "daemon/admin/utc_text.h"
#include "tests/ctl/running_daemon.h"
#include "tests/lib/policy/policy_records.h"

using Json = nlohmann::ordered_json;
using testing_support::BlockingClient;
using testing_support::ctl;
using testing_support::DaemonWorld;
using testing_support::Ended;
using testing_support::RunningDaemon;

namespace {

const std::string kSecure = "OK secure match=mx.example.net servername=hostname";

std::string now_text(base::Seconds ago = base::Seconds{0}) {
    return app::utc_text(app::SystemClock().wall() - ago);
}

std::vector<std::string> sorted_lines(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    return lines;
}

}  // namespace

TEST_CASE("an export of one daemon is an import of another") {
    DaemonWorld world;
    std::string exported;
    {
        const RunningDaemon daemon(world);
        BlockingClient client(world.folder.file("socketmap"));
        client.ask("postfix a.example");
        client.ask("postfix b.example");
        client.ask("postfix none.example");
        const Ended ended = ctl(world, {"cache", "export"});
        CHECK(ended.status == 0);
        exported = ended.out;
        const auto stats = Json::parse(ctl(world, {"--json", "cache", "stats"}).out);
        CHECK(stats["policies"] == 2);
        CHECK(stats["enforce"] == 2);
        CHECK(stats["no_policy"] == 1);
        CHECK(stats["asked_for_today"] == 2);
        CHECK(stats["expire_within_7d"] == 2);
    }
    CHECK(std::count(exported.begin(), exported.end(), '\n') == 2);
    CHECK(exported.find(
              "\"body\":\"version: STSv1\\nmode: enforce\\nmx: mx.example.net\\nmax_age: 86400\\n\"") !=
          std::string::npos);

    DaemonWorld other;
    {
        const RunningDaemon daemon(other);
        const Ended ended = ctl(other, {"cache", "import", "-"}, exported);
        CHECK(ended.err == "");
        CHECK(ended.out == "taken: 2\nknown: 0\nexpired: 0\nno_room: 0\ninvalid: 0\n");
        CHECK(ended.status == 0);
        CHECK(Json::parse(ctl(other, {"--json", "cache", "import", "-"}, exported).out)["known"] == 2);
    }
    const RunningDaemon again(other);  // they are on its disk
    CHECK(BlockingClient(other.folder.file("socketmap")).ask("postfix a.example") == kSecure);
    CHECK(sorted_lines(ctl(other, {"cache", "export"}).out) == sorted_lines(exported));
}

TEST_CASE("what is not right in an export is told, the rest is taken") {
    DaemonWorld world;
    const RunningDaemon daemon(world);
    const std::string body =
        "\"body\":\"version: STSv1\\nmode: enforce\\nmx: mx.example.net\\nmax_age: 86400\\n\"";
    const std::string fetched = "\"fetched\":\"" + now_text() + "\",";
    const std::string text = "{\"domain\":\"good.example\",\"id\":\"1\"," + fetched + body +
                             "}\n"
                             "{\"domain\":\"old.example\",\"id\":\"1\",\"fetched\":\"" +
                             now_text(base::Seconds{86401}) + "\"," + body +
                             "}\n# a comment\nno JSON\n"
                             "{\"domain\":\"10.0.0.1\",\"id\":\"1\"," +
                             fetched + body +
                             "}\n"
                             "{\"domain\":\"b.example\",\"id\":\"a b\"," +
                             fetched + body +
                             "}\n"
                             "{\"domain\":\"c.example\",\"id\":\"1\"," +
                             body +
                             "}\n"
                             "{\"domain\":\"d.example\",\"id\":\"1\"," +
                             fetched +
                             "\"body\":\"version: STSv1\\n\"}\n"
                             "{\"domain\":\"e.example\",\"id\":\"1\"," +
                             fetched + "\"mode\":\"enforce\"}\n";
    const Ended ended = ctl(world, {"--json", "cache", "import", "-"}, text);
    CHECK(ended.out == "{\"taken\":1,\"known\":0,\"expired\":1,\"no_room\":0,\"invalid\":6}\n");
    CHECK(ended.status == 1);
    for (const char* what : {"line 4 is no policy", "10.0.0.1: no domain", "b.example: id is",
                             "c.example: fetched", "d.example: ", "e.example: body"}) {
        CHECK_MESSAGE(ended.err.find(what) != std::string::npos, what);
    }
    CHECK(ctl(world, {"cache", "import", "-"}, "\n# nothing\n").status == 2);
    CHECK(ctl(world, {"cache", "import", "/nonexistent"}).status == 2);
}

TEST_CASE("a list of domains is looked up") {
    DaemonWorld world;
    const RunningDaemon daemon(world);
    std::string list = "# ours\na.example\r\nB.example.\nnone.example\n\nnot a domain\n";
    Ended ended = ctl(world, {"--json", "cache", "import", "-"}, list);
    CHECK(ended.out == "{\"policies\":2,\"no_policy\":1,\"known\":0,\"invalid\":1}\n");
    CHECK(ended.err.find("not a domain") != std::string::npos);
    CHECK(ended.status == 1);
    ended = ctl(world, {"cache", "import", "-"}, "a.example\nnone.example\n");
    CHECK(ended.out == "policies: 0\nno_policy: 0\nknown: 2\ninvalid: 0\n");
    CHECK(ended.status == 0);
    CHECK(Json::parse(ctl(world, {"--json", "cache", "stats"}).out)["asked_for_within_30d"] == 0);

    // Bytes that are no UTF-8 spoil their own line only.
    ended = ctl(world, {"--json", "cache", "import", "-"},
                "\xff\xfe\nb\xfc"
                "cher.example\na.example\n");
    CHECK(ended.out == "{\"policies\":0,\"no_policy\":0,\"known\":1,\"invalid\":2}\n");
    CHECK(ended.status == 1);
    ended = ctl(world, {"explain", "\xff.example"});
    CHECK(ended.status == 2);
    CHECK(ended.err.find("no domain that can have a policy") != std::string::npos);
}

TEST_CASE("a file to import is read to its end, however long") {
    DaemonWorld world;
    const RunningDaemon daemon(world);
    std::string list = "a.example\n";
    while (list.size() < (std::size_t{5} << 20))
        list += "# " + std::string(1000, '-') + "\n";
    list += "b.example\n";
    world.write("list", list);
    const Ended ended = ctl(world, {"--json", "cache", "import", world.folder.file("list")});
    CHECK(ended.out == "{\"policies\":2,\"no_policy\":0,\"known\":0,\"invalid\":0}\n");
    CHECK(ended.status == 0);
}

TEST_CASE("a policy is the same after export and import, whatever bytes are in it") {
    for (const char* extra : {"", "note: \xc3\xbc\n", "note: \xff\xfe\n"}) {
        policy::PolicyRecord record = testing_support::enforce_record("example.com");
        record.body = extra + record.body;
        const auto parsed = sts::parse_policy(record.body);
        if (!parsed) continue;  // a parser that refuses such bytes never has them in the cache
        record.mx = parsed->mx;
        record.asked_day = 20454;
        const auto back = app::imported_policy(Json::parse(app::exported_policy(record).dump()));
        REQUIRE_MESSAGE(back.has_value(), back.error());
        CHECK(back->body == record.body);
        CHECK(back->mx.size() == record.mx.size());
        CHECK(back->fetched == record.fetched);
        CHECK(back->asked_day == record.asked_day);
        CHECK(back->max_age == record.max_age);
        CHECK(back->id == record.id);
    }
}
