// SPDX-License-Identifier: MIT
#include "daemon/settings/suggest.h"

#include <algorithm>

#include "daemon/settings/table.h"
#include "daemon/settings/values.h"

namespace app {
namespace {

std::string_view last_part(std::string_view key) {
    const std::size_t dot = key.rfind('.');
    return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

class Nearest {
  public:
    explicit Nearest(std::string_view unknown)
        : unknown_(unknown), best_(std::clamp<std::size_t>(unknown.size() / 3, 1, 4) + 1) {}

    void consider(std::string_view known) { consider_at(known, edit_distance(unknown_, known)); }
    // The right key in the wrong group, or without its group.
    void consider_last_part(std::string_view known) {
        if (last_part(known) == last_part(unknown_)) consider_at(known, 1);
    }
    std::string_view key() const { return key_; }

  private:
    void consider_at(std::string_view known, std::size_t distance) {
        if (distance >= best_) return;
        best_ = distance;
        key_ = known;
    }

    std::string_view unknown_;
    std::size_t best_;  // the first distance that is too far
    std::string_view key_;
};

constexpr std::size_t kLongestKey = 64;

}  // namespace

std::string_view nearest_key(std::string_view unknown) {
    if (unknown.size() > kLongestKey) return {};
    Nearest nearest(unknown);
    for (const auto& setting : settings_table()) {
        nearest.consider(setting.key);
        nearest.consider_last_part(setting.key);
    }
    for (const auto& group : settings_groups())
        nearest.consider(group.key);
    return nearest.key();
}

std::string_view nearest_profile_key(std::string_view unknown) {
    if (unknown.size() > kLongestKey) return {};
    Nearest nearest(unknown);
    for (const auto& setting : profile_table())
        nearest.consider(setting.key);
    return nearest.key();
}

std::string_view nearest_of(std::span<const std::string_view> words, std::string_view unknown) {
    if (unknown.size() > kLongestKey) return {};
    Nearest nearest(unknown);
    for (const std::string_view word : words)
        nearest.consider(word);
    return nearest.key();
}

}  // namespace app
