// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/dns/name.h"
#include "lib/dns/resolver.h"

namespace dns {

/// The operation that finds out whether the resolver validates (DNSSEC, RFC 4035 4.9.3): it asks for the NS
/// records of a name known to be signed, which must come as authentic, and for the addresses of a name known
/// to be wrongly signed, which must not come at all. Only what proves something counts: an outage does not
/// say that the resolver has stopped validating. Started by construction; calls `done` once, later, unless
/// destroyed first, and may be destroyed from within it. Loop thread only.
class SelfTest {
  public:
    enum class Verdict : std::uint8_t {
        kValidates,        ///< each name that was asked for did as it must
        kDoesNotValidate,  ///< records of the signed name, not authentic; or an address of the bogus name
        kUnclear,          ///< anything else: no answer, an error, no such name
    };
    struct Outcome {
        Verdict verdict = Verdict::kUnclear;
        std::string seen;    ///< what came, for each name: "com: timeout; bogus.test: SERVFAIL"
        std::string advice;  ///< what to do, a sentence; empty for kValidates
    };
    /// At least one name.
    struct Options {
        std::optional<Name> signed_name;
        std::optional<Name> bogus_name;
        base::Milliseconds time{15'000};  ///< for each lookup; a resolver asks all servers of a bogus zone
    };
    using Done = std::function<void(Outcome)>;

    SelfTest(const base::Clock& clock, Resolver& resolver, const Options& options, Done done);
    ~SelfTest();
    SelfTest(const SelfTest&) = delete;
    SelfTest& operator=(const SelfTest&) = delete;

  private:
    void on_signed(const Lookup<Ns>& answer);
    void on_bogus(Family family, const Lookup<Address>& answer);
    void judge_bogus();
    void one_less();
    void finish();

    const Options options_;
    Done done_;
    int open_ = 0;
    Verdict signed_ = Verdict::kValidates, bogus_ = Verdict::kValidates;
    std::string signed_seen_, bogus_seen_;
    std::optional<Lookup<Address>> v4_, v6_;
    base::Pending signed_pending_, v4_pending_, v6_pending_;
};

}  // namespace dns
