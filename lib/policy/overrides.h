// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/base/clock.h"
#include "lib/dns/name.h"

namespace policy {

/// An operator's word about one domain (`overrides.yml`), stronger than anything the domain publishes.
struct Override {
    enum class Action : std::uint8_t {
        kIgnore,   ///< answer NOTFOUND, look nothing up
        kEnforce,  ///< a testing policy counts as enforce
        kPin,      ///< answer secure with `mx`, look nothing up
        kDefer,    ///< answer TEMP, look nothing up
    };
    dns::Name domain;    ///< the part after "*." for an entry of that form
    bool below = false;  ///< "*.example.com": every name below example.com, not itself
    Action action = Action::kIgnore;
    std::vector<std::string> mx;          ///< for kPin: usable mx patterns, lower case, not empty
    std::optional<base::WallTime> until;  ///< inactive from then on
    std::string comment;

    bool active(base::WallTime now) const { return !until || now < *until; }
};

std::string_view to_string(Override::Action action);

/// All overrides, immutable once built but for the counts of their use; read by every thread. Copies share
/// the counts.
class Overrides {
  public:
    Overrides() = default;
    /// The first of two entries for the same domain counts; the file's reader refuses such a file. Repeated
    /// mx patterns of an entry are dropped.
    explicit Overrides(std::vector<Override> entries);

    /// The active entry for a domain: its own before "*.parent", a nearer parent before a farther. Null:
    /// none.
    const Override* find(const dns::Name& domain, base::WallTime now) const;
    const std::vector<Override>& entries() const { return entries_; }

    /// Counts an answer given under `entry`, which is one of ours. Any thread.
    void count_hit(const Override& entry) const;
    /// Answers given under `entry` since the daemon has it.
    std::uint64_t hits(const Override& entry) const;
    /// An entry with the same domain and action as one of `former` goes on with its count. Before other
    /// threads see this object.
    void continue_counts(const Overrides& former);

  private:
    using Count = std::atomic<std::uint64_t>;

    struct Hash {
        using is_transparent = void;  // find() by string_view allocates nothing
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Index = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;

    std::size_t index_of(const Override& entry) const {
        return static_cast<std::size_t>(&entry - entries_.data());
    }
    const Override* at(std::string_view domain, bool below, base::WallTime now) const;
    std::vector<Override> entries_;
    // One for each entry. Shared: by copies, and with the former overrides, under which a thread may still
    // answer.
    std::vector<std::shared_ptr<Count>> counts_;
    Index exact_, below_;
};

}  // namespace policy
