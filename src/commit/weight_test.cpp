#include "commit/layout.hpp"
#include "commit/weight.hpp"

#include <gtest/gtest.h>

#include <random>

namespace commit {
namespace {

class Weights : public ::testing::Test
{
protected:
    F element()
    {
        std::array<K, 4> coefficients;
        for (auto& c : coefficients)
            c = K{uint32_t(random_() & 0x7fffffff)};
        return F{coefficients};
    }
    std::vector<F> elements(size_t count)
    {
        std::vector<F> out(count);
        for (auto& x : out)
            x = element();
        return out;
    }
    Factor bitwise(uint32_t bits)
    {
        BitFactor factor;
        for (uint32_t i = 0; i != bits; ++i)
            factor.bits.push_back({element(), element()});
        return factor;
    }
    Factor dense(uint32_t bits) { return DenseFactor{elements(size_t{1} << bits)}; }

    /// Every way to split `bits` bits among factors of both kinds.
    std::vector<Weight> all_weights(uint32_t bits, uint64_t offset)
    {
        if (bits == 0)
            return {Weight{.coefficient = element(), .offset = offset, .factors = {}}};
        std::vector<Weight> out;
        for (uint32_t last = 1; last <= bits; ++last)
            for (const auto& shorter : all_weights(bits - last, offset))
                for (const bool is_dense : {false, true})
                {
                    out.push_back(shorter);
                    out.back().factors.push_back(is_dense ? dense(last) : bitwise(last));
                }
        return out;
    }

    std::mt19937_64 random_{20240229};
};

/// Entry i straight from the definition.
F entry(const Weight& weight, uint64_t i)
{
    uint32_t bits = log_size(weight);
    if (i >> bits != weight.offset >> bits)
        return F::zero();
    F product = weight.coefficient;
    for (const auto& factor : weight.factors)
    {
        bits -= log_size(factor);
        const uint64_t digit = (i >> bits) & ((uint64_t{1} << log_size(factor)) - 1);
        if (const auto* table = std::get_if<DenseFactor>(&factor))
            product *= table->values[digit];
        else
        {
            const auto& pairs = std::get<BitFactor>(factor).bits;
            for (size_t b = 0; b != pairs.size(); ++b)
                product *= pairs[b][(digit >> (pairs.size() - 1 - b)) & 1];
        }
    }
    return product;
}

std::vector<F> naive(const Weight& weight, size_t length)
{
    std::vector<F> out(length);
    for (size_t i = 0; i != length; ++i)
        out[i] = entry(weight, i);
    return out;
}

TEST_F(Weights, expand_is_the_definition_for_every_split_into_factors)
{
    constexpr size_t kLength = 64;
    for (uint32_t bits = 0; bits <= 4; ++bits)
        for (uint64_t offset = 0; offset < kLength; offset += uint64_t{1} << bits)
            for (const auto& weight : all_weights(bits, offset))
            {
                auto sum = elements(kLength);
                const auto before = sum;
                expand(weight, sum);
                for (size_t i = 0; i != kLength; ++i)
                    ASSERT_EQ(sum[i], before[i] + entry(weight, i));
            }
}

TEST_F(Weights, fold_low_is_a_partial_evaluation_for_every_split_and_number_of_bits)
{
    constexpr size_t kLength = 32;
    for (uint32_t bits = 0; bits <= 4; ++bits)
        for (uint64_t offset = 0; offset < kLength; offset += uint64_t{1} << bits)
            for (const auto& weight : all_weights(bits, offset))
                for (uint32_t low = 0; low <= 5; ++low)
                {
                    const auto r = elements(low);
                    std::vector<F> eq(size_t{1} << low);
                    expand({.coefficient = F::one(), .offset = 0, .factors = {eq_factor(r)}}, eq);
                    auto folded = weight;
                    fold_low(folded, r);
                    const auto whole = naive(weight, kLength);
                    for (size_t i = 0; i != kLength >> low; ++i)
                    {
                        F sum;
                        for (size_t j = 0; j != eq.size(); ++j)
                            sum += eq[j] * whole[(i << low) + j];
                        ASSERT_EQ(entry(folded, i), sum);
                    }
                }
}

TEST_F(Weights, eq_and_powers_factors_are_what_they_are_called)
{
    const auto point = elements(3);
    const Weight eq{.coefficient = F::one(), .offset = 0, .factors = {eq_factor(point)}};
    EXPECT_EQ(entry(eq, 6), point[0] * point[1] * (F::one() - point[2]));
    const F x = element();
    const Weight powers{.coefficient = F::one(), .offset = 0, .factors = {powers_factor(x, 3)}};
    for (size_t i = 0; i != 8; ++i)
        EXPECT_EQ(entry(powers, i), x.pow(i));
}

TEST_F(Weights, a_layout_keeps_every_aligned_block_whole_and_leaves_no_gap)
{
    for (size_t first = 1; first != 40; ++first)
        for (size_t second : {1, 2, 3, 8, 21, 32})
        {
            const std::vector<size_t> lengths{first, second, 5};
            const Layout layout(lengths);
            ASSERT_EQ(layout.length(), first + second + 5);
            std::vector<std::vector<F>> vectors;
            std::vector<F> target(layout.length());
            for (size_t v = 0; v != 3; ++v)
            {
                vectors.push_back(elements(lengths[v]));
                layout.copy(v, vectors[v], target);
            }
            for (size_t v = 0; v != 3; ++v)
                for (uint32_t bits = 0; size_t{1} << bits <= lengths[v]; ++bits)
                    for (uint64_t o = 0; o + (uint64_t{1} << bits) <= lengths[v]; o += uint64_t{1} << bits)
                    {
                        Weight weight{.coefficient = F::one(), .offset = o, .factors = {}};
                        if (bits != 0)
                            weight.factors.push_back(bitwise(bits));
                        auto moved = weight;
                        layout.move(v, moved);
                        ASSERT_EQ(moved.offset % (uint64_t{1} << bits), 0u);
                        for (size_t i = 0; i != size_t{1} << bits; ++i)
                            ASSERT_EQ(target[moved.offset + i], vectors[v][o + i]);
                    }
            for (size_t v = 0; v != 3; ++v)
                for (const auto& piece : layout.pieces(v))
                    ASSERT_EQ(piece.to % (uint64_t{1} << piece.log_size), 0u);
        }
}

} // namespace
} // namespace commit
