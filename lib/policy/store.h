// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/result.h"
#include "lib/dns/name.h"
#include "lib/policy/evidence.h"

namespace policy {

/// The disk would not take or give something; `text` says what, where and what to do.
struct StoreError {
    std::string text;
};
struct Stored {};

/// Policies on disk: the security of the whole, since a lost policy is a downgrade. Engine's thread only. One
/// implementation on SQLite, one in tests' memory.
class Store {
  public:
    virtual ~Store() = default;
    using Done = std::function<void(base::Result<Stored, StoreError>)>;

    /// Calls `each` for every stored policy, expired ones too, without record_text and last_error; blocks.
    /// Before the first put.
    virtual base::Result<Stored, StoreError> load(const std::function<void(PolicyRecord&&)>& each) = 0;

    /// Writes or replaces one policy; calls back later, once it would survive a kill of the process. Writes
    /// of one turn of the loop are committed together. Destroying the Pending drops the callback, never the
    /// write.
    [[nodiscard]] virtual base::Pending put(const PolicyRecord& record, Done done) = 0;
    /// Removes one policy (operator's `forget`), in order with the puts.
    virtual void remove(const dns::Name& domain) = 0;
    /// One policy with its record_text and last_error, as the writes asked for so far leave it; nothing where
    /// there is none. Blocks: for an operator's question only.
    virtual base::Result<std::optional<PolicyRecord>, StoreError> get(const dns::Name& domain) = 0;
    /// Removes policies that expired before `before`, a bounded number per call; returns how many.
    virtual std::uint64_t purge(base::WallTime before) = 0;
};

}  // namespace policy
