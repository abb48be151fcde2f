// SPDX-License-Identifier: MIT
// Damaged files: set aside, never deleted, and what can be read goes on.
#include <doctest/doctest.h>

#include "tests/daemon/sqlite/store_fixture.h"

using namespace store_test;

namespace {

constexpr std::size_t kPage = 4096;

void fill(const std::string& file, int rows) {
    Opened opened(file);
    REQUIRE(opened.store);
    std::vector<base::Pending> pending;
    for (int i = 0; i < rows; ++i)
        pending.push_back(
            opened.store->put(record("d" + std::to_string(i) + ".example"), [](const auto&) {}));
    opened.loop.run_ready();
}

void overwrite(const std::string& file, std::size_t at, std::size_t length) {
    std::string bytes = read(file);
    REQUIRE(bytes.size() >= at + length);
    for (std::size_t i = at; i < at + length; ++i)
        bytes[i] = static_cast<char>(i * 7 + 0xE1);
    write(file, bytes);
}

}  // namespace

TEST_CASE("damage: a file that is no database is set aside, and the start goes on") {
    for (const std::string& bytes :
         {std::string(5000, 'x'), std::string("SQLite format 3\0garbage", 23), std::string("x")}) {
        CAPTURE(bytes);
        const Folder folder;
        write(folder.file(), bytes);
        {
            Opened opened(folder.file());
            CAPTURE(opened.error);
            REQUIRE(opened.store);
            REQUIRE(opened.notices.size() == 1);
            CHECK(opened.notices[0].find("is damaged") != std::string::npos);
            CHECK(opened.notices[0].find("0 policies") != std::string::npos);
            CHECK(opened.load().empty());
            CHECK(opened.put(record("a.example")) == "");
        }
        const auto aside = folder.files("policies.db.damaged-20260101T000000Z");
        REQUIRE(aside.size() == 1);
        CHECK(read(aside[0]) == bytes);
        CHECK(Opened(folder.file()).load().size() == 1);
    }
}

TEST_CASE("damage: a second damaged file in the same second does not replace the first") {
    const Folder folder;
    for (const std::string bytes : {"first", "second"}) {
        write(folder.file(), bytes);
        CHECK(Opened(folder.file()).store);
    }
    CHECK(folder.files("policies.db.damaged-").size() == 2);
}

TEST_CASE("damage: a bad page costs its rows only; each row left is loaded once") {
    const int rows = 2000;
    const Folder sound;
    fill(sound.file(), rows);
    const std::size_t pages = fs::file_size(sound.file()) / kPage;
    REQUIRE(pages > 50);
    std::size_t hurt = 0;
    for (std::size_t page = 2; page < pages; page += 17) {
        CAPTURE(page);
        const Folder folder;
        fs::copy_file(sound.file(), folder.file());
        overwrite(folder.file(), page * kPage, kPage);
        const std::string bytes = read(folder.file());
        Opened opened(folder.file());
        CAPTURE(opened.error);
        REQUIRE(opened.store);
        const auto loaded = opened.load();
        CHECK(loaded.size() >= rows - 60);
        CHECK(opened.put(record("new.example")) == "");
        CHECK(opened.load().size() == loaded.size() + 1);
        const auto aside = folder.files("policies.db.damaged-");
        if (loaded.size() == rows && aside.empty()) continue;  // a page of the index, not read so far
        ++hurt;
        REQUIRE(aside.size() == 1);
        CHECK(read(aside[0]) == bytes);
        CHECK(opened.notices.size() == 1);
        opened.store.reset();
        Opened again(folder.file());
        CHECK(again.load().size() == loaded.size() + 1);
        CHECK(again.notices.empty());
    }
    CHECK(hurt > 2);
}

TEST_CASE("damage: names that begin alike are rescued from between bad pages too") {
    const Folder folder;
    const int rows = 3000;
    {
        Opened opened(folder.file());
        std::vector<base::Pending> pending;
        for (int i = 0; i < rows; ++i)
            pending.push_back(
                opened.store->put(record("mail-of-" + std::to_string(i) + ".example"), [](const auto&) {}));
        opened.loop.run_ready();
    }
    // The last pages are leaves of the table or the index; some of them go.
    const std::size_t pages = fs::file_size(folder.file()) / kPage;
    for (std::size_t page = pages / 2; page < pages; page += 20)
        overwrite(folder.file(), page * kPage, kPage);
    Opened opened(folder.file());
    REQUIRE(opened.store);
    CHECK(opened.load().size() > rows * 8 / 10);
    CHECK(folder.files("policies.db.damaged-").size() == 1);
}

TEST_CASE("damage: behind a symbolic link, the real file is replaced and the link stays") {
    const Folder folder;
    fs::create_directory(folder.file("real"));
    const std::string real = folder.file("real/policies.db");
    write(real, "no database");
    fs::create_symlink(real, folder.file());
    CHECK(Opened(folder.file()).put(record("a.example")) == "");
    CHECK(fs::is_symlink(folder.file()));
    CHECK(fs::is_regular_file(real));
    CHECK(read(real + ".damaged-20260101T000000Z") == "no database");
    CHECK(Opened(folder.file()).load().size() == 1);
}

TEST_CASE("damage: a file cut short gives the rows that are left") {
    const Folder folder;
    fill(folder.file(), 2000);
    const std::string bytes = read(folder.file());
    write(folder.file(), bytes.substr(0, bytes.size() / 2));
    Opened opened(folder.file());
    REQUIRE(opened.store);
    const auto loaded = opened.load();
    CHECK(loaded.size() > 20);
    CHECK(loaded.size() < 2000);
    CHECK(folder.files("policies.db.damaged-").size() == 1);
}

TEST_CASE("damage: a log of its own goes with the damaged file, and does not get into the new one") {
    const Folder folder;
    const std::string crash = folder.file("crash.db");
    {
        Opened opened(crash);
        REQUIRE(opened.put(record("a.example")) == "");
        fs::copy_file(crash, folder.file());
        fs::copy_file(crash + "-wal", folder.file() + "-wal");
    }
    overwrite(folder.file(), 0, 16);
    Opened opened(folder.file());
    REQUIRE(opened.store);
    (void)opened.load();
    CHECK(opened.put(record("b.example")) == "");
    CHECK(opened.load().count("b.example") == 1);
    CHECK(folder.files("policies.db.damaged-").size() >= 1);
}

TEST_CASE("damage: a database without its table is set aside") {
    const Folder folder;
    fill(folder.file(), 1);
    sql(folder.file(), "DROP TABLE policies; CREATE TABLE policies (x)");
    Opened opened(folder.file());
    CAPTURE(opened.error);
    REQUIRE(opened.store);
    CHECK(opened.load().empty());
    CHECK(folder.files("policies.db.damaged-").size() == 1);
}

TEST_CASE("damage: found in the middle of a write, it costs no put") {
    const Folder folder;
    fill(folder.file(), 2000);
    // Every page behind the schema: what the write needs cannot be read.
    overwrite(folder.file(), kPage, fs::file_size(folder.file()) - kPage);
    Opened opened(folder.file());
    REQUIRE(opened.store);
    CHECK(opened.put(record("new.example")) == "");
    CHECK(opened.notices.size() == 1);
    CHECK(opened.load().count("new.example") == 1);
}

TEST_CASE("damage: rows outside the grammar are left out, counted, and replaced by the next put") {
    const char* const changes[] = {
        "domain='D1.example' WHERE domain='d1.example'",
        "domain='a b' WHERE domain='d1.example'",
        "domain='d1.example.' WHERE domain='d1.example'",
        "id='not alnum' WHERE domain='d1.example'",
        "mode=3 WHERE domain='d1.example'",
        "mode=1 WHERE domain='d1.example'",
        "mode='x' WHERE domain='d1.example'",
        "max_age=-1 WHERE domain='d1.example'",
        "max_age=5 WHERE domain='d1.example'",
        "fetched=9223372036854775807 WHERE domain='d1.example'",
        "refresh_at=-1 WHERE domain='d1.example'",
        "refetch_stage=3 WHERE domain='d1.example'",
        "asked_day=4294967296 WHERE domain='d1.example'",
        "body='version: STSv1' WHERE domain='d1.example'",
        "body=x'' WHERE domain='d1.example'",
        "body=5 WHERE domain='d1.example'",
    };
    for (const std::string change : changes) {
        CAPTURE(change);
        const Folder folder;
        fill(folder.file(), 3);
        sql(folder.file(), "UPDATE policies SET " + change);
        Opened opened(folder.file());
        REQUIRE(opened.store);
        CHECK(opened.load().size() == 2);
        CHECK(opened.store->rows_left_out() == 1);
        CHECK(opened.notices.size() == 1);
        CHECK(folder.files("policies.db.damaged-").empty());
        CHECK(opened.put(record("d1.example")) == "");
        CHECK(opened.load().size() == 3);
    }
}
