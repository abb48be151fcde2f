// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace policy {

/// Open addressing with linear probing: name -> Node*, where `Node::name()` gives the name. Does not own the
/// nodes. A removal moves what follows back instead of leaving a mark, so the table never wears out. At most
/// three quarters full. Not thread-safe. The lowest bits of the hash have chosen the shard and are not used
/// here.
template <class Node>
class CacheTable {
  public:
    std::size_t size() const { return size_; }
    std::size_t slots() const { return slots_.size(); }
    /// Of the slots.
    std::size_t bytes() const { return bytes_for(slots()); }

    Node* find(std::uint64_t hash, std::string_view name) const {
        const std::size_t at = index_of(hash, name);
        return at == kNowhere ? nullptr : slots_[at].node;
    }
    /// Begins to load the node that find() will very likely give, without waiting for it; false where it will
    /// give none.
    bool prefetch(std::uint64_t hash) const {
        if (slots_.empty()) return false;
        for (std::size_t at = home(hash); slots_[at].node != nullptr; at = next(at)) {
            if (slots_[at].hash != hash) continue;
            const char* const node = reinterpret_cast<const char*>(slots_[at].node);
            for (std::size_t line = 0; line < kPrefetchBytes; line += kCacheLine)
                __builtin_prefetch(node + line);
            return true;
        }
        return false;
    }
    /// Null for an empty slot.
    Node* at(std::size_t slot) const { return slots_[slot].node; }

    /// True if there is no room for one more.
    bool full() const { return 4 * (size_ + 1) > 3 * slots(); }
    /// Bytes that growing would add.
    std::size_t growth() const { return bytes_for(grown_slots()) - bytes(); }
    /// A table of twice the size with the same nodes.
    CacheTable grown() const {
        CacheTable larger;
        larger.slots_.resize(grown_slots());
        for (const Slot& slot : slots_)
            if (slot.node != nullptr) larger.insert(slot.hash, slot.node);
        return larger;
    }

    /// The name must not be in, and the table not full.
    void insert(std::uint64_t hash, Node* node) {
        std::size_t at = home(hash);
        while (slots_[at].node != nullptr)
            at = next(at);
        slots_[at] = {hash, node};
        ++size_;
    }
    /// Puts `node` in, in the place of the one of its name where there is one, and returns that, or null. The
    /// table must not be full.
    Node* put(std::uint64_t hash, Node* node) {
        std::size_t at = home(hash);
        for (; slots_[at].node != nullptr; at = next(at))
            if (slots_[at].hash == hash && slots_[at].node->name() == node->name())
                return std::exchange(slots_[at].node, node);
        slots_[at] = {hash, node};
        ++size_;
        return nullptr;
    }
    /// Returns what was taken out, or null.
    Node* erase(std::uint64_t hash, std::string_view name) {
        const std::size_t at = index_of(hash, name);
        return at == kNowhere ? nullptr : erase_at(at);
    }
    /// Takes the node of a slot out; another one may be in the slot afterwards.
    Node* erase_at(std::size_t hole) {
        Node* const gone = slots_[hole].node;
        for (std::size_t at = next(hole); slots_[at].node != nullptr; at = next(at)) {
            // What stands between its home and here may move back to the hole unless its home lies behind the
            // hole.
            if (distance(home(slots_[at].hash), at) < distance(hole, at)) continue;
            slots_[hole] = slots_[at];
            hole = at;
        }
        slots_[hole] = {};
        --size_;
        return gone;
    }

  private:
    struct Slot {
        std::uint64_t hash = 0;
        Node* node = nullptr;
    };
    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
    static constexpr std::size_t kFirstSlots = 16;
    static constexpr unsigned kShardBits = 6;
    static constexpr std::size_t kCacheLine = 64;
    static constexpr std::size_t kPrefetchBytes = 256;  // a node with its texts

    static std::size_t bytes_for(std::size_t slots) { return slots * sizeof(Slot); }
    std::size_t grown_slots() const { return std::max(kFirstSlots, 2 * slots()); }
    std::size_t home(std::uint64_t hash) const { return (hash >> kShardBits) & (slots() - 1); }
    std::size_t next(std::size_t at) const { return (at + 1) & (slots() - 1); }
    std::size_t distance(std::size_t from, std::size_t to) const { return (to - from) & (slots() - 1); }

    std::size_t index_of(std::uint64_t hash, std::string_view name) const {
        if (slots_.empty()) return kNowhere;
        for (std::size_t at = home(hash); slots_[at].node != nullptr; at = next(at))
            if (slots_[at].hash == hash && slots_[at].node->name() == name) return at;
        return kNowhere;
    }

    std::vector<Slot> slots_;  // a power of two, or none
    std::size_t size_ = 0;
};

}  // namespace policy
