// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/policy/overrides.h"
#include "lib/policy/profile.h"

namespace policy {

/// Profiles by map name: so few that they are found faster in a row than in a tree.
class Profiles {
    using Entry = std::pair<std::string, Profile>;

  public:
    /// The map's profile; a default one is added where there is none.
    Profile& operator[](std::string_view map) {
        for (Entry& entry : entries_)
            if (entry.first == map) return entry.second;
        return entries_.emplace_back(std::string(map), Profile{}).second;
    }
    /// Null: there is none.
    const Profile* find(std::string_view map) const {
        for (const Entry& entry : entries_)
            if (entry.first == map) return &entry.second;
        return nullptr;
    }
    /// In the order in which they were added.
    std::vector<Entry>::const_iterator begin() const { return entries_.begin(); }
    std::vector<Entry>::const_iterator end() const { return entries_.end(); }

  private:
    std::vector<Entry> entries_;
};

/// The operator's side of every decision: the profiles by map name, and the overrides. Immutable: a reload
/// builds a new one, and each thread changes over between two requests.
struct Rules {
    Profiles profiles;
    Overrides overrides;
    /// False while the resolver is known not to validate: then nothing can be said of DANE, and every profile
    /// answers as with `dane: off`.
    bool resolver_validates = true;

    bool looks_at_dane(const Profile& of) const {
        return resolver_validates && of.dane != Profile::Dane::kOff;
    }
};

}  // namespace policy
