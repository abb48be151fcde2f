// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include "lib/base/clock.h"
#include "lib/policy/cache_table.h"

namespace policy {

/// What is remembered for a while and may be forgotten: name -> Entry, in memory only, together of no more
/// weight than `limit`. The entries that were put longest ago make room for a new one, which always has it.
/// An Entry has a `base::MonoTime until`. One allocation per entry. Not thread-safe.
template <class Entry>
class BoundedTable {
  public:
    explicit BoundedTable(std::size_t limit = 0) : limit_(limit) {}
    ~BoundedTable() { clear(); }
    BoundedTable(const BoundedTable&) = delete;
    BoundedTable& operator=(const BoundedTable&) = delete;

    void set_limit(std::size_t limit) { limit_ = limit; }
    std::size_t size() const { return table_.size(); }

    /// As of CacheTable.
    bool prefetch(std::uint64_t hash) const { return table_.prefetch(hash); }
    /// Null if there is none, or its time is over. Valid until the next change.
    Entry* find(std::uint64_t hash, std::string_view name, base::MonoTime now) const {
        Node* const node = table_.find(hash, name);
        return node != nullptr && now < node->entry.until ? &node->entry : nullptr;
    }
    /// The table that the next new name needs, where the present one has no room: to be made by the one
    /// thread that writes before it takes the lock, and given to adopt() under it. put() makes one where
    /// nobody has.
    auto larger() const { return table_.full() ? std::optional(table_.grown()) : std::nullopt; }
    /// Afterwards `larger` is the old one.
    template <class Table>
    void adopt(Table& larger) {
        std::swap(table_, larger);
    }

    void put(std::uint64_t hash, std::string_view name, Entry entry, std::size_t weight = 1) {
        if (limit_ == 0) return;
        Node* node = table_.find(hash, name);
        if (node != nullptr) unlink(node);
        while (oldest_ != nullptr && weight_ + weight > limit_)
            drop_oldest();
        if (node == nullptr) {
            if (table_.full()) table_ = table_.grown();
            node = make(hash, name);
            table_.insert(hash, node);
        }
        node->entry = std::move(entry);
        node->weight = weight;
        link(node);
    }
    bool erase(std::uint64_t hash, std::string_view name) {
        Node* const node = table_.find(hash, name);
        if (node == nullptr) return false;
        unlink(node);
        destroy(node);
        return true;
    }
    /// Takes out the oldest entries as far as their time is over, at most `count`.
    void drop_expired(base::MonoTime now, std::size_t count) {
        for (; count > 0 && oldest_ != nullptr && oldest_->entry.until <= now; --count)
            drop_oldest();
    }
    void clear() {
        while (oldest_ != nullptr)
            drop_oldest();
    }

  private:
    /// The name follows in the same blob.
    struct Node {
        std::uint64_t hash;
        Entry entry;
        Node* older;
        Node* newer;
        std::size_t weight;
        std::uint16_t name_size;

        char* text() { return reinterpret_cast<char*>(this + 1); }
        std::string_view name() const { return {reinterpret_cast<const char*>(this + 1), name_size}; }
    };

    Node* make(std::uint64_t hash, std::string_view name) {
        void* const blob = ::operator new(sizeof(Node) + name.size());
        Node* const node =
            new (blob) Node{hash, {}, nullptr, nullptr, 0, static_cast<std::uint16_t>(name.size())};
        std::copy(name.begin(), name.end(), node->text());
        return node;
    }
    void link(Node* node) {
        node->older = newest_;
        node->newer = nullptr;
        (newest_ != nullptr ? newest_->newer : oldest_) = node;
        newest_ = node;
        weight_ += node->weight;
    }
    void unlink(Node* node) {
        (node->older != nullptr ? node->older->newer : oldest_) = node->newer;
        (node->newer != nullptr ? node->newer->older : newest_) = node->older;
        weight_ -= node->weight;
    }
    void drop_oldest() {
        Node* const gone = oldest_;
        oldest_ = gone->newer;
        (oldest_ != nullptr ? oldest_->older : newest_) = nullptr;
        weight_ -= gone->weight;
        destroy(gone);
    }
    /// Unlinked already.
    void destroy(Node* node) {
        table_.erase(node->hash, node->name());
        node->~Node();
        ::operator delete(node);
    }

    std::size_t limit_;
    std::size_t weight_ = 0;
    CacheTable<Node> table_;
    Node* oldest_ = nullptr;
    Node* newest_ = nullptr;
};

}  // namespace policy
