#pragma once

#include "crypto/random.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

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

/// Secret text, such as a phrase or a password; overwritten when it is destroyed or moved from. Copies that the text
/// was made from are their owner's to wipe.
class SecretText
{
public:
    SecretText() = default;
    /// Takes the text over; what is left of `text` is wiped.
    explicit SecretText(std::string&& text) : text_(std::move(text)) { wipe(text); }
    explicit SecretText(std::string_view text) : text_(text) {}
    ~SecretText() { wipe(text_); }
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;
    SecretText(SecretText&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
    SecretText& operator=(SecretText&& other) noexcept
    {
        if (this != &other)
        {
            wipe(text_);
            text_ = std::move(other.text_);
            wipe(other.text_);
        }
        return *this;
    }

    std::string_view expose() const { return text_; }

    /// Overwrites all that a string holds, what it held before it became shorter included, and empties it.
    static void wipe(std::string& text)
    {
        text.resize(text.capacity());
        crypto::wipe({reinterpret_cast<uint8_t*>(text.data()), text.size()});
        text.clear();
    }

private:
    std::string text_;
};

} // namespace signature
