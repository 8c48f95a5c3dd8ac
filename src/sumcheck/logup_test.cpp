#include "sumcheck/logup.hpp"

#include "poly/multilinear.hpp"
#include "sumcheck/testing/scripted.hpp"

#include <gtest/gtest.h>

namespace sumcheck {
namespace {

using testing::Dice;
using testing::F;
using testing::Scripted;

/// Random fractions whose sum is `sum`.
Fractions<F> fractions(size_t variables, uint64_t seed, F sum)
{
    Dice dice(seed);
    const auto size = size_t{1} << variables;
    Fractions<F> leaves{dice.elements(size), dice.elements(size)};
    for (size_t i = 1; i != size; ++i)
        sum -= leaves.p[i] * leaves.q[i].inverse();
    leaves.p[0] = sum * leaves.q[0];
    return leaves;
}

Fractions<F> parents(const Fractions<F>& children)
{
    Fractions<F> sums;
    const auto half = children.p.size() / 2;
    for (size_t x = 0; x != half; ++x)
    {
        sums.p.push_back(children.p[x] * children.q[x + half] + children.p[x + half] * children.q[x]);
        sums.q.push_back(children.q[x] * children.q[x + half]);
    }
    return sums;
}

/// Σ over x of eq(point, x)·(p₀q₁ + p₁q₀ + λq₀q₁)(x), the halves of p and q as they stand.
F layer_sum(const Fractions<F>& layer, std::span<const F> point, F lambda)
{
    const auto half = layer.p.size() / 2;
    const auto eq = poly::eq_table<F>(point);
    F sum;
    for (size_t x = 0; x != half; ++x)
        sum += eq[x] * (layer.p[x] * layer.q[x + half] + layer.p[x + half] * layer.q[x] +
                        lambda * layer.q[x] * layer.q[x + half]);
    return sum;
}

/// Both halves of p and q with their top variable at `to`.
Fractions<F> bound(const Fractions<F>& layer, F to)
{
    Fractions<F> result;
    const auto quarter = layer.p.size() / 4;
    for (const auto [from, into] : {std::pair{&layer.p, &result.p}, std::pair{&layer.q, &result.q}})
        for (size_t h = 0; h != 2; ++h)
            for (size_t x = 0; x != quarter; ++x)
            {
                const F lo = (*from)[2 * h * quarter + x], hi = (*from)[(2 * h + 1) * quarter + x];
                into->push_back(lo + to * (hi - lo));
            }
    return result;
}

/// Follows a proof as docs/specs/proof.md §6.2 says, and compares every message with its definition.
class Follower
{
public:
    Follower(Scripted& heard, Fractions<F> leaves) : heard_(heard)
    {
        for (layers_.push_back(std::move(leaves)); layers_.back().p.size() > 2;)
            layers_.push_back(parents(layers_.back()));
    }

    std::vector<F> run()
    {
        const auto root = heard_.next("logup root");
        const auto& top = layers_.back();
        EXPECT_EQ(root, (std::vector{top.p[0], top.p[1], top.q[0], top.q[1]}));
        std::vector<F> point{heard_.next("?tau")[0]};
        for (size_t k = 1; k != layers_.size(); ++k)
            point = layer(layers_[layers_.size() - 1 - k], point);
        EXPECT_TRUE(heard_.all_read()) << heard_.wrong;
        return point;
    }

private:
    std::vector<F> layer(Fractions<F> nodes, std::span<const F> r)
    {
        const F lambda = heard_.next("?lambda")[0];
        std::vector<F> next(1);
        for (size_t j = 0; j != r.size(); ++j)
        {
            const auto message = heard_.next("logup round");
            const auto rest = r.subspan(j + 1);
            const auto h = [&](F x) { return layer_sum(bound(nodes, x), rest, lambda); };
            const F two = F::of(2);
            EXPECT_EQ(message[0], h(F::zero()));
            EXPECT_EQ(message[1], (h(F::zero()) - two * h(F::one()) + h(two)) * two.inverse());
            EXPECT_EQ(layer_sum(nodes, r.subspan(j), lambda), (F::one() - r[j]) * h(F::zero()) + r[j] * h(F::one()));
            next.push_back(heard_.next("?rho")[0]);
            nodes = bound(nodes, next.back());
        }
        EXPECT_EQ(heard_.next("logup layer"), (std::vector{nodes.p[0], nodes.p[1], nodes.q[0], nodes.q[1]}));
        next[0] = heard_.next("?tau")[0];
        return next;
    }

    Scripted& heard_;
    std::vector<Fractions<F>> layers_; ///< leaves first
};

TEST(ProveFractions, every_message_is_what_its_definition_says)
{
    for (size_t variables = 2; variables != 8; ++variables)
        for (uint64_t seed = 0; seed != 4; ++seed)
        {
            const auto leaves = fractions(variables, seed, F::zero());
            Scripted channel(seed + 100);
            const auto point = prove_fractions(leaves, channel);
            EXPECT_EQ(Follower(channel, leaves).run(), point) << variables << " " << seed;
        }
}

TEST(ProveFractions, the_last_layer_continues_to_the_leaves_multilinear_extension)
{
    const auto leaves = fractions(6, 3, F::zero());
    Scripted channel(8);
    const auto point = prove_fractions(leaves, channel);
    ASSERT_EQ(point.size(), 6u);
    const auto& tau = channel.items.back().elements[0];
    const auto& last = channel.items[channel.items.size() - 2].elements;
    EXPECT_EQ(tau, point[0]);
    EXPECT_EQ(poly::evaluate<F>(std::span<const F>(leaves.p), point), last[0] + tau * (last[1] - last[0]));
    EXPECT_EQ(poly::evaluate<F>(std::span<const F>(leaves.q), point), last[2] + tau * (last[3] - last[2]));
}

TEST(ProveFractions, the_root_says_whether_the_sum_is_zero)
{
    for (const F sum : {F::zero(), F::one(), F::generator()})
    {
        Scripted channel(5);
        prove_fractions(fractions(5, 9, sum), channel);
        const auto root = channel.next("logup root");
        const F numerator = root[0] * root[3] + root[1] * root[2];
        EXPECT_EQ(numerator, sum * root[2] * root[3]);
    }
}

TEST(ProveFractions, a_tree_too_large_for_one_thread_gives_the_same_messages)
{
    const auto leaves = fractions(14, 1, F::zero());
    Scripted channel(2);
    const auto point = prove_fractions(leaves, channel);
    EXPECT_EQ(Follower(channel, leaves).run(), point);
}

} // namespace
} // namespace sumcheck
