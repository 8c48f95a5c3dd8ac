#include "chain/epochs.hpp"

#include <gtest/gtest.h>

namespace chain {
namespace {

namespace babe = primitives::babe;

constexpr uint64_t kLength = 10;

babe::Configuration configuration()
{
    return {.slot_duration_ms = 1000,
            .epoch_length = kLength,
            .c = {1, 4},
            .authorities = {{.id = {{1}}, .weight = 1}},
            .randomness = {9},
            .allowed_slots = babe::AllowedSlots::PrimaryAndSecondaryVRFSlots};
}

primitives::Header header_with(std::vector<babe::ConsensusLog> logs)
{
    primitives::Header header;
    for (const auto& log : logs)
        header.digest.logs.push_back(primitives::digest::Consensus{primitives::kBabeEngine, scale::encode(log)});
    return header;
}

babe::NextEpochData announcement(uint8_t tag)
{
    return {.authorities = {{.id = {{tag}}, .weight = 1}}, .randomness = {tag}};
}

/// After block 1 in slot 100, which announced epoch 1 with tag 1.
Epochs after_block_1() { return *Epochs::genesis(configuration()).after(header_with({announcement(1)}), 100); }

TEST(Epochs, block_1_begins_epoch_0_in_its_own_slot)
{
    const auto epochs = after_block_1();
    EXPECT_EQ(epochs.current()->epoch_index, 0);
    EXPECT_EQ(epochs.current()->start_slot, 100);
    EXPECT_EQ(epochs.current()->randomness[0], 9);
    EXPECT_EQ(epochs.next()->epoch_index, 1);
    EXPECT_EQ(epochs.next()->start_slot, 110);
    EXPECT_EQ(epochs.next()->randomness[0], 1);
}

TEST(Epochs, blocks_inside_an_epoch_share_it)
{
    const auto epochs = after_block_1();
    const auto child = epochs.after(header_with({}), 109);
    ASSERT_TRUE(child);
    EXPECT_EQ(child->current(), epochs.current());
}

TEST(Epochs, the_first_block_of_an_epoch_announces_the_next)
{
    const auto child = after_block_1().after(header_with({announcement(2)}), 110);
    ASSERT_TRUE(child);
    EXPECT_EQ(child->current()->epoch_index, 1);
    EXPECT_EQ(child->next()->epoch_index, 2);
    EXPECT_EQ(child->next()->start_slot, 120);
}

TEST(Epochs, epochs_without_blocks_are_skipped_and_counted)
{
    const auto child = after_block_1().after(header_with({announcement(2)}), 137);
    ASSERT_TRUE(child);
    EXPECT_EQ(child->current()->epoch_index, 3);
    EXPECT_EQ(child->current()->start_slot, 130);
    EXPECT_EQ(child->current()->randomness[0], 1) << "announced for epoch 1, used in the next one that has blocks";
    EXPECT_EQ(child->next()->epoch_index, 4);
}

TEST(Epochs, a_new_configuration_holds_from_the_announced_epoch_on)
{
    const babe::NextConfigData config{{babe::ConfigurationV1{{{1, 2}, babe::AllowedSlots::PrimarySlots}}}};
    const auto child = after_block_1().after(header_with({announcement(2), config}), 110);
    ASSERT_TRUE(child);
    EXPECT_EQ(child->current()->config.c, std::pair(uint64_t{1}, uint64_t{4}));
    EXPECT_EQ(child->next()->config.c, std::pair(uint64_t{1}, uint64_t{2}));
}

TEST(Epochs, every_misplaced_announcement_is_refused)
{
    const auto epochs = after_block_1();
    const auto why = [&](std::vector<babe::ConsensusLog> logs, Slot slot) {
        return epochs.after(header_with(std::move(logs)), slot).error();
    };
    const babe::NextConfigData config{{babe::ConfigurationV1{}}};
    EXPECT_EQ(why({}, 110), EpochRefusal::missing);
    EXPECT_EQ(why({announcement(2)}, 109), EpochRefusal::unexpected);
    EXPECT_EQ(why({announcement(2), announcement(3)}, 110), EpochRefusal::malformed);
    EXPECT_EQ(why({config}, 105), EpochRefusal::config_alone);
    EXPECT_EQ(why({babe::NextEpochData{}}, 110), EpochRefusal::no_authorities);
    auto weightless = announcement(2);
    weightless.authorities[0].weight = 0;
    EXPECT_EQ(why({weightless}, 110), EpochRefusal::no_authorities);
    EXPECT_EQ(why({announcement(2)}, ~uint64_t{0}), EpochRefusal::epoch_too_far);
}

TEST(Epochs, can_be_taken_up_from_what_the_runtime_says)
{
    const auto epochs = after_block_1();
    const auto taken = Epochs::of(*epochs.current(), *epochs.next());
    const auto header = header_with({announcement(2)});
    EXPECT_EQ(*taken.after(header, 137)->current(), *epochs.after(header, 137)->current());
    EXPECT_EQ(*taken.after(header, 137)->next(), *epochs.after(header, 137)->next());
}

} // namespace
} // namespace chain
