// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/timers.h"
#include "lib/policy/engine.h"
#include "lib/policy/evidence.h"
#include "lib/policy/key.h"
#include "lib/policy/surveyor.h"

namespace policy {

/// Finds out what an answer for one next hop rests on: its domain's policy, and where DANE is looked at,
/// beside it and at the same time, the survey of its MX hosts. A lookup ends with the slower of the two;
/// where DANE decides alone, for those who only want an answer, kPatience after the survey at the latest.
/// Owns those under way; what one has started goes on without it. Engine's thread only.
class Lookups {
  public:
    using Done = std::function<void(const Evidence&)>;
    enum class Until : std::uint8_t { kDecided, kComplete };
    /// A policy that is there is in the cache, and on disk, before the first answer about its domain; a
    /// policy host that stalls does not hold up an answer that does not need it.
    static constexpr base::Milliseconds kPatience{3000};

    Lookups(base::Timers& timers, Engine& engine, Surveyor& surveyor);
    ~Lookups();
    Lookups(const Lookups&) = delete;
    Lookups& operator=(const Lookups&) = delete;

    /// `done` comes later, once, unless the Pending is destroyed first.
    [[nodiscard]] base::Pending look_up(const Key& key, bool with_survey, Done done,
                                        Until until = Until::kDecided);

  private:
    class Lookup;
    static void cancel(void* self, std::uint64_t id) noexcept;

    base::Timers& timers_;
    Engine& engine_;
    Surveyor& surveyor_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Lookup>> under_way_;
    std::uint64_t last_id_ = 0;
};

}  // namespace policy
