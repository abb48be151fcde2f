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

#include "daemon/adapters/sqlite_salvage.h"
#include "daemon/adapters/sqlite_schema.h"

namespace app {
namespace {

using Progress = SqliteSalvage::Progress;

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

// Fills the new database; the number of its rows. Nobody knows this file yet: it needs no journal, only to be
// on disk in the end.
base::Result<std::uint64_t, SqliteError> fill(SqliteDb& to, const std::string& damaged,
                                              const Progress& on_progress) {
    if (const auto set = to.run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536");
        !set)
        return base::Unexpected(set.error());
    if (const auto schema = prepare_schema(to); !schema) return base::Unexpected(schema.error());
    auto from = SqliteDb::open(damaged, SqliteDb::Access::kSalvage);
    if (!from && from.error().busy()) return base::Unexpected(from.error());
    if (!from) return std::uint64_t{0};
    if (const auto done = to.run("BEGIN IMMEDIATE"); !done) return base::Unexpected(done.error());
    if (const auto done = SqliteSalvage(*from, to, on_progress).run(); !done)
        return base::Unexpected(done.error());
    if (const auto done = to.run("COMMIT"); !done) return base::Unexpected(done.error());
    const auto rows = to.ask_number("SELECT count(*) FROM policies");
    if (!rows) return base::Unexpected(rows.error());
    return static_cast<std::uint64_t>(*rows);
}

base::Result<SqliteDone, std::string> flush(const std::string& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) return system_error(path);
    const bool flushed = ::fsync(descriptor) == 0;
    const auto failed = system_error(path);
    ::close(descriptor);
    if (!flushed) return failed;
    return SqliteDone{};
}

base::Result<std::uint64_t, std::string> build_new(const std::string& path, const std::string& damaged,
                                                   const Progress& on_progress) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        ::unlink((path + suffix).c_str());
    if (const auto created = create_file(path); !created) return base::Unexpected(created.error());
    std::uint64_t count = 0;
    {
        auto to = SqliteDb::open(path, SqliteDb::Access::kReadWrite);
        if (!to) return base::Unexpected(path + ": " + to.error().text);
        const auto rows = fill(*to, damaged, on_progress);
        if (!rows) return base::Unexpected(path + ": " + rows.error().text);
        count = *rows;
    }
    if (const auto flushed = flush(path, O_RDWR); !flushed) return base::Unexpected(flushed.error());
    return count;
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
    // Not every file system flushes folders; the names are in place either way.
    (void)flush(file.substr(0, file.rfind('/') + 1), O_RDONLY | O_DIRECTORY);
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

base::Result<Repaired, std::string> repair_database(const std::string& file, base::WallTime now,
                                                    const Progress& on_progress) {
    const std::string fresh = file + ".new";
    Repaired repaired;
    repaired.set_aside = free_name(file, now);
    const auto rows = build_new(fresh, file, on_progress);
    if (!rows) return base::Unexpected(rows.error());
    repaired.rescued = *rows;
    if (auto failed = swap(file, fresh, repaired.set_aside)) return base::Unexpected(*std::move(failed));
    return repaired;
}

}  // namespace app
