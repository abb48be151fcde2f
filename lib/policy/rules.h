// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "lib/policy/overrides.h"
#include "lib/policy/profile.h"

namespace policy {

/// The operator's side of every decision: the profiles by map name, and the overrides. Immutable: a reload
/// builds a new one, and each thread changes over between two requests.
struct Rules {
    std::map<std::string, Profile, std::less<>> profiles;
    Overrides overrides;
    /// False while the resolver is known not to validate: then nothing can be said of DANE, and every profile
    /// answers as with `dane: off`.
    bool resolver_validates = true;

    bool looks_at_dane(const Profile& of) const {
        return resolver_validates && of.dane != Profile::Dane::kOff;
    }
    const Profile* profile(std::string_view map) const {
        const auto it = profiles.find(map);
        return it == profiles.end() ? nullptr : &it->second;
    }
};

}  // namespace policy
