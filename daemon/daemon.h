// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/ares_resolver.h"
#include "daemon/adapters/curl_fetcher.h"
#include "daemon/adapters/event_loop.h"
#include "daemon/adapters/sqlite_store.h"
#include "daemon/adapters/system_clock.h"
#include "daemon/admin/control_commands.h"
#include "daemon/admin/control_server.h"
#include "daemon/admin/log.h"
#include "daemon/admin/service_notify.h"
#include "daemon/configuration.h"
#include "daemon/flight_log.h"
#include "daemon/monitor/monitoring.h"
#include "daemon/resolver_watch.h"
#include "daemon/serving/engine_port.h"
#include "daemon/serving/listen_socket.h"
#include "daemon/serving/serving_thread.h"
#include "daemon/status_report.h"
#include "lib/policy/cache.h"
#include "lib/policy/engine.h"
#include "lib/policy/expiry_clock.h"
#include "lib/policy/lookups.h"
#include "lib/policy/responder.h"
#include "lib/policy/survey_cache.h"
#include "lib/policy/surveyor.h"

namespace app {

/// Builds and connects everything, in the order of the members, and runs it: the engine on the calling
/// thread, the serving threads beside it. Sockets are opened before privileges are dropped, the cache is
/// loaded before the first answer. The constructor throws std::runtime_error where something is missing;
/// afterwards nothing here throws.
class Daemon {
  public:
    Daemon(Configuration configuration, std::string settings_file);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// Returns after SIGTERM or SIGINT, once the requests that waited are answered.
    void run();

  private:
    /// What must happen before the first thread, once the sockets are open: another user, the sandbox. A
    /// member, so that it has its place in the order of construction.
    struct Unprivileged {
        Unprivileged(const Settings& settings, const std::string& settings_file,
                     std::vector<std::string>& warnings);
        std::uint32_t max_connections = 0;  ///< that the limit of open files leaves room for
    };

    std::unique_ptr<SqliteStore> open_store();
    void start_threads();
    void lower_priority();  ///< the calling thread's
    void load_cache();
    void start_monitoring();
    void log_start();
    void on_signal(int signal);
    /// All of the new configuration, or nothing and the errors.
    std::vector<std::string> reload();
    std::vector<std::string> try_reload();
    std::vector<std::string> files_out_of_reach() const;
    /// Gives settings and rules to the serving threads; DANE is off in them while the resolver does not
    /// validate.
    void apply_to_threads();
    void on_validation_changed();
    void drain();
    void on_drained();
    void housekeeping();
    void feed_watchdog();
    StatusSources status_sources() const;
    MonitorSources monitor_sources();
    void log_warnings(const std::vector<std::string>& warnings);

    std::string settings_file_;
    Configuration configuration_;
    SystemClock clock_;
    CoarseClock coarse_clock_;
    base::MonoTime started_;
    EventLoop loop_;
    SignalWatch signals_;  // blocks the signals: before the first thread
    ServiceNotify notify_;
    std::vector<ListenSocket> listeners_;
    ListenSocket control_listener_;
    std::optional<ListenSocket> http_listener_;
    Unprivileged unprivileged_;
    Log log_;
    FlightLog flights_;
    FailingRefreshes failing_;
    std::unique_ptr<SqliteStore> store_;
    AresResolver resolver_;
    ResolverWatch watch_;
    CurlFetcher fetcher_;
    policy::Cache cache_;
    policy::ExpiryClock expiry_clock_;
    policy::Engine engine_;
    policy::SurveyCache surveys_;
    policy::Surveyor surveyor_;
    policy::Lookups lookups_;
    policy::Responder responder_;
    EnginePort port_;
    CommandContext commands_;
    ControlServer control_;
    std::vector<std::unique_ptr<ServingThread>> threads_;
    std::unique_ptr<Monitoring> monitoring_;  // null without http.listen

    std::vector<std::uint64_t> heartbeats_;
    std::size_t draining_threads_ = 0;
    bool stopping_ = false;
    base::Pending housekeeping_timer_, watchdog_timer_, drain_timer_;
};

}  // namespace app
