// SPDX-License-Identifier: MIT
#include "lib/policy/cache_hash.h"

#include <bit>
#include <cstddef>
#include <cstring>
#include <random>

namespace policy {
namespace {

/// The state of SipHash (Aumasson, Bernstein: "SipHash: a fast short-input PRF"): 1 round per word, 3 at the
/// end.
struct SipState {
    std::uint64_t v0, v1, v2, v3;

    SipState(std::uint64_t key0, std::uint64_t key1)
        : v0(key0 ^ 0x736f6d6570736575U),
          v1(key1 ^ 0x646f72616e646f6dU),
          v2(key0 ^ 0x6c7967656e657261U),
          v3(key1 ^ 0x7465646279746573U) {}

    void round() {
        v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
        v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
    }
    void absorb(std::uint64_t word) {
        v3 ^= word;
        round();
        v0 ^= word;
    }
    std::uint64_t finish() {
        v2 ^= 0xff;
        round(), round(), round();
        return v0 ^ v1 ^ v2 ^ v3;
    }
};

// The byte order of the machine: the value never leaves the process.
std::uint64_t word_at(const char* bytes, std::size_t size) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, size);
    return word;
}

std::uint64_t random_word(std::random_device& device) {
    return std::uint64_t{device()} << 32 | device();
}

}  // namespace

KeyedHash::KeyedHash() : key0_(0), key1_(0) {
    std::random_device device;
    key0_ = random_word(device);
    key1_ = random_word(device);
}

std::uint64_t KeyedHash::operator()(std::string_view text) const {
    SipState state(key0_, key1_);
    const std::uint64_t length = text.size();
    while (text.size() >= 8) {
        state.absorb(word_at(text.data(), 8));
        text.remove_prefix(8);
    }
    state.absorb(word_at(text.data(), text.size()) | length << 56);
    return state.finish();
}

}  // namespace policy
