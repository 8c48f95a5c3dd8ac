#include "chain/verify.hpp"

#include "author/testing/keys.hpp"

#include <gtest/gtest.h>

/// Headers of our own making, each wrong in one way: chain's verification names it.
namespace author {
namespace {

namespace babe = primitives::babe;
namespace digest = primitives::digest;
using chain::EpochRefusal;
using chain::HeaderRefusal;
using testing::Keys;

constexpr Slot kSlot = 1005;

struct World
{
    Keys keys{3};
    chain::Parent parent;
    Claim claim{};
    Header header;

    explicit World(std::pair<uint64_t, uint64_t> c = {1, 4},
                   babe::AllowedSlots slots = babe::AllowedSlots::PrimaryAndSecondaryVRFSlots)
        : parent{.id = {{7}, 0}, .slot = std::nullopt, .epochs = chain::Epochs::genesis(configuration(c, slots))}
    {
        claim = *claim_slot(kSlot, *epoch(), keys.lend(), keys.entropy);
        header = {.parent_hash = parent.id.hash, .number = {1}, .state_root = {}, .extrinsics_root = {}, .digest = {}};
        header.digest.logs = {pre_runtime(claim), announcement()};
    }

    babe::Configuration configuration(std::pair<uint64_t, uint64_t> c, babe::AllowedSlots slots) const
    {
        return {.slot_duration_ms = 1000,
                .epoch_length = 100,
                .c = c,
                .authorities = keys.authorities,
                .randomness = {5},
                .allowed_slots = slots};
    }

    std::shared_ptr<const Epoch> epoch() const { return *parent.epochs.epoch_of_child(kSlot); }

    primitives::DigestItem announcement() const
    {
        return digest::Consensus{primitives::kBabeEngine,
                                 scale::encode(babe::ConsensusLog(babe::NextEpochData{keys.authorities, {6}}))};
    }

    void set_claim(const babe::PreDigest& changed)
    {
        header.digest.logs[0] = digest::PreRuntime{primitives::kBabeEngine, scale::encode(changed)};
    }

    auto verify(Slot now = kSlot) const { return chain::verify_header(header, parent, now); }
    auto sealed(Slot now = kSlot)
    {
        EXPECT_TRUE(seal(header, claim.key, keys.lend(), keys.entropy));
        return verify(now);
    }
    HeaderRefusal refusal(Slot now = kSlot)
    {
        const auto result = sealed(now);
        EXPECT_FALSE(result);
        return result ? HeaderRefusal{} : result.error().why;
    }
};

TEST(VerifyHeader, what_we_author_holds_by_lottery_and_by_turn)
{
    for (const auto c : {std::pair<uint64_t, uint64_t>{1, 1}, {0, 1}})
    {
        World world(c);
        const auto verified = world.sealed();
        ASSERT_TRUE(verified);
        EXPECT_EQ(verified->primary, c.first == 1);
        EXPECT_EQ(verified->author, world.claim.key);
        EXPECT_EQ(verified->id.number, 1);
        EXPECT_EQ(verified->epochs.current()->start_slot, kSlot);
    }
    World plain({0, 1}, babe::AllowedSlots::PrimaryAndSecondaryPlainSlots);
    EXPECT_TRUE(plain.sealed());
}

TEST(VerifyHeader, the_parent_must_fit)
{
    World hash, number, slot;
    hash.header.parent_hash[0] ^= 1;
    EXPECT_EQ(hash.refusal(), HeaderRefusal::parent);
    number.header.number.value = 2;
    EXPECT_EQ(number.refusal(), HeaderRefusal::parent);
    slot.parent.slot = kSlot;
    EXPECT_EQ(slot.refusal(), HeaderRefusal::slot_order);
}

TEST(VerifyHeader, a_slot_may_be_early_by_one)
{
    World world;
    EXPECT_TRUE(world.sealed(kSlot - 1));
    EXPECT_EQ(world.verify(kSlot - 2).error().why, HeaderRefusal::slot_in_future);
}

TEST(VerifyHeader, the_seal_is_the_last_item_and_the_only_one)
{
    World none, twice, engine, size;
    EXPECT_EQ(none.verify().error().why, HeaderRefusal::seal);
    ASSERT_TRUE(seal(twice.header, twice.claim.key, twice.keys.lend(), twice.keys.entropy));
    EXPECT_EQ(twice.refusal(), HeaderRefusal::seal);
    engine.header.digest.logs.push_back(digest::Seal{primitives::kGrandpaEngine, base::Bytes(64)});
    EXPECT_EQ(engine.verify().error().why, HeaderRefusal::seal);
    size.header.digest.logs.push_back(digest::Seal{primitives::kBabeEngine, base::Bytes(63)});
    EXPECT_EQ(size.verify().error().why, HeaderRefusal::seal);
}

TEST(VerifyHeader, there_is_one_claim_and_it_reads)
{
    World none, twice, broken;
    none.header.digest.logs.erase(none.header.digest.logs.begin());
    EXPECT_EQ(none.refusal(), HeaderRefusal::pre_digest);
    twice.header.digest.logs.push_back(twice.header.digest.logs[0]);
    EXPECT_EQ(twice.refusal(), HeaderRefusal::pre_digest);
    broken.header.digest.logs[0] = digest::PreRuntime{primitives::kBabeEngine, {9}};
    EXPECT_EQ(broken.refusal(), HeaderRefusal::pre_digest);
}

TEST(VerifyHeader, announcements_stand_where_an_epoch_begins)
{
    World world;
    world.header.digest.logs.pop_back();
    const auto refused = world.sealed();
    EXPECT_EQ(refused.error(), (chain::HeaderError{HeaderRefusal::epoch, EpochRefusal::missing}));
}

TEST(VerifyHeader, the_environment_changes_once)
{
    World once, twice;
    once.header.digest.logs.push_back(digest::RuntimeEnvironmentUpdated{});
    EXPECT_TRUE(once.sealed());
    twice.header.digest.logs.push_back(digest::RuntimeEnvironmentUpdated{});
    twice.header.digest.logs.push_back(digest::RuntimeEnvironmentUpdated{});
    EXPECT_EQ(twice.refusal(), HeaderRefusal::environment);
}

TEST(VerifyHeader, the_claim_must_be_the_authors_own)
{
    World index({1, 1}), turn({0, 1}), kind({0, 1}), lost({0, 1});
    auto primary = *index.claim.digest.get<babe::Primary>();
    primary.authority_index = 3;
    index.set_claim(primary);
    EXPECT_EQ(index.refusal(), HeaderRefusal::authority);

    auto secondary = *turn.claim.digest.get<babe::SecondaryVrf>();
    secondary.authority_index = (secondary.authority_index + 1) % 3;
    turn.set_claim(secondary);
    EXPECT_EQ(turn.refusal(), HeaderRefusal::not_the_turn);

    kind.set_claim(babe::SecondaryPlain{kind.claim.digest.authority_index(), kSlot});
    EXPECT_EQ(kind.refusal(), HeaderRefusal::kind_not_allowed);

    const auto& by_turn = *lost.claim.digest.get<babe::SecondaryVrf>(); // a good VRF that the lottery did not draw
    lost.set_claim(babe::Primary{by_turn.authority_index, kSlot, by_turn.vrf});
    EXPECT_EQ(lost.refusal(), HeaderRefusal::not_won);
}

TEST(VerifyHeader, a_vrf_of_another_slot_epoch_or_key_is_refused)
{
    World world({1, 1});
    auto claim = *world.claim.digest.get<babe::Primary>();
    claim.vrf.proof[40] ^= 1;
    world.set_claim(claim);
    EXPECT_EQ(world.refusal(), HeaderRefusal::vrf);

    World other({1, 1});
    const auto replayed = *claim_slot(kSlot + 1, *other.epoch(), other.keys.lend(), other.keys.entropy);
    auto moved = *replayed.digest.get<babe::Primary>();
    moved.slot = kSlot;
    other.set_claim(moved);
    other.claim.key = replayed.key;
    EXPECT_EQ(other.refusal(), HeaderRefusal::vrf);
}

TEST(VerifyHeader, every_byte_of_the_signed_header_counts)
{
    World world;
    ASSERT_TRUE(world.sealed());
    for (size_t i = 0; i != 32; ++i)
    {
        World changed;
        changed.parent = world.parent;
        changed.header = world.header;
        changed.header.state_root[i] ^= 0x40;
        EXPECT_EQ(changed.verify().error().why, HeaderRefusal::signature) << i;
    }
    World seal_changed;
    seal_changed.header = world.header;
    seal_changed.header.digest.logs.back().get<digest::Seal>()->data[3] ^= 1;
    EXPECT_EQ(seal_changed.verify().error().why, HeaderRefusal::signature);
}

TEST(EquivocationWatch, two_blocks_for_one_slot_are_a_proof)
{
    World world;
    auto second = world.header;
    const auto first = world.sealed();
    ASSERT_TRUE(first);
    chain::EquivocationWatch watch;
    EXPECT_FALSE(watch.note(*first, world.header));
    EXPECT_FALSE(watch.note(*first, world.header)) << "the same block again is none";
    second.state_root[0] = 1;
    const auto one = world.header;
    world.header = second;
    const auto other = world.sealed();
    ASSERT_TRUE(other);
    const auto proof = watch.note(*other, world.header);
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->first_header, one);
    EXPECT_EQ(proof->second_header, world.header);
    EXPECT_EQ(proof->slot, kSlot);
}

} // namespace
} // namespace author
