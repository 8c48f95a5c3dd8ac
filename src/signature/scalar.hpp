#pragma once

#include "signature/field25519.hpp"

namespace signature {

/// A residue modulo the order of the base point, l = 2²⁵² + 27742317777372353535851937790883648493, in four words.
/// For public scalars: signatures and challenges.
class Scalar
{
public:
    constexpr Scalar() = default;

    /// Nothing when the 256-bit little-endian value is not below l.
    static std::optional<Scalar> from_canonical(View32 bytes);

    /// The 512-bit little-endian value modulo l.
    static Scalar from_wide(std::span<const uint8_t, 64> bytes);

    /// The 128-bit little-endian value.
    static Scalar from_short(std::span<const uint8_t, 16> bytes);

    Bytes32 bytes() const;
    constexpr const std::array<uint64_t, 4>& words() const { return word_; }

    friend Scalar operator+(const Scalar& a, const Scalar& b);
    friend Scalar operator*(const Scalar& a, const Scalar& b);
    friend Scalar operator-(const Scalar& a);
    friend bool operator==(const Scalar&, const Scalar&) = default;

private:
    constexpr explicit Scalar(const std::array<uint64_t, 4>& words) : word_(words) {}
    static Scalar reduce(const std::array<uint64_t, 8>& wide);

    std::array<uint64_t, 4> word_{}; ///< below l
};

} // namespace signature
