#include "commit/weight.hpp"

#include "base/invariant.hpp"
#include "field/kernels.hpp"

#include <bit>

namespace commit {
namespace {

/// Every factor as a list of value tables, bits as tables of two.
std::vector<std::span<const F>> tables_of(std::span<const Factor> factors)
{
    std::vector<std::span<const F>> tables;
    for (const auto& factor : factors)
        if (const auto* bitwise = std::get_if<BitFactor>(&factor))
            tables.insert(tables.end(), bitwise->bits.begin(), bitwise->bits.end());
        else
            tables.emplace_back(std::get<DenseFactor>(factor).values);
    return tables;
}

/// out[i·|b| + j] = a[i]·b[j].
std::vector<F> outer(std::span<const F> a, std::span<const F> b)
{
    std::vector<F> out(a.size() * b.size());
    for (size_t i = 0; i != a.size(); ++i)
        field::axpy<F>(std::span(out).subspan(i * b.size(), b.size()), a[i], b);
    return out;
}

/// Two vectors whose outer product is the product of the tables. Balanced, so that multiplying them out costs little
/// more than one product an entry.
struct Halves
{
    std::vector<F> high, low;
};

Halves halves(std::span<const std::span<const F>> tables, F scale)
{
    uint32_t bits = 0;
    for (const auto& table : tables)
        bits += std::countr_zero(table.size());
    Halves result{.high = {scale}, .low = {F::one()}};
    size_t split = tables.size();
    for (uint32_t low_bits = 0; split != 0 && 2 * low_bits < bits; --split)
    {
        result.low = outer(tables[split - 1], result.low);
        low_bits += std::countr_zero(tables[split - 1].size());
    }
    for (const auto& table : tables.first(split))
        result.high = outer(result.high, table);
    return result;
}

F lerp(F low, F high, F r) { return low + r * (high - low); }

} // namespace

uint32_t log_size(const Factor& factor)
{
    if (const auto* bitwise = std::get_if<BitFactor>(&factor))
        return uint32_t(bitwise->bits.size());
    return uint32_t(std::countr_zero(std::get<DenseFactor>(factor).values.size()));
}

uint32_t log_size(const Weight& weight)
{
    uint32_t bits = 0;
    for (const auto& factor : weight.factors)
        bits += log_size(factor);
    return bits;
}

bool within(const Weight& weight, uint64_t entries)
{
    const uint64_t size = uint64_t{1} << log_size(weight);
    return size <= entries && weight.offset <= entries - size;
}

BitFactor eq_factor(std::span<const F> point)
{
    BitFactor factor;
    factor.bits.reserve(point.size());
    for (const F& z : point)
        factor.bits.push_back({F::one() - z, z});
    return factor;
}

BitFactor powers_factor(F x, uint32_t bits)
{
    BitFactor factor{.bits = std::vector<std::array<F, 2>>(bits)};
    for (uint32_t e = 0; e != bits; ++e, x *= x)
        factor.bits[bits - 1 - e] = {F::one(), x};
    return factor;
}

void fold_low(Weight& weight, std::span<const F> r)
{
    while (!r.empty() && !weight.factors.empty())
    {
        // The least significant bit goes first: it is the last challenge and the last bit of the last factor.
        auto& factor = weight.factors.back();
        if (auto* bitwise = std::get_if<BitFactor>(&factor))
        {
            const auto [low, high] = bitwise->bits.back();
            weight.coefficient *= lerp(low, high, r.back());
            bitwise->bits.pop_back();
        }
        else
        {
            auto& values = std::get<DenseFactor>(factor).values;
            for (size_t i = 0; i != values.size() / 2; ++i)
                values[i] = lerp(values[2 * i], values[2 * i + 1], r.back());
            values.resize(values.size() / 2);
            if (values.size() == 1)
                weight.coefficient *= values[0];
        }
        if (log_size(factor) == 0)
            weight.factors.pop_back();
        weight.offset >>= 1;
        r = r.first(r.size() - 1);
    }
    for (; !r.empty(); r = r.first(r.size() - 1), weight.offset >>= 1)
        weight.coefficient *= weight.offset & 1 ? r.back() : F::one() - r.back();
}

std::vector<F> multiply_out(std::span<const Factor> factors, F scale)
{
    const auto [high, low] = halves(tables_of(factors), scale);
    return outer(high, low);
}

void expand(const Weight& weight, std::span<F> into)
{
    const auto [high, low] = halves(tables_of(weight.factors), weight.coefficient);
    base::invariant(weight.offset + high.size() * low.size() <= into.size());
    auto out = into.subspan(weight.offset, high.size() * low.size());
    for (const F& a : high)
    {
        if (a != F::zero())
            field::axpy<F>(out.first(low.size()), a, low);
        out = out.subspan(low.size());
    }
}

} // namespace commit
