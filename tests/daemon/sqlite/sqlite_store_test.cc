// SPDX-License-Identifier: MIT
#include "daemon/adapters/sqlite_store.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/daemon/sqlite/store_fixture.h"

using namespace store_test;
using base::Seconds;

TEST_CASE("store: a policy comes back as it was put, with mx and lax from its body") {
    const Folder folder;
    const auto row = record("example.com");
    {
        Opened opened(folder.file());
        REQUIRE(opened.store);
        CHECK(opened.load().empty());
        CHECK(opened.put(row) == "");
    }
    Opened again(folder.file());
    REQUIRE(again.store);
    const auto rows = again.load();
    REQUIRE(rows.size() == 1);
    const auto& got = rows.begin()->second;
    CHECK(got.domain == row.domain);
    CHECK(got.id == row.id);
    CHECK(got.mode == row.mode);
    CHECK(got.lax);
    CHECK(got.max_age == row.max_age);
    CHECK(got.fetched == row.fetched);
    CHECK(got.refresh_at == row.refresh_at);
    CHECK(got.refetch_stage == 2);
    CHECK(got.asked_day == row.asked_day);
    CHECK(got.body == row.body);
    REQUIRE(got.mx.size() == 2);
    CHECK(std::string(got.mx[1].in(got.body)) == "*.example.net");
    CHECK(got.record_text.empty());  // for an operator's question only
    const auto whole = again.store->get(row.domain);
    REQUIRE((whole && *whole));
    CHECK((*whole)->record_text == row.record_text);
    CHECK((*whole)->last_error == row.last_error);
    CHECK(again.notices.empty());
}

TEST_CASE("store: a second put replaces, remove removes, in the order of the calls") {
    const Folder folder;
    {
        Opened opened(folder.file());
        CHECK(opened.put(record("a.example", "one")) == "");
        const auto first = opened.store->put(record("a.example", "two"), [](const auto&) {});
        const auto second = opened.store->put(record("b.example"), [](const auto&) {});
        opened.store->remove(name("b.example"));
        opened.store->remove(name("c.example"));
        const auto third = opened.store->put(record("c.example"), [](const auto&) {});
        opened.loop.run_ready();
    }
    const auto rows = Opened(folder.file()).load();
    CHECK(rows.size() == 2);
    CHECK(rows.at("a.example").id == "two");
    CHECK(rows.count("c.example") == 1);
}

TEST_CASE(
    "store: the puts of one turn are called back later, together, once, and not after their Pending is "
    "gone") {
    const Folder folder;
    {
        Opened opened(folder.file());
        int called = 0;
        base::Pending second, third;
        const auto first = opened.store->put(record("a.example"), [&](const auto&) {
            ++called;
            second.reset();
            third = opened.store->put(record("d.example"), [&](const auto&) { called += 10; });
        });
        second = opened.store->put(record("b.example"), [&](const auto&) { called += 100; });
        {
            const auto dropped = opened.store->put(record("c.example"), [&](const auto&) { called += 1000; });
        }
        CHECK(called == 0);
        opened.loop.run_ready();
        CHECK(called == 11);
        opened.loop.run_ready();
        CHECK(called == 11);
    }
    CHECK(Opened(folder.file()).load().size() == 4);  // a dropped callback is not a dropped write
}

TEST_CASE("store: one row is what the calls before it leave, on disk or not yet") {
    const Folder folder;
    Opened opened(folder.file());
    const auto get = [&opened](const std::string& domain) {
        const auto row = opened.store->get(name(domain));
        REQUIRE(row);
        return *row ? (*row)->id + " " + (*row)->record_text + " " + (*row)->last_error : "none";
    };
    CHECK(get("a.example") == "none");
    CHECK(opened.put(record("a.example", "one")) == "");
    CHECK(opened.put(record("b.example", "two")) == "");
    CHECK(get("a.example") == "one v=STSv1; id=one; connect: refused");
    CHECK(get("b.example") == "two v=STSv1; id=two; connect: refused");

    const auto pending = opened.store->put(record("a.example", "three"), [](const auto&) {});
    CHECK(get("a.example") == "three v=STSv1; id=three; connect: refused");
    CHECK(get("b.example") == "two v=STSv1; id=two; connect: refused");
    opened.store->remove(name("a.example"));
    CHECK(get("a.example") == "none");
    opened.loop.run_ready();
    CHECK(get("a.example") == "none");
    CHECK(opened.put(record("a.example", "four")) == "");  // no statement is left open
}

TEST_CASE("store: what is queued when it is destroyed is written") {
    const Folder folder;
    {
        Opened opened(folder.file());
        const auto pending = opened.store->put(record("a.example"), [](const auto&) { FAIL("called back"); });
    }
    CHECK(Opened(folder.file()).load().size() == 1);
}

TEST_CASE("store: a process killed after the callback loses nothing") {
    for (const auto sync : {app::CacheSync::kNormal, app::CacheSync::kFull}) {
        const Folder folder;
        int pipe_ends[2];
        REQUIRE(::pipe(pipe_ends) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            Opened opened(folder.file(), sync);
            for (int i = 0; opened.store && i < 500; ++i) {
                if (opened.put(record("d" + std::to_string(i) + ".example")) != "") break;
                if (::write(pipe_ends[1], "x", 1) != 1) break;
            }
            ::kill(::getpid(), SIGKILL);
        }
        ::close(pipe_ends[1]);
        std::size_t promised = 0;
        char byte = 0;
        while (::read(pipe_ends[0], &byte, 1) == 1)
            ++promised;
        ::close(pipe_ends[0]);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status));
        CHECK(promised == 500);
        Opened again(folder.file());
        REQUIRE(again.store);
        CHECK(again.load().size() == 500);
        CHECK(again.notices.empty());
    }
}

TEST_CASE("store: a full disk fails the puts of that turn only, and a remove is tried again") {
    const Folder folder;
    {
        Opened opened(folder.file());
        REQUIRE(opened.put(record("keep.example")) == "");
        REQUIRE(opened.put(record("forget.example")) == "");
        rlimit old{};
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
        const auto handler = ::signal(SIGXFSZ, SIG_IGN);
        rlimit small = old;
        small.rlim_cur = 16384;
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
        auto large = record("large.example");
        large.body.insert(0, "comment: " + std::string(60000, 'x') + "\n");
        opened.store->remove(name("forget.example"));
        const std::string refused = opened.put(large);
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
        ::signal(SIGXFSZ, handler);
        CAPTURE(refused);
        CHECK(refused.find("cannot write the database " + folder.file() + ": ") == 0);
        CHECK(opened.put(record("after.example")) == "");
    }
    const auto rows = Opened(folder.file()).load();
    CHECK(rows.size() == 2);
    CHECK(rows.count("keep.example") == 1);
    CHECK(rows.count("after.example") == 1);
}

TEST_CASE("store: purge removes what expired before a time, a bounded number per call") {
    const Folder folder;
    Opened opened(folder.file());
    const auto now = testing_support::ManualLoop::kStart;
    std::vector<base::Pending> pending;
    for (int i = 0; i < 1500; ++i)
        pending.push_back(
            opened.store->put(record("d" + std::to_string(i) + ".example"), [](const auto&) {}));
    auto young = record("young.example");
    young.fetched = now + Seconds{1};
    pending.push_back(opened.store->put(young, [](const auto&) {}));
    opened.loop.run_ready();
    CHECK(opened.store->purge(now + Seconds{86400}) == 0);
    std::uint64_t removed = 0, last = 0;
    while ((last = opened.store->purge(now + Seconds{86401})) > 0) {
        CHECK(last <= 200);
        removed += last;
    }
    CHECK(removed == 1500);
    CHECK(opened.load().size() == 1);
}

TEST_CASE("store: a long load reports progress") {
    const Folder folder;
    std::vector<std::uint64_t> progress;
    testing_support::ManualLoop loop;
    auto store =
        app::SqliteStore::open({loop, loop, {}, [&](std::uint64_t rows) { progress.push_back(rows); }},
                               {folder.file(), app::CacheSync::kNormal});
    REQUIRE(store);
    std::vector<base::Pending> pending;
    for (int i = 0; i < 20001; ++i)
        pending.push_back((*store)->put(record("d" + std::to_string(i) + ".example"), [](const auto&) {}));
    loop.run_ready();
    std::uint64_t rows = 0;
    CHECK((*store)->load([&](policy::PolicyRecord&&) { ++rows; }).has_value());
    CHECK(rows == 20001);
    CHECK(progress == std::vector<std::uint64_t>{10000, 20000});
}

TEST_CASE("store: a start that cannot work says what to do") {
    const Folder folder;
    CHECK(Opened(folder.file("none/policies.db")).error.find("No such file or directory; create it") !=
          std::string::npos);
    write(folder.file("plain"), "x");
    CHECK(Opened(folder.file("plain/policies.db")).error.find("plain/: Not a directory") !=
          std::string::npos);
    CHECK(fs::is_empty(folder.file("plain")) == false);

    { Opened opened(folder.file()); }
    sql(folder.file(), "PRAGMA user_version=1000");
    const std::string before = read(folder.file());
    const std::string newer = Opened(folder.file()).error;
    CHECK(newer.find("newer version") != std::string::npos);
    CHECK(read(folder.file()) == before);
}

TEST_CASE("store: another program's database is refused and left as it is") {
    const Folder folder;
    write(folder.file(), "");
    sql(folder.file(), "CREATE TABLE theirs (x)");
    const std::string before = read(folder.file());
    CHECK(Opened(folder.file()).error.find("another program") != std::string::npos);
    CHECK(read(folder.file()) == before);
    CHECK(folder.files("policies.db.damaged").empty());
}

TEST_CASE("store: the file is for one process, and its mode is 0600") {
    const Folder folder;
    {
        Opened first(folder.file());
        REQUIRE(first.store);
        struct stat found {};
        REQUIRE(::stat(folder.file().c_str(), &found) == 0);
        CHECK((found.st_mode & 0777U) == 0600);
        REQUIRE(first.put(record("a.example")) == "");
        REQUIRE(::stat((folder.file() + "-wal").c_str(), &found) == 0);
        CHECK((found.st_mode & 0777U) == 0600);

        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            const std::string error = Opened(folder.file()).error;
            ::_exit(error.find("is another mta-stsd running?") != std::string::npos ? 0 : 1);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
        CHECK(first.put(record("b.example")) == "");
    }
    CHECK(Opened(folder.file()).load().size() == 2);
    CHECK_FALSE(fs::exists(folder.file() + "-wal"));
}
