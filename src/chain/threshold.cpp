#include "chain/threshold.hpp"

#include "base/invariant.hpp"
#include "hash/blake2b.hpp"
#include "scale/scale.hpp"

#include <cmath>

namespace chain {

scale::u128 primary_threshold(std::pair<uint64_t, uint64_t> c, uint64_t weight, uint64_t total)
{
    if (total == 0 || c.second == 0)
        return 0;
    const double share = double(c.first) / double(c.second);
    const double theta = double(weight) / double(total);
    const double p = 1.0 - std::pow(1.0 - share, theta);
    if (!(p > 0))
        return 0;
    if (p >= 1)
        return ~scale::u128{0};
    // p = mantissa · 2^(exponent − 53), so 2¹²⁸·p is an integer shifted.
    int exponent = 0;
    const auto mantissa = scale::u128(std::ldexp(std::frexp(p, &exponent), 53));
    const int shift = 128 - 53 + exponent;
    return shift >= 0 ? mantissa << shift : shift > -64 ? mantissa >> -shift : 0;
}

scale::u128 primary_threshold(std::pair<uint64_t, uint64_t> c, std::span<const primitives::babe::Authority> authorities,
                              size_t index)
{
    uint64_t total = 0;
    for (const auto& authority : authorities)
        total += authority.weight;
    return primary_threshold(c, authorities[index].weight, total);
}

uint32_t secondary_author(const primitives::babe::Randomness& randomness, primitives::babe::Slot slot,
                          size_t authorities)
{
    base::invariant(authorities > 0);
    scale::Writer writer;
    writer.put(base::ByteView(randomness));
    scale::encode(slot, writer);
    uint64_t rest = 0;
    for (const auto byte : hash::blake2_256(base::ByteView(writer.take())))
        rest = (rest << 8 | byte) % authorities; // authorities < 2³², so nothing is shifted out
    return uint32_t(rest);
}

} // namespace chain
