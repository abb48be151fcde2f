// SPDX-License-Identifier: MIT
#include "daemon/adapters/sqlite_repair.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <optional>
#include <system_error>

#include "daemon/adapters/sqlite_row.h"
#include "daemon/adapters/sqlite_schema.h"

namespace app {
namespace {

using Step = SqliteStatement::Step;

base::Unexpected<std::string> system_error(const std::string& what) {
    return base::Unexpected(what + ": " + std::system_category().message(errno));
}

bool exists(const std::string& path) {
    struct stat unused {};
    return ::lstat(path.c_str(), &unused) == 0;
}

std::string utc_text(base::WallTime now) {
    const std::time_t seconds = static_cast<std::time_t>(now.time_since_epoch().count());
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
    return text;
}

std::string free_name(const std::string& file, base::WallTime now) {
    const std::string wanted = file + ".damaged-" + utc_text(now);
    std::string name = wanted;
    for (int i = 2; exists(name); ++i)
        name = wanted + "-" + std::to_string(i);
    return name;
}

// Copies rows out of a damaged table. Reading in order stops at the first bad page; so it reads from both
// ends, and what lies between them by the first letters of the names, with more letters where that stops too.
class Salvage {
  public:
    Salvage(SqliteDb& from, SqliteDb& to, SqliteStatement& put) : from_(from), to_(to), put_(put) {}

    // False where the new file cannot be written; error() says why.
    bool run() {
        const std::string range =
            std::string(kSelectRows) + "WHERE domain >= ? AND domain < ? ORDER BY domain";
        for (SqliteStatement* read : {&forwards_, &backwards_}) {
            auto prepared = from_.prepare(read == &forwards_ ? range : range + " DESC");
            if (!prepared) return true;  // not even the schema can be read
            *read = *std::move(prepared);
        }
        if (!copy(forwards_, "", kAfterAll)) return false;
        if (whole_) return true;
        low_ = last_;
        if (!copy(backwards_, "", kAfterAll)) return false;
        high_ = last_.empty() ? kAfterAll : last_;
        return copy_longer("");
    }
    const SqliteError& error() const { return error_; }

  private:
    static constexpr std::string_view kLetters = "-.0123456789_abcdefghijklmnopqrstuvwxyz";
    static constexpr std::size_t kMostLetters = 4;
    static constexpr const char* kAfterAll = "\x7F";

    bool copy_longer(const std::string& prefix) {
        if (prefix.size() >= kMostLetters) return true;
        for (const char letter : kLetters)
            if (!copy_prefix(prefix + letter)) return false;
        return true;
    }

    bool copy_prefix(const std::string& prefix) {
        std::string end = prefix;
        ++end.back();
        if (end <= low_ || prefix > high_ || queries_left_ == 0) return true;
        --queries_left_;
        if (!copy(forwards_, prefix, end)) return false;
        if (whole_) return true;
        return copy(backwards_, prefix, end) && copy_longer(prefix);
    }

    bool copy(SqliteStatement& read, const std::string& begin, const std::string& end) {
        read.bind(1, begin);
        read.bind(2, end);
        last_.clear();
        Step step = Step::kDone;
        while (writable_ && (step = read.step()) == Step::kRow) {
            last_ = read.bytes(0);
            if (const auto record = read_row(read)) write(*record);
        }
        whole_ = step == Step::kDone;
        read.reset();
        return writable_;
    }

    void write(const policy::PolicyRecord& record) {
        bind_row(put_, record);
        writable_ = put_.step() == Step::kDone;
        if (!writable_) error_ = to_.error();
        put_.reset();
    }

    SqliteDb& from_;
    SqliteDb& to_;
    SqliteStatement& put_;
    SqliteStatement forwards_, backwards_;
    std::uint32_t queries_left_ = 200000;  // some seconds
    bool whole_ = false;                   // the last range was read to its end
    bool writable_ = true;
    std::string last_, low_, high_;
    SqliteError error_;
};

// Fills the new database; the number of its rows.
base::Result<std::uint64_t, SqliteError> fill(SqliteDb& to, const std::string& damaged) {
    if (const auto done = to.run("PRAGMA journal_mode=WAL"); !done) return base::Unexpected(done.error());
    to.checkpoint_on_close(true);
    if (const auto schema = prepare_schema(to); !schema) return base::Unexpected(schema.error());
    auto from = SqliteDb::open(damaged, SqliteDb::Access::kSalvage);
    if (!from && from.error().busy()) return base::Unexpected(from.error());
    if (!from) return std::uint64_t{0};
    auto put = to.prepare(kPutRow);
    if (!put) return base::Unexpected(put.error());
    if (const auto done = to.run("BEGIN IMMEDIATE"); !done) return base::Unexpected(done.error());
    Salvage salvage(*from, to, *put);
    if (!salvage.run()) return base::Unexpected(salvage.error());
    if (const auto done = to.run("COMMIT"); !done) return base::Unexpected(done.error());
    const auto rows = to.ask_number("SELECT count(*) FROM policies");
    if (!rows) return base::Unexpected(rows.error());
    return static_cast<std::uint64_t>(*rows);
}

base::Result<std::uint64_t, std::string> build_new(const std::string& path, const std::string& damaged) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        ::unlink((path + suffix).c_str());
    if (const auto created = create_file(path); !created) return base::Unexpected(created.error());
    auto to = SqliteDb::open(path, SqliteDb::Access::kReadWrite);
    if (!to) return base::Unexpected(path + ": " + to.error().text);
    const auto rows = fill(*to, damaged);
    if (!rows) return base::Unexpected(path + ": " + rows.error().text);
    return *rows;
}

// A log left beside the new file would be taken for its own: it goes first.
std::optional<std::string> swap(const std::string& file, const std::string& fresh, const std::string& aside) {
    const auto failed = [](const std::string& what) { return system_error(what).error(); };
    for (const char* suffix : {"-wal", "-shm", "-journal"})
        if (::rename((file + suffix).c_str(), (aside + suffix).c_str()) != 0 && errno != ENOENT)
            return failed(file + suffix);
    if (::link(file.c_str(), aside.c_str()) != 0) {
        // A file system without hard links: for a moment there is no file at all.
        if (::rename(file.c_str(), aside.c_str()) != 0) return failed(file);
    }
    if (::rename(fresh.c_str(), file.c_str()) != 0) return failed(fresh);
    const std::string folder = file.substr(0, file.rfind('/') + 1);
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0) {
        ::fsync(directory);
        ::close(directory);
    }
    return std::nullopt;
}

}  // namespace

base::Result<SqliteDone, std::string> create_file(const std::string& path) {
    // SQLite gives its log the mode of the file.
    const int created = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (created < 0) {
        if (errno == EEXIST) return SqliteDone{};
        return system_error(path);
    }
    ::close(created);
    return SqliteDone{};
}

base::Result<Repaired, std::string> repair_database(const std::string& file, base::WallTime now) {
    const std::string fresh = file + ".new";
    Repaired repaired;
    repaired.set_aside = free_name(file, now);
    const auto rows = build_new(fresh, file);
    if (!rows) return base::Unexpected(rows.error());
    repaired.rescued = *rows;
    if (auto failed = swap(file, fresh, repaired.set_aside)) return base::Unexpected(*std::move(failed));
    return repaired;
}

}  // namespace app
