// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string_view>

namespace policy {

/// SipHash-1-3 with a random key: who does not know the key cannot find names that collide. Not for storing:
/// the key is another one in every object. Copyable, thread-safe.
class KeyedHash {
  public:
    /// Draws the key.
    KeyedHash();
    KeyedHash(std::uint64_t key0, std::uint64_t key1) : key0_(key0), key1_(key1) {}

    std::uint64_t operator()(std::string_view text) const;

  private:
    std::uint64_t key0_, key1_;
};

}  // namespace policy
