#include "sumcheck/product.hpp"

#include "poly/multilinear.hpp"
#include "sumcheck/testing/scripted.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

namespace sumcheck {
namespace {

using testing::Dice;
using testing::F;
using testing::Scripted;

std::vector<InnerProduct<F>> products_of(std::initializer_list<size_t> sizes_log, uint64_t seed)
{
    Dice dice(seed);
    std::vector<InnerProduct<F>> products;
    for (const auto s : sizes_log)
        products.push_back({dice.element(), dice.elements(size_t{1} << s), dice.elements(size_t{1} << s)});
    return products;
}

F sum_of_all(const std::vector<InnerProduct<F>>& products)
{
    F sum;
    for (const auto& product : products)
        for (size_t x = 0; x != product.left.size(); ++x)
            sum += product.weight * product.left[x] * product.right[x];
    return sum;
}

size_t bits(const InnerProduct<F>& product) { return size_t(std::bit_width(product.left.size()) - 1); }

/// What the verifier of docs/specs/proof.md §6.3 computes; every value sent is compared with its definition.
void follow(const std::vector<InnerProduct<F>>& products, Scripted& heard, const std::vector<F>& point)
{
    size_t rounds = 0;
    for (const auto& product : products)
        rounds = std::max(rounds, bits(product));
    ASSERT_EQ(point.size(), rounds);
    F claim = sum_of_all(products);
    for (size_t j = 0; j != rounds; ++j)
    {
        const auto message = heard.next("product round");
        const F rho = heard.next("?rho")[0];
        EXPECT_EQ(rho, point[j]);
        claim = claim * rho + message[0] * (F::one() - rho - rho) + message[1] * (rho * rho - rho);
    }
    F end;
    const F half = F::of(2).inverse();
    for (const auto& product : products)
    {
        const auto values = heard.next("product values");
        const auto own = std::span<const F>(point).last(bits(product));
        EXPECT_EQ(values[0], poly::evaluate<F>(std::span<const F>(product.left), own));
        EXPECT_EQ(values[1], poly::evaluate<F>(std::span<const F>(product.right), own));
        end += product.weight * half.pow(rounds - bits(product)) * values[0] * values[1];
    }
    EXPECT_EQ(claim, end);
    EXPECT_TRUE(heard.all_read()) << heard.wrong;
}

TEST(ProveProducts, one_product_ends_at_its_factors_extensions)
{
    for (size_t s = 0; s != 9; ++s)
    {
        const auto products = products_of({s}, s);
        Scripted channel(s + 50);
        const auto point = prove_products(products, channel);
        follow(products, channel, point);
    }
}

TEST(ProveProducts, products_of_any_sizes_share_one_sumcheck)
{
    uint64_t seed = 0;
    for (const auto& sizes : {std::initializer_list<size_t>{3, 5, 0, 5}, {0, 0}, {0, 1}, {7, 1, 4}, {2, 2, 2}, {1, 6}})
    {
        const auto products = products_of(sizes, ++seed);
        Scripted channel(seed);
        const auto point = prove_products(products, channel);
        follow(products, channel, point);
    }
}

TEST(ProveProducts, a_product_that_waits_contributes_the_constant_half_of_its_share)
{
    auto products = products_of({4, 1}, 3);
    std::ranges::fill(products[0].left, F::zero()); // leaves the late one alone
    Scripted channel(4);
    prove_products(products, channel);
    const F half = F::of(2).inverse();
    F share = sum_of_all(products);
    for (size_t round = 0; round != 3; ++round)
    {
        const auto message = channel.next("product round");
        channel.next("?rho");
        share *= half;
        EXPECT_EQ(message, (std::vector{share, F::zero()})) << round;
    }
}

TEST(ProveProducts, each_round_is_the_sum_along_its_variable)
{
    const auto products = products_of({6, 3}, 11);
    Scripted channel(12);
    prove_products(products, channel);
    const auto message = channel.next("product round");
    const auto& [weight, left, right] = products[0];
    F at_zero, at_infinity;
    for (size_t x = 0; x != 32; ++x)
    {
        at_zero += weight * left[x] * right[x];
        at_infinity += weight * (left[x + 32] - left[x]) * (right[x + 32] - right[x]);
    }
    EXPECT_EQ(message[0], at_zero + sum_of_all({products[1]}) * F::of(2).inverse());
    EXPECT_EQ(message[1], at_infinity);
}

TEST(ProveProducts, products_too_large_for_one_thread_give_the_same_messages)
{
    const auto products = products_of({14, 13}, 21);
    Scripted channel(22);
    const auto point = prove_products(products, channel);
    follow(products, channel, point);
}

} // namespace
} // namespace sumcheck
