// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "lib/policy/store.h"
#include "tests/support/manual_loop.h"

namespace testing_support {

/// A disk for tests, in virtual time: outlives the engines that use it one after the other. A write is on it
/// `delay` after the put, whether or not anybody still waits for it; what is not on it when the power goes is
/// lost.
class MemoryStore : public policy::Store {
  public:
    using Rows = std::map<std::string, policy::PolicyRecord>;

    explicit MemoryStore(ManualLoop& loop) : loop_(loop) {}

    // What befalls it.

    /// From now on writes fail with this text; empty: it is well again.
    void fail_writes(std::string text) { write_error_ = std::move(text); }
    void fail_load(std::string text) { load_error_ = std::move(text); }
    /// What get() fails with.
    void fail_reads(std::string text) { read_error_ = std::move(text); }
    void set_delay(base::Milliseconds delay) { delay_ = delay; }
    void lose_power() { under_way_.clear(); }

    // What is on it.

    Rows& rows() { return rows_; }
    /// Writes asked for, failed ones too.
    std::uint64_t puts() const { return puts_; }
    base::WallTime purged_before() const { return purged_before_; }

    base::Result<policy::Stored, policy::StoreError> load(
        const std::function<void(policy::PolicyRecord&&)>& each) override {
        for (const auto& [domain, row] : rows_) {
            policy::PolicyRecord record = row;
            record.record_text.clear();
            record.last_error.clear();
            each(std::move(record));
        }
        if (!load_error_.empty()) return base::Unexpected(policy::StoreError{load_error_});
        return policy::Stored{};
    }

    base::Pending put(const policy::PolicyRecord& record, Done done) override {
        ++puts_;
        const std::uint64_t id = ++last_id_;
        auto& write = under_way_.emplace(id, Write{record, std::move(done), {}}).first->second;
        write.timer = loop_.after(delay_, [this, id] { commit(id); });
        return {this, &MemoryStore::forget_callback, id};
    }

    void remove(const dns::Name& domain) override {
        rows_.erase(domain.text());
        for (auto it = under_way_.begin(); it != under_way_.end(); ++it) {
            if (it->second.record.domain == domain) it->second.removed = true;
        }
    }

    base::Result<std::optional<policy::PolicyRecord>, policy::StoreError> get(
        const dns::Name& domain) override {
        if (!read_error_.empty()) return base::Unexpected(policy::StoreError{read_error_});
        std::optional<policy::PolicyRecord> row;
        if (const auto found = rows_.find(domain.text()); found != rows_.end()) row = found->second;
        for (const auto& [id, write] : under_way_) {
            if (write.record.domain == domain && !write.removed) row = write.record;
        }
        return row;
    }

    std::uint64_t purge(base::WallTime before) override {
        purged_before_ = before;
        return std::erase_if(rows_, [&](const auto& row) { return row.second.expires() < before; });
    }

  private:
    struct Write {
        policy::PolicyRecord record;
        Done done;
        base::Pending timer;
        bool removed = false;
    };

    void commit(std::uint64_t id) {
        auto node = under_way_.extract(id);
        Write& write = node.mapped();
        if (write_error_.empty() && !write.removed)
            rows_.insert_or_assign(write.record.domain.text(), write.record);
        if (!write.done) return;
        if (write_error_.empty()) return write.done(policy::Stored{});
        write.done(base::Unexpected(policy::StoreError{write_error_}));
    }
    static void forget_callback(void* self, std::uint64_t id) noexcept {
        auto& store = *static_cast<MemoryStore*>(self);
        const auto found = store.under_way_.find(id);
        if (found == store.under_way_.end()) return;
        const Done dropped = std::exchange(found->second.done, nullptr);
    }

    ManualLoop& loop_;
    Rows rows_;
    std::map<std::uint64_t, Write> under_way_;
    std::uint64_t last_id_ = 0, puts_ = 0;
    std::string write_error_, load_error_, read_error_;
    base::Milliseconds delay_{2};
    base::WallTime purged_before_{};
};

}  // namespace testing_support
