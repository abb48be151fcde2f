// SPDX-License-Identifier: MIT
#include "lib/policy/cache_negative.h"

#include <algorithm>
#include <new>

namespace policy {

struct NegativeTable::Node {
    std::uint64_t hash;
    Entry entry;
    Node* older;
    Node* newer;
    std::uint8_t name_size;

    char* text() { return reinterpret_cast<char*>(this + 1); }
    std::string_view name() const { return {reinterpret_cast<const char*>(this + 1), name_size}; }
};

NegativeTable::~NegativeTable() {
    while (oldest_ != nullptr)
        drop_oldest();
}

const NegativeTable::Entry* NegativeTable::find(std::uint64_t hash, std::string_view name,
                                                base::MonoTime now) const {
    const Node* const node = table_.find(hash, name);
    return node != nullptr && now < node->entry.until ? &node->entry : nullptr;
}

void NegativeTable::put(std::uint64_t hash, std::string_view name, const Entry& entry) {
    if (limit_ == 0) return;
    Node* node = table_.find(hash, name);
    if (node != nullptr) {
        unlink(node);
    } else {
        while (table_.size() >= limit_)
            drop_oldest();
        if (table_.full()) table_ = table_.grown();
        node = make(hash, name);
        table_.insert(hash, node);
    }
    node->entry = entry;
    link(node);
}

void NegativeTable::erase(std::uint64_t hash, std::string_view name) {
    Node* const node = table_.find(hash, name);
    if (node == nullptr) return;
    unlink(node);
    destroy(node);
}

void NegativeTable::drop_expired(base::MonoTime now, std::size_t count) {
    for (; count > 0 && oldest_ != nullptr && oldest_->entry.until <= now; --count)
        drop_oldest();
}

NegativeTable::Node* NegativeTable::make(std::uint64_t hash, std::string_view name) {
    void* const blob = ::operator new(sizeof(Node) + name.size());
    Node* const node = new (blob) Node{hash, {}, nullptr, nullptr, static_cast<std::uint8_t>(name.size())};
    std::copy(name.begin(), name.end(), node->text());
    return node;
}

void NegativeTable::link(Node* node) {
    node->older = newest_;
    node->newer = nullptr;
    (newest_ != nullptr ? newest_->newer : oldest_) = node;
    newest_ = node;
}

void NegativeTable::unlink(Node* node) {
    (node->older != nullptr ? node->older->newer : oldest_) = node->newer;
    (node->newer != nullptr ? node->newer->older : newest_) = node->older;
}

void NegativeTable::drop_oldest() {
    Node* const gone = oldest_;
    oldest_ = gone->newer;
    (oldest_ != nullptr ? oldest_->older : newest_) = nullptr;
    destroy(gone);
}

void NegativeTable::destroy(Node* node) {
    table_.erase(node->hash, node->name());
    node->~Node();
    ::operator delete(node);
}

}  // namespace policy
