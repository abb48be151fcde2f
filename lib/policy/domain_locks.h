// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "lib/dns/name.h"
#include "lib/policy/cache_hash.h"

namespace policy {

/// The locks of what memory holds of domains, 64 of them: a domain's hash chooses one. Caches that an answer
/// reads together share a DomainLocks, so that it takes one lock and hashes once (but for a next hop with a
/// port or in brackets). Names are hashed with a key drawn at construction, so that strangers cannot choose
/// collisions. Any thread; no system call and nothing of the network under a lock.
class DomainLocks {
    struct alignas(64) Lock {
        std::mutex mutex;
    };

  public:
    static constexpr std::size_t kNumber = 64;

    /// A domain's lock, held for as long as this lives.
    class Hold {
      public:
        Hold(std::mutex& mutex, std::uint64_t hash) : lock_(mutex), hash_(hash) {}
        /// Of the domain's name.
        std::uint64_t hash() const { return hash_; }

      private:
        std::lock_guard<std::mutex> lock_;
        std::uint64_t hash_;
    };

    DomainLocks() : locks_(std::make_unique<Lock[]>(kNumber)) {}

    std::uint64_t hash(std::string_view name) const { return hash_(name); }
    Hold hold(std::uint64_t hash) const { return {of(hash), hash}; }
    Hold hold(const dns::Name& domain) const { return hold(hash_(domain.text())); }
    /// Which of the locks; for tables that have a part for each.
    static std::size_t index(std::uint64_t hash) { return hash % kNumber; }
    std::mutex& at(std::size_t index) const { return locks_[index].mutex; }
    std::mutex& of(std::uint64_t hash) const { return at(index(hash)); }

  private:
    KeyedHash hash_;
    std::unique_ptr<Lock[]> locks_;
};

}  // namespace policy
