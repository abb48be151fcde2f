// SPDX-License-Identifier: MIT
#include "lib/policy/overrides.h"

#include <algorithm>
#include <utility>

namespace policy {
namespace {

void drop_repetitions(std::vector<std::string>& mx) {
    auto end = mx.begin();
    for (auto it = mx.begin(); it != mx.end(); ++it)
        if (std::find(mx.begin(), end, *it) == end) std::iter_swap(end++, it);
    mx.erase(end, mx.end());
}

}  // namespace

std::string_view to_string(Override::Action action) {
    switch (action) {
        case Override::Action::kIgnore:
            return "ignore";
        case Override::Action::kEnforce:
            return "enforce";
        case Override::Action::kPin:
            return "pin";
        case Override::Action::kDefer:
            return "defer";
    }
    return "ignore";
}

Overrides::Overrides(std::vector<Override> entries) : entries_(std::move(entries)) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        Override& entry = entries_[i];
        drop_repetitions(entry.mx);
        counts_.push_back(std::make_shared<Count>(0));
        (entry.below ? below_ : exact_).try_emplace(entry.domain.text(), i);
    }
}

const Override* Overrides::find(const dns::Name& domain, base::WallTime now) const {
    if (entries_.empty()) return nullptr;
    std::string_view parent = domain.text();
    if (const Override* own = at(parent, false, now)) return own;
    for (std::size_t dot = parent.find('.'); dot != std::string_view::npos; dot = parent.find('.')) {
        parent.remove_prefix(dot + 1);
        if (const Override* wild = at(parent, true, now)) return wild;
    }
    return nullptr;
}

const Override* Overrides::at(std::string_view domain, bool below, base::WallTime now) const {
    const Index& index = below ? below_ : exact_;
    const auto it = index.find(domain);
    return it != index.end() && entries_[it->second].active(now) ? &entries_[it->second] : nullptr;
}

void Overrides::count_hit(const Override& entry) const {
    counts_[index_of(entry)]->fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t Overrides::hits(const Override& entry) const {
    return counts_[index_of(entry)]->load(std::memory_order_relaxed);
}

void Overrides::continue_counts(const Overrides& former) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Override& entry = entries_[i];
        const Index& index = entry.below ? former.below_ : former.exact_;
        const auto it = index.find(entry.domain.text());
        if (it != index.end() && former.entries_[it->second].action == entry.action)
            counts_[i] = former.counts_[it->second];
    }
}

}  // namespace policy
