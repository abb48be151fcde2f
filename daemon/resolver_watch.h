// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/admin/log.h"
#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/timers.h"
#include "lib/dns/resolver.h"
#include "lib/dns/self_test.h"

namespace app {

/// Watches whether the resolver validates, by dns::SelfTest: once the loop runs, hourly, and at once when its
/// options or the DNS servers change; more often while the last outcome was not good. That it does not
/// validate, so that DANE must be off, is an error, told again every hour; that it does is information, told
/// once; a test that proves nothing is a warning, at most one an hour. Until a client has asked about DANE
/// all this is worth one warning. Decides nothing. Loop thread only.
class ResolverWatch {
  public:
    struct Services {
        const base::Clock& clock;
        base::Timers& timers;
        dns::Resolver& resolver;
    };
    struct Options {
        /// Some profile looks at DANE. Otherwise, and where there is no name to ask for, nothing is tested
        /// and the state is kUnknown.
        bool needed = false;
        dns::SelfTest::Options test;
        base::Seconds interval{3600};
        base::Seconds retry{300};  ///< after an outcome that was not good
    };
    enum class State : std::uint8_t {
        kUnknown,  ///< no outcome yet; counts as validating
        kValidates,
        kDoesNotValidate,
    };
    /// For people.
    struct Report {
        State state = State::kUnknown;
        base::WallTime since{};                ///< of `state`
        std::optional<base::WallTime> tested;  ///< when the last test ended
        dns::SelfTest::Outcome last;           ///< of the last test, which may have been unclear
    };
    /// What the operator is told; log_notice() writes it.
    struct Notice {
        LogLevel level;
        std::string_view event;
        std::string_view seen, meaning, advice;  ///< the last two may be empty
    };
    /// Both called from the loop.
    struct Handlers {
        std::function<void(bool validating)> changed;  ///< validating() has turned
        std::function<void(const Notice&)> notice;
    };

    ResolverWatch(Services services, const Options& options, Handlers handlers);
    ~ResolverWatch();
    ResolverWatch(const ResolverWatch&) = delete;
    ResolverWatch& operator=(const ResolverWatch&) = delete;

    /// After a reload: these options from now on, and a test at once. The state stays until it ends, unless
    /// nothing is to be tested any more.
    void reconfigure(const Options& options);
    /// Tests at once, maybe others than before: what is under way says nothing any more.
    void servers_changed() { test_soon(); }

    /// A client asks about DANE, the first of this process or one of many: from now on the operator must
    /// know.
    void in_use();
    bool is_in_use() const { return in_use_; }

    /// False only after a test has proved it.
    bool validating() const { return report_.state != State::kDoesNotValidate; }
    const Report& report() const { return report_; }

  private:
    bool testable() const;
    void test_soon();
    void test();
    void on_outcome(dns::SelfTest::Outcome outcome);
    void turn(State state);
    void tell(bool turned);
    bool may_repeat(std::optional<base::MonoTime>& last);

    const Services services_;
    Options options_;
    const Handlers handlers_;
    Report report_;
    bool in_use_ = false;
    std::optional<base::MonoTime> error_told_, warning_told_;
    std::unique_ptr<dns::SelfTest> test_;
    base::Pending timer_;
};

/// "unknown", "validates", "does not validate".
std::string_view to_string(ResolverWatch::State state);

/// `servers`: those in use, as AresResolver::servers().
void log_notice(Log& log, const ResolverWatch::Notice& notice, const std::vector<std::string>& servers);

}  // namespace app
