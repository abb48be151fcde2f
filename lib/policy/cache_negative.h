// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/policy/cache_table.h"
#include "lib/policy/reason.h"

namespace policy {

/// Why domains have no policy, for one shard: at most `limit` of them, in memory only. The entry that was put
/// longest ago makes room for a new one. About 120 bytes each. Not thread-safe.
class NegativeTable {
  public:
    explicit NegativeTable(std::size_t limit = 0) : limit_(limit) {}
    ~NegativeTable();
    NegativeTable(const NegativeTable&) = delete;
    NegativeTable& operator=(const NegativeTable&) = delete;

    struct Entry {
        base::MonoTime until;
        Reason reason;
    };
    void set_limit(std::size_t limit) { limit_ = limit; }
    std::size_t size() const { return table_.size(); }

    /// Null if there is none, or its time is over. Valid until the next change.
    const Entry* find(std::uint64_t hash, std::string_view name, base::MonoTime now) const;
    void put(std::uint64_t hash, std::string_view name, const Entry& entry);
    void erase(std::uint64_t hash, std::string_view name);
    /// Takes out the oldest entries as far as their time is over, at most `count`.
    void drop_expired(base::MonoTime now, std::size_t count);

  private:
    struct Node;  // one blob: links, entry, name
    Node* make(std::uint64_t hash, std::string_view name);
    void link(Node* node);
    void unlink(Node* node);
    void drop_oldest();
    void destroy(Node* node);  // unlinked already

    std::size_t limit_;
    CacheTable<Node> table_;
    Node* oldest_ = nullptr;
    Node* newest_ = nullptr;
};

}  // namespace policy
