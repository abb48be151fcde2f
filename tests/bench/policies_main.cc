// SPDX-License-Identifier: MIT
// Writes policies into a database, as the daemon would have left them: for measuring with more of them than
// can be fetched in a reasonable time.
#include <getopt.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>
#include <stdexcept>
#include <string>

#include "daemon/adapters/event_loop.h"
#include "daemon/adapters/sqlite_row.h"
#include "daemon/adapters/sqlite_store.h"
#include "daemon/adapters/system_clock.h"
#include "lib/sts/policy.h"

namespace {

constexpr const char* kUsage =
    "usage: bench_policies [option]... NUMBER FILE\n"
    "  NUMBER          of policies: d0000000.test, d0000001.test ...\n"
    "  -a SECONDS      age of the youngest (0)\n"
    "  -s SECONDS      the others are older, by up to so much (0)\n"
    "  -m SECONDS      max_age (604800)\n"
    "  -f FIRST        number of the first (0)\n"
    "  -e              their refreshes fall due evenly in the time to come, whatever -a and -s say\n"
    "  -i              nobody has asked for them for 40 days\n";
constexpr std::int64_t kDay = 86400;
constexpr int kRowsPerCommit = 20000;

struct Wanted {
    long first = 0, count = 0, age = 0, spread = 0, max_age = 604800;
    bool even = false, idle = false;
};

template <class T>
T must(base::Result<T, app::SqliteError> result) {
    if (!result) throw std::runtime_error(result.error().text);
    return *std::move(result);
}

/// Most domains have hosts of their own and those of one of some hundred providers.
std::string body_of(long number, const std::string& domain, long max_age) {
    return "version: STSv1\r\nmode: enforce\r\nmx: mx." + domain + "\r\nmx: *.p" +
           std::to_string(number % 701) + ".example\r\nmax_age: " + std::to_string(max_age) + "\r\n";
}

policy::PolicyRecord record_of(long number, const Wanted& wanted, base::WallTime now, std::mt19937& random) {
    std::string digits = std::to_string(number);
    digits.insert(0, digits.size() < 7 ? 7 - digits.size() : 0, '0');
    const std::string domain = "d" + digits + ".test";
    policy::PolicyRecord record{dns::Name::parse(domain).value()};
    record.id = "20260101000000Z";
    record.mode = sts::Mode::kEnforce;
    record.max_age = static_cast<std::uint32_t>(wanted.max_age);
    const long age =
        wanted.age +
        (wanted.spread > 0 ? static_cast<long>(random() % static_cast<unsigned long>(wanted.spread)) : 0);
    record.fetched = now - base::Seconds(age);
    // As the engine plans it.
    const base::Seconds period{std::min<std::int64_t>(kDay, wanted.max_age / 4)};
    record.refresh_at = record.fetched + period - period * (random() % 1001) / 10000;
    if (wanted.even) {
        record.refresh_at = now + base::Seconds(random() % static_cast<unsigned long>(period.count()));
        record.fetched = record.refresh_at - period;
    }
    record.asked_day =
        static_cast<std::int32_t>(now.time_since_epoch().count() / kDay) - (wanted.idle ? 40 : 0);
    record.body = body_of(number, domain, wanted.max_age);
    record.record_text = "v=STSv1; id=20260101000000Z;";
    return record;
}

void write(const Wanted& wanted, const std::string& file) {
    app::EventLoop loop;
    app::SystemClock clock;
    {  // the schema
        const auto store = app::SqliteStore::open({loop, clock}, {file, app::CacheSync::kNormal});
        if (!store) throw std::runtime_error(store.error().text);
    }
    app::SqliteDb db = must(app::SqliteDb::open(file, app::SqliteDb::Access::kReadWrite));
    db.checkpoint_on_close(true);
    app::SqliteStatement put = must(db.prepare(app::kPutRow));
    std::mt19937 random(1);  // the same numbers in each run
    for (long i = 0; i < wanted.count; ++i) {
        if (i % kRowsPerCommit == 0) must(db.run(i == 0 ? "BEGIN" : "COMMIT; BEGIN"));
        const policy::PolicyRecord record = record_of(wanted.first + i, wanted, clock.wall(), random);
        app::bind_row(put, record);
        if (put.step() != app::SqliteStatement::Step::kDone) throw std::runtime_error(db.error().text);
        put.reset();
    }
    if (wanted.count > 0) must(db.run("COMMIT"));
}

}  // namespace

int main(int argc, char** argv) {
    Wanted wanted;
    for (int option = 0; (option = ::getopt(argc, argv, "a:s:m:f:ei")) != -1;) {
        const long value = optarg != nullptr ? std::strtol(optarg, nullptr, 10) : 0;
        switch (option) {
            case 'a':
                wanted.age = value;
                break;
            case 's':
                wanted.spread = value;
                break;
            case 'm':
                wanted.max_age = value;
                break;
            case 'f':
                wanted.first = value;
                break;
            case 'e':
                wanted.even = true;
                break;
            case 'i':
                wanted.idle = true;
                break;
            default:
                std::fputs(kUsage, stderr);
                return 2;
        }
    }
    if (optind + 2 != argc) {
        std::fputs(kUsage, stderr);
        return 2;
    }
    wanted.count = std::strtol(argv[optind], nullptr, 10);
    try {
        write(wanted, argv[optind + 1]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_policies: %s\n", error.what());
        return 1;
    }
}
