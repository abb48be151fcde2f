// SPDX-License-Identifier: MIT
#pragma once
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/adapters/sqlite_store.h"
#include "tests/support/manual_loop.h"

namespace store_test {

namespace fs = std::filesystem;

inline dns::Name name(const std::string& text) {
    return *dns::Name::parse(text);
}

inline policy::PolicyRecord record(const std::string& domain, const std::string& id = "20260101") {
    policy::PolicyRecord out{name(domain)};
    out.id = id;
    out.mode = sts::Mode::kEnforce;
    out.max_age = 86400;
    out.fetched = testing_support::ManualLoop::kStart;
    out.refresh_at = out.fetched + base::Seconds{40000};
    out.refetch_stage = 2;
    out.asked_day = 20454;
    out.body = "version: STSv1\nmode: enforce\nmx: mx1." + domain + "\nmx: *.example.net.\nmax_age: 86400\n";
    auto policy = sts::parse_policy(out.body);
    REQUIRE(policy);
    out.mx = policy->mx;
    out.lax = !policy->lax.empty();
    out.record_text = "v=STSv1; id=" + id + ";";
    out.last_error = "connect: refused";
    return out;
}

/// A folder that goes when the test ends.
class Folder {
  public:
    Folder() {
        std::string pattern = fs::temp_directory_path() / "mta-stsd-store-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string file(const std::string& leaf = "policies.db") const { return path_ / leaf; }
    /// Databases whose name begins so; not their logs.
    std::vector<std::string> files(const std::string& start) const {
        std::vector<std::string> out;
        for (const auto& entry : fs::directory_iterator(path_)) {
            const std::string leaf = entry.path().filename();
            const bool log = leaf.size() > 4 && leaf.substr(leaf.size() - 4) == "-wal";
            if (!log && leaf.substr(0, start.size()) == start) out.push_back(entry.path());
        }
        return out;
    }

  private:
    fs::path path_;
};

/// A store with its loop; notices are kept.
struct Opened {
    explicit Opened(const std::string& path, app::CacheSync sync = app::CacheSync::kNormal) {
        auto result = app::SqliteStore::open(
            {loop, loop, [this](const std::string& text) { notices.push_back(text); }}, {path, sync});
        if (result) {
            store = *std::move(result);
        } else {
            error = result.error().text;
        }
    }
    /// By domain; fails the test where the store cannot be read.
    std::map<std::string, policy::PolicyRecord> load() {
        std::map<std::string, policy::PolicyRecord> rows;
        const auto done = store->load([&](policy::PolicyRecord&& row) {
            const std::string domain = row.domain.text();
            CHECK(rows.insert({domain, std::move(row)}).second);
        });
        if (!done) FAIL_CHECK(done.error().text);
        return rows;
    }
    /// Empty: it is on disk.
    std::string put(const policy::PolicyRecord& row) {
        std::string outcome = "not called back";
        const auto pending =
            store->put(row, [&](const base::Result<policy::Stored, policy::StoreError>& result) {
                outcome = result ? "" : result.error().text;
            });
        loop.run_ready();
        return outcome;
    }

    testing_support::ManualLoop loop;
    std::vector<std::string> notices;
    std::unique_ptr<app::SqliteStore> store;
    std::string error;
};

inline std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

/// Runs SQL on a file that no store holds.
inline void sql(const std::string& path, const std::string& text) {
    auto db = app::SqliteDb::open(path, app::SqliteDb::Access::kReadWrite);
    REQUIRE(db);
    db->checkpoint_on_close(true);
    CAPTURE(text);
    const auto done = db->run(text);
    if (!done) FAIL(done.error().text);
}

}  // namespace store_test
