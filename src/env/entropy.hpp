#pragma once

#include "crypto/random.hpp"

namespace env {

/// The operating system's randomness, through getrandom(2): blocks only before the kernel's pool is ready, once after
/// boot. A kernel that refuses stops the process: a proof without fresh randomness would show its secrets.
class OsEntropy final : public crypto::Entropy
{
public:
    void fill(std::span<uint8_t> out, std::string_view label) override;
};

} // namespace env
