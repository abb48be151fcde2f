// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string_view>

namespace app {

/// The known key that an unknown one ("server.lisen", "sever", "interval") most likely means; empty where
/// none is near.
std::string_view nearest_key(std::string_view unknown);
/// The same among the keys of a profile.
std::string_view nearest_profile_key(std::string_view unknown);

/// The same among some words.
std::string_view nearest_of(std::span<const std::string_view> words, std::string_view unknown);

}  // namespace app
