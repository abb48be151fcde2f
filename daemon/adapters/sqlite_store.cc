// SPDX-License-Identifier: MIT
#include "daemon/adapters/sqlite_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/adapters/sqlite_repair.h"
#include "daemon/adapters/sqlite_row.h"
#include "daemon/adapters/sqlite_schema.h"

namespace app {

using policy::Stored;
using policy::StoreError;
using Step = SqliteStatement::Step;

namespace {

constexpr std::uint64_t kProgressRows = 10000;
constexpr off_t kSmallestDatabase = 512;
// Few at a time: each is on a page of its own, and lookups wait meanwhile.
// Reads the row's own expiry as well: a damaged index must not delete what is in force.
constexpr std::string_view kPurge =
    "DELETE FROM policies WHERE domain IN (SELECT domain FROM policies WHERE expires < ?1 LIMIT 200) "
    "AND fetched + max_age < ?1";
constexpr const char* kCacheSize = "PRAGMA cache_size=-16384";       // 16 MiB
constexpr const char* kCacheSizeToLoad = "PRAGMA cache_size=-1024";  // each page is read once
constexpr std::string_view kRemove = "DELETE FROM policies WHERE domain = ?";

// The directory is the administrator's to make: a wrong path must not become an empty database somewhere.
std::optional<std::string> directory_fault(const std::string& file) {
    const std::string folder = file.substr(0, file.rfind('/') + 1);
    struct stat found {};
    if (::stat(folder.c_str(), &found) != 0)
        return folder + ": " + std::system_category().message(errno) +
               "; create it, owned by the daemon's user, or set cache.file";
    if (!S_ISDIR(found.st_mode)) return folder + " is not a directory; set cache.file";
    return std::nullopt;
}

}  // namespace

// ---- opening ----

SqliteStore::SqliteStore(Services services, Options options)
    : services_(std::move(services)), options_(std::move(options)) {}

base::Result<std::unique_ptr<SqliteStore>, StoreError> SqliteStore::open(Services services,
                                                                         const Options& options) {
    if (auto fault = directory_fault(options.file)) return base::Unexpected(StoreError{*std::move(fault)});
    if (const auto created = create_file(options.file); !created)
        return base::Unexpected(StoreError{"cannot create the database: " + created.error()});
    // A repair puts a new file in the place of the real one, not of a link to it.
    Options real = options;
    std::error_code unresolved;
    const auto path = std::filesystem::canonical(options.file, unresolved);
    if (!unresolved) real.file = path.string();
    std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(services), std::move(real)));
    if (const auto done = store->connect(); !done) return base::Unexpected(done.error());
    return store;
}

base::Result<Stored, StoreError> SqliteStore::connect() {
    auto connection = try_connect();
    if (!connection && connection.error().damaged()) return repair(connection.error());
    if (!connection) return base::Unexpected(failure("cannot open", connection.error()));
    connection_ = std::make_unique<Connection>(*std::move(connection));
    return Stored{};
}

base::Result<SqliteStore::Connection, SqliteError> SqliteStore::try_connect() {
    // SQLite takes such a file for an empty one and writes over it.
    struct stat found {};
    if (::stat(options_.file.c_str(), &found) == 0 && found.st_size > 0 && found.st_size < kSmallestDatabase)
        return base::Unexpected(SqliteError{SQLITE_NOTADB, "the file is too short for a database"});
    auto opened = SqliteDb::open(options_.file, SqliteDb::Access::kReadWrite);
    if (!opened) return base::Unexpected(opened.error());
    Connection connection{*std::move(opened), {}, {}, {}};
    SqliteDb& db = connection.db;
    const char* sync = options_.sync == CacheSync::kFull ? "FULL" : "NORMAL";
    // A log that shrinks again after a flood.
    const auto set = db.run(std::string("PRAGMA synchronous=") + sync +
                            "; PRAGMA journal_size_limit=16777216;" + kCacheSize);
    if (!set) return base::Unexpected(set.error());
    const auto state = prepare_schema(db);
    if (!state) return base::Unexpected(state.error());
    if (*state == SchemaState::kForeign)
        return base::Unexpected(
            SqliteError{SQLITE_MISUSE, "it is a database of another program; set cache.file"});
    if (*state == SchemaState::kNewer)
        return base::Unexpected(
            SqliteError{SQLITE_MISUSE,
                        "it was written by a newer version of this program and is never converted "
                        "down; install that version, or set cache.file"});
    if (const auto wal = db.run("PRAGMA journal_mode=WAL; BEGIN EXCLUSIVE; COMMIT"); !wal)
        return base::Unexpected(wal.error());
    if (db.readonly())
        return base::Unexpected(SqliteError{SQLITE_READONLY, "the file or its directory is read-only"});

    for (const auto& [statement, sql] :
         {std::pair{&connection.put, kPutRow}, {&connection.remove, kRemove}, {&connection.purge, kPurge}}) {
        auto prepared = db.prepare(sql);
        if (!prepared) {
            SqliteError error = prepared.error();
            // A table without our columns.
            if (error.code == SQLITE_ERROR) error.code = SQLITE_CORRUPT;
            return base::Unexpected(std::move(error));
        }
        *statement = *std::move(prepared);
    }
    db.checkpoint_on_close(true);
    return connection;
}

base::Result<Stored, StoreError> SqliteStore::repair(const SqliteError& damage) {
    if (connection_) connection_->db.checkpoint_on_close(false);
    connection_.reset();
    const auto repaired = repair_database(options_.file, services_.clock.wall(), services_.on_progress);
    if (!repaired)
        return base::Unexpected(StoreError{"the database " + options_.file + " is damaged (" + damage.text +
                                           ") and cannot be replaced: " + repaired.error()});
    notice("the database " + options_.file + " is damaged (" + damage.text + "): it is kept as " +
           repaired->set_aside + ", and " + std::to_string(repaired->rescued) +
           " policies that could be read go on in a new file");
    auto connection = try_connect();
    if (!connection) return base::Unexpected(failure("cannot open", connection.error()));
    connection_ = std::make_unique<Connection>(*std::move(connection));
    return Stored{};
}

SqliteStore::~SqliteStore() {
    if (!connection_ || queue_.empty()) return;
    if (const auto done = commit(queue_); !done) notice(failure("cannot write", done.error()).text);
}

// ---- loading ----

base::Result<Stored, StoreError> SqliteStore::load(const std::function<void(policy::PolicyRecord&&)>& each) {
    std::string last;
    loaded_ = left_out_ = 0;
    (void)connection_->db.run(kCacheSizeToLoad);
    auto done = load_rows(each, last);
    if (!done && (done.error().damaged() || done.error().unreadable())) {
        if (const auto repaired = repair(done.error()); !repaired) return base::Unexpected(repaired.error());
        done = load_rows(each, last);
    }
    (void)connection_->db.run(kCacheSize);
    if (!done) return base::Unexpected(failure("cannot read", done.error()));
    if (left_out_ > 0)
        notice(std::to_string(left_out_) + " rows of " + options_.file +
               " are not what this program writes: they are left out, and replaced when their domains are "
               "asked for");
    return Stored{};
}

// From behind `last`, which follows.
SqliteResult SqliteStore::load_rows(const std::function<void(policy::PolicyRecord&&)>& each,
                                    std::string& last) {
    auto rows =
        connection_->db.prepare(std::string(kSelectRowsWithoutTexts) + "WHERE domain > ? ORDER BY domain");
    if (!rows) return base::Unexpected(rows.error());
    const std::string begin = last;
    rows->bind(1, begin);
    Step step = Step::kDone;
    while ((step = rows->step()) == Step::kRow) {
        const std::string_view domain = rows->column(0).bytes();
        if (domain <= last) return base::Unexpected(SqliteError{SQLITE_CORRUPT, "rows out of order"});
        last = domain;
        auto record = read_row(*rows, Texts::kLeftOut);
        if (!record) {
            ++left_out_;
            continue;
        }
        each(*std::move(record));
        if (++loaded_ % kProgressRows == 0 && services_.on_progress) services_.on_progress(loaded_);
    }
    if (step == Step::kError) return base::Unexpected(connection_->db.error());
    return SqliteDone{};
}

// ---- writing ----

base::Pending SqliteStore::put(const policy::PolicyRecord& record, Done done) {
    const std::uint64_t id = ++last_id_;
    waiting_.emplace(id, std::move(done));
    enqueue(Put{record, id});
    return {this, &SqliteStore::drop_callback, id};
}

void SqliteStore::remove(const dns::Name& domain) {
    enqueue(domain);
}

void SqliteStore::enqueue(Write write) {
    queue_.push_back(std::move(write));
    if (!commit_timer_)
        commit_timer_ = services_.timers.after(base::Milliseconds{0}, [this] { commit_queued(); });
}

void SqliteStore::drop_callback(void* self, std::uint64_t id) noexcept {
    auto& store = *static_cast<SqliteStore*>(self);
    const auto dropped = store.waiting_.extract(id);
}

void SqliteStore::commit_queued() {
    commit_timer_.reset();
    std::vector<Write> writes = std::exchange(queue_, {});
    const SqliteResult done = commit(writes);
    base::Result<Stored, StoreError> outcome = Stored{};
    if (!done) {
        outcome = base::Unexpected(failure("cannot write", done.error()));
        keep_removes(writes);
    }
    // A callback may put again, or drop others of this round.
    for (const Write& write : writes) {
        const auto* put = std::get_if<Put>(&write);
        if (put == nullptr) continue;
        if (auto waiting = waiting_.extract(put->id); waiting && waiting.mapped()) waiting.mapped()(outcome);
    }
}

// What an operator has forgotten must not come back with the next start.
void SqliteStore::keep_removes(std::vector<Write>& writes) {
    for (Write& write : writes)
        if (auto* domain = std::get_if<dns::Name>(&write)) queue_.emplace_back(std::move(*domain));
}

SqliteResult SqliteStore::commit(const std::vector<Write>& writes) {
    if (!connection_) {
        if (const auto connected = connect(); !connected)
            return base::Unexpected(SqliteError{SQLITE_ERROR, connected.error().text});
    }
    auto done = write_all(writes);
    if (done || !done.error().damaged()) return done;
    if (const auto repaired = repair(done.error()); !repaired)
        return base::Unexpected(SqliteError{SQLITE_ERROR, repaired.error().text});
    return write_all(writes);
}

SqliteResult SqliteStore::write_all(const std::vector<Write>& writes) {
    SqliteDb& db = connection_->db;
    SqliteResult done = db.run("BEGIN IMMEDIATE");
    for (auto write = writes.begin(); done && write != writes.end(); ++write) {
        const auto* put = std::get_if<Put>(&*write);
        SqliteStatement& statement = put != nullptr ? connection_->put : connection_->remove;
        if (put != nullptr) {
            bind_row(statement, put->record);
        } else {
            statement.bind(1, std::get<dns::Name>(*write).text());
        }
        if (statement.step() != Step::kDone) done = base::Unexpected(db.error());
        statement.reset();
    }
    if (done) done = db.run("COMMIT");
    if (!done && !db.autocommit()) (void)db.run("ROLLBACK");
    return done;
}

std::uint64_t SqliteStore::purge(base::WallTime before) {
    if (!connection_) return 0;
    SqliteStatement& statement = connection_->purge;
    statement.bind(1, before.time_since_epoch().count());
    const bool done = statement.step() == Step::kDone;
    const auto error = connection_->db.error();
    statement.reset();
    if (done) return static_cast<std::uint64_t>(connection_->db.changes());
    notice(failure("cannot purge", error).text);
    return 0;
}

// ---- one row ----

base::Result<std::optional<policy::PolicyRecord>, StoreError> SqliteStore::get(const dns::Name& domain) {
    using Row = std::optional<policy::PolicyRecord>;
    const auto queued = std::find_if(queue_.rbegin(), queue_.rend(), [&domain](const Write& write) {
        const auto* put = std::get_if<Put>(&write);
        return (put != nullptr ? put->record.domain : std::get<dns::Name>(write)) == domain;
    });
    if (queued != queue_.rend()) {
        const auto* put = std::get_if<Put>(&*queued);
        return put != nullptr ? Row(put->record) : Row();
    }
    if (!connection_) return base::Unexpected(StoreError{"the database " + options_.file + " is out of use"});
    auto row = connection_->db.prepare(std::string(kSelectRows) + "WHERE domain = ?");
    if (!row) return base::Unexpected(failure("cannot read", row.error()));
    row->bind(1, domain.text());
    switch (row->step()) {
        case Step::kRow:
            return read_row(*row);
        case Step::kDone:
            return Row();
        case Step::kError:
            break;
    }
    return base::Unexpected(failure("cannot read", connection_->db.error()));
}

// ---- words ----

StoreError SqliteStore::failure(const char* what, const SqliteError& error) const {
    std::string text = std::string(what) + " the database " + options_.file + ": ";
    if (error.busy()) return {text + "another process holds it; is another mta-stsd running?"};
    text += error.text;
    if ((error.code & 0xFF) == SQLITE_FULL) text += "; make room on its file system";
    if ((error.code & 0xFF) == SQLITE_CANTOPEN || (error.code & 0xFF) == SQLITE_READONLY)
        text += "; the daemon's user must be able to write it and its directory";
    return {std::move(text)};
}

void SqliteStore::notice(const std::string& text) const {
    if (services_.on_notice) services_.on_notice(text);
}

}  // namespace app
