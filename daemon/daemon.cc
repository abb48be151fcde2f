// SPDX-License-Identifier: MIT
#include "daemon/daemon.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <stdexcept>

#include "daemon/admin/accounts.h"
#include "daemon/admin/sandbox.h"
#include "daemon/component_options.h"

namespace app {
namespace {

constexpr base::Milliseconds kHousekeeping{250};
constexpr base::Milliseconds kDrainLimit{10'000};
constexpr base::Milliseconds kMoreTimeToLoad{30'000};
// TLS handshakes and checkpoints of the database must not delay cached answers on one core. Where answers
// alone would fill it, a thirtieth is left to the engine.
constexpr int kEngineNicer = 15;

ListenSocket open_control_socket(const Settings& settings) {
    ListenAddress address;
    address.kind = ListenAddress::Kind::kUnix;
    address.path = settings.control.socket;
    // Whoever the daemon becomes owns its socket.
    return ListenSocket::open(address,
                              {settings.control.mode, settings.process.user, settings.control.group});
}

std::optional<ListenSocket> open_http_socket(const Settings& settings) {
    if (!settings.http.listen) return std::nullopt;
    return ListenSocket::open(*settings.http.listen, socket_access(settings));
}

/// What stays within reach: the database, what a reload reads, and the sockets, which are removed at the end.
SandboxPaths sandbox_paths(const Settings& settings, const std::string& settings_file) {
    SandboxPaths paths;
    paths.read = {"/etc", folder_of("/etc/resolv.conf"), folder_of(settings_file),
                  folder_of(TrustStore::find_file(settings.https.ca_file)), "/proc/self"};
    if (!settings.overrides.empty()) paths.read.push_back(folder_of(settings.overrides));
    paths.write = {folder_of(settings.cache.file), folder_of(settings.control.socket)};
    for (const ListenAddress& address : settings.server.listen) {
        if (address.kind == ListenAddress::Kind::kUnix) paths.write.push_back(folder_of(address.path));
    }
    if (settings.http.listen && settings.http.listen->kind == ListenAddress::Kind::kUnix)
        paths.write.push_back(folder_of(settings.http.listen->path));
    return paths;
}

std::function<std::uint32_t()> random_numbers() {
    return [engine = std::mt19937(std::random_device{}())]() mutable {
        return static_cast<std::uint32_t>(engine());
    };
}

std::vector<int> descriptors_of(const std::vector<ListenSocket>& listeners) {
    std::vector<int> descriptors;
    for (const ListenSocket& listener : listeners)
        descriptors.push_back(listener.descriptor());
    return descriptors;
}

}  // namespace

Daemon::Unprivileged::Unprivileged(const Settings& settings, const std::string& settings_file,
                                   std::vector<std::string>& warnings) {
    const std::uint64_t files = raise_file_limit();
    max_connections = connections_within(files, settings.server.max_connections);
    if (max_connections < settings.server.max_connections) {
        warnings.push_back(
            "the limit of open files is " + std::to_string(files) + ", too low for server.max_connections " +
            std::to_string(settings.server.max_connections) + ": at most " + std::to_string(max_connections) +
            " are open at a time; raise LimitNOFILE= of the service");
    }
    drop_privileges(settings.process.user, settings.process.group);
    if (!settings.process.sandbox) return;
    for (const std::string& text : enter_sandbox(sandbox_paths(settings, settings_file)))
        warnings.push_back(text);
}

Daemon::Daemon(Configuration configuration, std::string settings_file)
    : settings_file_(std::move(settings_file)),
      configuration_(std::move(configuration)),
      started_(clock_.mono()),
      signals_(loop_, {SIGTERM, SIGINT, SIGHUP}, [this](int signal) { on_signal(signal); }),
      listeners_(
          open_listeners(configuration_.settings.server.listen, socket_access(configuration_.settings))),
      control_listener_(open_control_socket(configuration_.settings)),
      http_listener_(open_http_socket(configuration_.settings)),
      unprivileged_(configuration_.settings, settings_file_, configuration_.warnings),
      log_(log_options(configuration_.settings)),
      flights_(log_),
      store_(open_store()),
      resolver_(loop_, clock_, resolver_options(configuration_.settings)),
      watch_(
          {clock_, loop_, resolver_}, resolver_watch_options(configuration_.settings),
          {[this](bool) { on_validation_changed(); },
           [this](const ResolverWatch::Notice& notice) { log_notice(log_, notice, resolver_.servers()); }}),
      fetcher_(loop_, clock_, fetcher_options(configuration_.settings),
               [this](const std::string& trouble) {
                   LogEntry(log_, LogLevel::kError, "ca-file").add("error", trouble);
               }),
      cache_(cache_options(configuration_.settings)),
      expiry_clock_(coarse_clock_),
      engine_({clock_, loop_, resolver_, fetcher_, *store_, cache_, expiry_clock_,
               [this](const policy::FlightReport& report) {
                   flights_.flight(report);
                   failing_.note(report, clock_.wall());
               },
               [this](const policy::Alarm& alarm) { flights_.alarm(alarm); }, random_numbers()},
              engine_options(configuration_.settings)),
      surveys_(survey_cache_options(configuration_.settings), cache_.locks()),
      surveyor_({clock_, loop_, resolver_, surveys_,
                 [this](const policy::SurveyReport& report) { flights_.survey(report); }},
                surveyor_options(configuration_.settings)),
      lookups_(loop_, engine_, surveyor_),
      responder_(cache_, surveys_, coarse_clock_, expiry_clock_),
      port_(loop_, engine_, surveyor_, lookups_),
      commands_{clock_,
                cache_,
                engine_,
                surveys_,
                lookups_,
                [this] { return configuration_.rules; },
                [this] { return reload(); },
                [this] { return status_report(status_sources()); }},
      control_(loop_, control_listener_.descriptor()) {
    resolver_.on_servers_changed([this] {
        surveys_.clear();  // they rest on what the servers say, and on what is trusted of them
        watch_.servers_changed();
    });
    add_cache_commands(control_, commands_);
    add_explain_command(control_, commands_);
    add_override_commands(control_, commands_);
    add_status_commands(control_, commands_);
}

Daemon::~Daemon() = default;

void Daemon::run() {
    std::signal(SIGPIPE, SIG_IGN);
    log_warnings(configuration_.warnings);
    load_cache();
    start_threads();
    // While they answer from the cache: a distribution's bundle takes OpenSSL some 15 ms.
    fetcher_.read_certificates();
    engine_.start();
    housekeeping();
    start_monitoring();
    if (const auto interval = notify_.watchdog_interval()) {
        watchdog_timer_ = loop_.after(*interval, [this] { feed_watchdog(); });
    }
    log_start();
    notify_.ready(status_line(status_sources()));
    loop_.run();
    monitoring_.reset();
    threads_.clear();
    LogEntry(log_, LogLevel::kInfo, "stopped").add("uptime_s", status_sources().uptime.count());
}

std::unique_ptr<SqliteStore> Daemon::open_store() {
    SqliteStore::Services services{
        loop_, clock_,
        [this](const std::string& text) { LogEntry(log_, LogLevel::kError, "store").add("notice", text); },
        [this](std::uint64_t) { notify_.extend_timeout(kMoreTimeToLoad); }};
    auto store = SqliteStore::open(std::move(services), store_options(configuration_.settings));
    if (!store) throw std::runtime_error(store.error().text);
    return std::move(*store);
}

void Daemon::log_start() {
    LogEntry entry(log_, LogLevel::kInfo, "started");
    entry.add("version", MTASTSD_VERSION).add("policies", static_cast<std::int64_t>(cache_.stats().policies));
    std::string listen;
    for (const ListenSocket& listener : listeners_)
        listen += (listen.empty() ? "" : " ") + listener.address().text();
    entry.add("listen", listen);
    if (http_listener_) entry.add("http", http_listener_->address().text());
}

void Daemon::load_cache() {
    notify_.extend_timeout(kMoreTimeToLoad);
    const auto loaded = engine_.load();
    if (!loaded) LogEntry(log_, LogLevel::kError, "store-load").add("error", loaded.error().text);
}

void Daemon::start_threads() {
    const Settings& settings = configuration_.settings;
    for (std::uint32_t i = 0; i < settings.server.threads; ++i) {
        threads_.push_back(std::make_unique<ServingThread>(
            ServingThread::Services{clock_, coarse_clock_, responder_, port_, log_},
            serving_options(settings, unprivileged_.max_connections), configuration_.rules,
            descriptors_of(listeners_)));
    }
    heartbeats_.assign(threads_.size(), 0);
    lower_priority();
}

void Daemon::lower_priority() {
    const auto self = static_cast<id_t>(::syscall(SYS_gettid));
    // From wherever the operator has put the daemon (Nice= of the service).
    const bool nicer =
        ::setpriority(PRIO_PROCESS, self, ::getpriority(PRIO_PROCESS, self) + kEngineNicer) == 0;
    // What wakes the engine, a packet or the disk, does not interrupt an answer.
    const sched_param none{};
    const bool polite =
        ::sched_getscheduler(0) != SCHED_OTHER || ::sched_setscheduler(0, SCHED_BATCH, &none) == 0;
    if (nicer && polite) return;
    LogEntry(log_, LogLevel::kWarning, "priority")
        .add("error", nicer ? "the engine cannot be kept from interrupting answers"
                            : "the engine's priority cannot be lowered");
}

void Daemon::start_monitoring() {
    if (!http_listener_) return;
    monitoring_ = std::make_unique<Monitoring>(loop_, commands_, http_listener_->descriptor(),
                                               http_options(http_listener_->address()),
                                               [this] { return monitor_sources(); });
}

void Daemon::on_signal(int signal) {
    if (stopping_) return;  // READY after STOPPING would be a lie
    if (signal == SIGHUP) {
        reload();
    } else {
        drain();
    }
}

std::vector<std::string> Daemon::reload() {
    notify_.reloading();
    std::vector<std::string> errors = try_reload();
    if (!errors.empty()) {
        for (const std::string& file : files_out_of_reach())
            errors.push_back(file + ": out of reach of the running daemon, which needs a restart");
    }
    for (const std::string& error : errors)
        LogEntry(log_, LogLevel::kError, "reload-refused").add("error", error);
    if (errors.empty()) LogEntry(log_, LogLevel::kInfo, "reloaded").add("file", settings_file_);
    notify_.ready(status_line(status_sources()));
    return errors;
}

// Everything that can fail comes first; what is taken over in the end cannot.
std::vector<std::string> Daemon::try_reload() {
    try {
        Settings settings = read_settings(settings_file_);
        std::vector<std::string> errors;
        for (const std::string& key : restart_needed(configuration_.settings, settings)) {
            errors.push_back(key + ": changed, which needs a restart");
        }
        if (!errors.empty()) return errors;
        Configuration fresh =
            complete_configuration(std::move(settings), clock_.wall(), configuration_.rules.get());
        resolver_.reconfigure(resolver_options(fresh.settings));
        if (const auto error = fetcher_.reload(fetcher_options(fresh.settings))) {
            resolver_.reconfigure(resolver_options(configuration_.settings));
            return {*error};
        }
        configuration_ = std::move(fresh);
        engine_.set_options(engine_options(configuration_.settings));
        surveyor_.set_options(surveyor_options(configuration_.settings));
        watch_.reconfigure(resolver_watch_options(configuration_.settings));
        apply_to_threads();
        log_.set_level(log_options(configuration_.settings).level);
        log_warnings(configuration_.warnings);
        return {};
    } catch (const std::exception& error) {
        return {error.what()};
    }
}

void Daemon::apply_to_threads() {
    if (configuration_.rules->resolver_validates != watch_.validating()) {
        policy::Rules rules = *configuration_.rules;
        rules.resolver_validates = watch_.validating();
        configuration_.rules = std::make_shared<const policy::Rules>(std::move(rules));
    }
    for (const auto& thread : threads_) {
        thread->apply(serving_options(configuration_.settings, unprivileged_.max_connections),
                      configuration_.rules);
    }
}

void Daemon::on_validation_changed() {
    surveys_.clear();
    apply_to_threads();
}

// Of what a reload reads: the paths themselves cannot change without a restart, what they lead to can.
std::vector<std::string> Daemon::files_out_of_reach() const {
    std::vector<std::string> files = {settings_file_, configuration_.settings.overrides,
                                      TrustStore::find_file(configuration_.settings.https.ca_file)};
    std::erase_if(files, [](const std::string& file) { return !is_out_of_reach(file); });
    return files;
}

void Daemon::drain() {
    stopping_ = true;
    notify_.stopping();
    LogEntry(log_, LogLevel::kInfo, "stopping")
        .add("waiting", static_cast<std::int64_t>(engine_.stats().waiters));
    draining_threads_ = threads_.size();
    for (const auto& thread : threads_) {
        thread->drain([this] { loop_.post([this] { on_drained(); }); });
    }
    drain_timer_ = loop_.after(kDrainLimit, [this] { loop_.stop(); });
}

void Daemon::on_drained() {
    if (--draining_threads_ == 0) loop_.stop();
}

void Daemon::housekeeping() {
    housekeeping_timer_ = loop_.after(kHousekeeping, [this] { housekeeping(); });
    log_.flush();
    if (!watch_.is_in_use() && sum(threads_, &Counters::dane_queries) > 0) watch_.in_use();
}

// Fed only while every serving thread still turns.
void Daemon::feed_watchdog() {
    watchdog_timer_ = loop_.after(*notify_.watchdog_interval(), [this] { feed_watchdog(); });
    bool all_alive = true;
    for (std::size_t i = 0; i < threads_.size(); ++i) {
        const std::uint64_t beat = threads_[i]->heartbeat();
        if (beat == heartbeats_[i]) all_alive = false;
        heartbeats_[i] = beat;
    }
    if (all_alive) notify_.watchdog();
    if (!stopping_) notify_.status(status_line(status_sources()));
}

StatusSources Daemon::status_sources() const {
    std::vector<std::string> listeners;
    for (const ListenSocket& listener : listeners_)
        listeners.push_back(listener.address().text());
    const auto uptime = std::chrono::duration_cast<base::Seconds>(clock_.mono() - started_);
    return {cache_,
            engine_,
            surveys_,
            surveyor_,
            flights_,
            log_,
            threads_,
            std::move(listeners),
            resolver_.servers(),
            watch_,
            uptime,
            configuration_.rules->overrides,
            clock_.wall()};
}

MonitorSources Daemon::monitor_sources() {
    const Settings& settings = configuration_.settings;
    return {status_sources(),
            resolver_.counts(),
            failing_,
            settings.cache.max_policies,
            settings.cache.max_bytes,
            unprivileged_.max_connections,
            clock_.wall(),
            stopping_};
}

void Daemon::log_warnings(const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings)
        LogEntry(log_, LogLevel::kWarning, "configuration").add("warning", warning);
}

}  // namespace app
