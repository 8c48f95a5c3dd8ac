#include "signature/equation.hpp"

#include "crypto/blake3.hpp"
#include "signature/multiscalar.hpp"

#include <array>
#include <vector>

namespace signature {
namespace {

/// The 128-bit coefficients that `seed` stands for, one after the other.
class Coefficients
{
public:
    explicit Coefficients(const Bytes32& seed) : hash_(crypto::Blake3::keyed(seed)) {}

    Scalar next()
    {
        if (at_ == block_.size())
        {
            hash_.xof(offset_, block_);
            offset_ += block_.size();
            at_ = 0;
        }
        const auto bytes = std::span(block_).subspan(at_).first<16>();
        at_ += bytes.size();
        return Scalar::from_short(bytes);
    }

private:
    crypto::Blake3 hash_;
    std::array<uint8_t, 1024> block_{};
    uint64_t offset_ = 0;
    size_t at_ = block_.size();
};

} // namespace

bool holds(const Equation& claim)
{
    const Term key{claim.c, negate(claim.key)};
    return is_neutral(times_cofactor(multiscalar(claim.s, {&key, 1}) - claim.commitment));
}

bool all_hold(std::span<const Equation> claims, const Bytes32& seed)
{
    // Σ zᵢ·(cᵢ·Aᵢ + Rᵢ − sᵢ·B) = 0, with the signs that leave every zᵢ short.
    Coefficients coefficients(seed);
    Scalar base;
    std::vector<Term> terms;
    terms.reserve(2 * claims.size());
    for (const auto& claim : claims)
    {
        const Scalar z = coefficients.next();
        base = base + z * claim.s;
        terms.push_back({z * claim.c, claim.key});
        terms.push_back({z, claim.commitment});
    }
    return is_neutral(times_cofactor(multiscalar(-base, terms)));
}

} // namespace signature
