// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "daemon/adapters/sqlite_db.h"
#include "daemon/choices.h"
#include "lib/base/clock.h"
#include "lib/base/timers.h"
#include "lib/policy/store.h"

namespace app {

/// Policies in one SQLite file (WAL), held by this process alone. Engine's thread only; open() and load() may
/// run on another thread before it starts. Writes of one turn of the loop are one transaction.
///
/// A damaged file is set aside under the name `FILE.damaged-UTCTIME` with its log, never deleted; what can be
/// read of it goes on in a new file. That may happen in open(), load() or in a write, and blocks meanwhile.
/// Rows that do not fit the grammar are left in the file and not loaded. Limits: a commit that fails fails
/// every put in it; a remove is tried again with the next write.
class SqliteStore final : public policy::Store {
  public:
    struct Options {
        std::string file;  ///< absolute; its directory must exist and be writable; created with mode 0600
        CacheSync sync = CacheSync::kNormal;
    };
    struct Services {
        base::Timers& timers;
        const base::Clock& clock;
        /// What the operator must know and is no failure: a damaged file, rows left out. May be empty.
        std::function<void(const std::string&)> on_notice = {};
        /// During a long load or repair, every 10,000 rows: how many so far. May be empty.
        std::function<void(std::uint64_t)> on_progress = {};
    };

    /// Blocks. Fails with what is wrong and what to do: no directory, no permission, in use, a newer schema,
    /// not ours.
    static base::Result<std::unique_ptr<SqliteStore>, policy::StoreError> open(Services services,
                                                                               const Options& options);

    /// Commits what is queued, without calling back.
    ~SqliteStore() override;
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;

    base::Result<policy::Stored, policy::StoreError> load(
        const std::function<void(policy::PolicyRecord&&)>& each) override;
    [[nodiscard]] base::Pending put(const policy::PolicyRecord& record, Done done) override;
    void remove(const dns::Name& domain) override;
    base::Result<std::optional<policy::PolicyRecord>, policy::StoreError> get(
        const dns::Name& domain) override;
    std::uint64_t purge(base::WallTime before) override;

    /// Rows that load() left out.
    std::uint64_t rows_left_out() const { return left_out_; }

  private:
    struct Connection {
        SqliteDb db;
        SqliteStatement put, remove, purge;
    };
    struct Put {
        policy::PolicyRecord record;
        std::uint64_t id;
    };
    using Write = std::variant<Put, dns::Name>;  // a Name: remove it

    SqliteStore(Services services, Options options);
    base::Result<policy::Stored, policy::StoreError> connect();
    base::Result<Connection, SqliteError> try_connect();
    base::Result<policy::Stored, policy::StoreError> repair(const SqliteError& damage);
    SqliteResult load_rows(const std::function<void(policy::PolicyRecord&&)>& each, std::string& last);
    void enqueue(Write write);
    void commit_queued();
    SqliteResult commit(const std::vector<Write>& writes);
    SqliteResult write_all(const std::vector<Write>& writes);
    void keep_removes(std::vector<Write>& writes);
    policy::StoreError failure(const char* what, const SqliteError& error) const;
    void notice(const std::string& text) const;
    static void drop_callback(void* self, std::uint64_t id) noexcept;

    Services services_;
    Options options_;
    std::unique_ptr<Connection> connection_;  // null only after a repair that failed
    std::vector<Write> queue_;
    std::unordered_map<std::uint64_t, Done> waiting_;
    std::uint64_t last_id_ = 0;
    std::uint64_t loaded_ = 0, left_out_ = 0;
    base::Pending commit_timer_;
};

}  // namespace app
