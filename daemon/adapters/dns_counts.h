// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "lib/dns/records.h"

namespace app {

/// How many lookups ended how, by type of record. One thread.
class DnsCounts {
  public:
    /// The first two, and then dns::LookupError::Kind in its order.
    enum Outcome : std::uint8_t { kRecords, kDenied, kFirstError };

    void count(std::uint16_t type, Outcome outcome) { ++counts_[index_of(type)][outcome]; }
    void count(std::uint16_t type, dns::LookupError::Kind error) {
        ++counts_[index_of(type)][kFirstError + static_cast<std::size_t>(error)];
    }

    /// Every pair that has occurred: "txt", "timeout", how often.
    void for_each(const std::function<void(std::string_view type, std::string_view outcome, std::uint64_t)>&
                      each) const;

  private:
    static constexpr std::size_t kTypes = 8, kOutcomes = 7;
    static std::size_t index_of(std::uint16_t type);
    std::array<std::array<std::uint64_t, kOutcomes>, kTypes> counts_{};
};

}  // namespace app
