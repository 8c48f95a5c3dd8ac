#pragma once

#include "crypto/random.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace signature {

/// n secret bytes, overwritten when they are destroyed or moved from. No formatter and no comparison, so that they
/// reach neither a log nor a branch; copying is explicit.
template <size_t n>
class Secret
{
public:
    Secret() = default;
    explicit Secret(std::span<const uint8_t, n> bytes) { std::ranges::copy(bytes, bytes_.begin()); }
    ~Secret() { crypto::wipe(bytes_); }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&& other) noexcept : bytes_(other.bytes_) { crypto::wipe(other.bytes_); }
    Secret& operator=(Secret&& other) noexcept
    {
        if (this != &other)
        {
            bytes_ = other.bytes_;
            crypto::wipe(other.bytes_);
        }
        return *this;
    }
    Secret clone() const { return Secret(bytes_); }

    std::span<const uint8_t, n> expose() const { return bytes_; }
    std::span<uint8_t, n> expose() { return bytes_; }

private:
    std::array<uint8_t, n> bytes_{};
};

/// What keys are made from: sr25519's mini secret, the seed of ed25519, the scalar of ECDSA.
using Seed = Secret<32>;

} // namespace signature
