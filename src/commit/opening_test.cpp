#include "commit/opening.hpp"

#include "commit/testing/world.hpp"

#include <gtest/gtest.h>

#include <map>

namespace commit {
namespace {

using testing::World;

SourceShape trace(const Profile& profile, uint32_t log_columns, size_t rows)
{
    return trace_shape(profile, log_columns, rows).value();
}
SourceShape sealed(const Profile& profile, uint32_t log_columns, size_t rows)
{
    return sealed_shape(profile, log_columns, rows).value();
}

TEST(Opening, true_claims_are_accepted_for_every_mix_of_sources)
{
    const std::vector<std::vector<SourceShape>> mixes{
        {trace(kToy, 4, 1)},
        {trace(kToy, 4, 33)},
        {trace(kToy, 6, 5), trace(kToy, 4, 70)},
        {trace(kToy, 4, 20), sealed(kToy, 6, 17), sealed(kToy, 4, 3)},
        {trace(kToy, 4, 1500)},
        {trace(kToy, 6, 900), sealed(kToy, 4, 300), sealed(kToy, 4, 1100)},
        {trace(kToy, 4, 20000)},
    };
    std::map<size_t, size_t> levels;
    for (uint64_t seed = 0; seed != 4; ++seed)
        for (const auto& shapes : mixes)
            for (const size_t weights_each : {0u, 1u, 6u})
            {
                World world(kToy, shapes, seed, weights_each);
                ++levels[world.plan.levels.size()];
                ASSERT_TRUE(world.verify(world.prove())) << seed << ' ' << shapes.size() << ' ' << shapes[0].rows;
            }
    EXPECT_EQ(levels.size(), 3u) << "none, one and two levels";
}

TEST(Opening, true_claims_are_accepted_at_100_bits)
{
    World world(kP100, {trace(kP100, 4, 600), sealed(kP100, 6, 40)}, 5);
    const auto proof = world.prove();
    EXPECT_TRUE(world.verify(proof));
    RecordProperty("bytes", int(proof.bytes.size()));
}

TEST(Opening, any_other_constant_is_refused_as_base_claim)
{
    World world(kToy, {trace(kToy, 4, 20), sealed(kToy, 6, 17)}, 6);
    const auto proof = world.prove();
    for (int i = 0; i != 20; ++i)
    {
        auto wrong = world.claim;
        wrong.constant += world.dice.element();
        EXPECT_EQ(world.verify(proof, wrong), std::unexpected(Refusal::base_claim));
    }
}

TEST(Opening, any_other_weight_is_refused_as_base_claim)
{
    World world(kToy, {trace(kToy, 4, 20), sealed(kToy, 6, 17)}, 7);
    const auto proof = world.prove();
    for (size_t s = 0; s != 2; ++s)
        for (size_t i = 0; i != world.claim.weights[s].size(); ++i)
        {
            auto wrong = world.claim;
            wrong.weights[s][i].coefficient += F::one();
            EXPECT_EQ(world.verify(proof, wrong), std::unexpected(Refusal::base_claim));
        }
}

TEST(Opening, every_byte_changed_is_refused)
{
    World world(kToy, {trace(kToy, 4, 3)}, 8);
    const auto proof = world.prove();
    ASSERT_TRUE(world.verify(proof));
    std::map<Refusal, size_t> reasons;
    for (size_t i = 0; i != proof.bytes.size(); ++i)
        for (const uint8_t mask : {uint8_t{0x01}, uint8_t{0x80}})
        {
            auto changed = proof;
            changed.bytes[i] ^= mask;
            const auto result = world.verify(changed);
            ASSERT_FALSE(result) << "byte " << i << " of " << proof.bytes.size();
            ++reasons[result.error()];
        }
    for (const auto reason : {Refusal::syntax, Refusal::nonce, Refusal::path, Refusal::base_claim})
        EXPECT_GT(reasons[reason], 0u) << int(reason);
}

TEST(Opening, every_shortened_and_extended_proof_is_refused_as_syntax)
{
    World world(kToy, {trace(kToy, 4, 3)}, 9);
    const auto proof = world.prove();
    for (size_t size = 0; size != proof.bytes.size(); ++size)
    {
        auto cut = proof;
        cut.bytes.resize(size);
        ASSERT_EQ(world.verify(cut), std::unexpected(Refusal::syntax)) << size;
    }
    auto longer = proof;
    longer.bytes.push_back(0);
    EXPECT_EQ(world.verify(longer), std::unexpected(Refusal::syntax));
}

TEST(Opening, depends_on_every_root)
{
    World world(kToy, {trace(kToy, 4, 3), sealed(kToy, 4, 3)}, 10);
    const auto proof = world.prove();
    for (size_t s = 0; s != 2; ++s)
    {
        const auto right = world.roots[s];
        world.roots[s][0] ^= 1;
        EXPECT_FALSE(world.verify(proof));
        world.roots[s] = right;
    }
    auto other = proof;
    other.pads_root[31] ^= 1;
    EXPECT_FALSE(world.verify(other));
}

TEST(OpeningDeathTest, no_weight_reaches_a_tail)
{
    World world(kToy, {trace(kToy, 4, 3)}, 12);
    const auto proof = world.prove();
    auto pads = commit_pads(world.plan, world.entropy);
    auto spoken = world.transcript(proof.pads_root);
    base::Writer out;
    FiatShamir channel(spoken, out);
    world.claim.weights[0].push_back({.coefficient = F::one(), .offset = 3 * 16, .factors = {}});
    EXPECT_DEATH((void)world.verify(proof), "");
    EXPECT_DEATH((void)open(world.plan, world.oracles, world.claim.weights, std::move(pads), channel, world.entropy),
                 "");
}

TEST(Opening, asks_for_randomness_under_one_label_for_each_mask)
{
    World world(kToy, {trace(kToy, 4, 1500)}, 11);
    world.prove();
    const std::set<std::string> expected{"tail A",     "salt A",     "xi",        "tail pads", "xi mask",  "salt pads",
                                         "tail level", "salt level", "tail last", "last mask", "salt last"};
    EXPECT_EQ(world.entropy.labels, expected);
}

} // namespace
} // namespace commit
