#include "circuit/circuit.hpp"

#include "circuit/compile.hpp"
#include "model/testing/random_graph.hpp"
#include "model/testing/small_model.hpp"

#include <gtest/gtest.h>

#include <bit>

namespace circuit {
namespace {

/// All circuits of some random models: inference under several options, registration, rotation.
template <class Body>
void for_each_circuit(Body&& body)
{
    for (uint64_t seed = 0; seed != 60; ++seed)
    {
        const auto graph = model::testing::random_model(seed).graph;
        Options options{.batch = uint32_t(1 + seed % 4), .input = Flag(seed % 2), .output = Flag::open, .data = {}};
        if (seed % 5 == 0)
            options = {.batch = 1, .input = Flag::hidden, .output = Flag::masked, .data = DataSource{5, true, 3}};
        for (const auto& compiled : {compile(graph, options), compile_registration(graph), compile_rotation(graph)})
        {
            ASSERT_TRUE(compiled) << seed << ": " << compiled.error().words;
            body(*compiled);
        }
    }
}

TEST(Layout, columns_are_aligned_disjoint_and_fill_their_oracle)
{
    for_each_circuit([](const Compiled& compiled) {
        const auto& circuit = compiled.circuit;
        for (size_t store = 0; store != kStores; ++store)
        {
            std::vector<std::pair<uint64_t, uint64_t>> blocks;
            for (const auto& column : circuit.columns)
                if (size_t(column.store) == store)
                    blocks.emplace_back(column.offset, column.size());
            std::ranges::sort(blocks);
            uint64_t next = 0;
            for (const auto& [offset, size] : blocks)
            {
                EXPECT_EQ(offset, next);
                EXPECT_EQ(offset % size, 0u);
                EXPECT_GE(size, uint64_t{1} << circuit.log_columns[store]);
                next += size;
            }
            EXPECT_EQ(circuit.rows[store] << circuit.log_columns[store], next);
        }
    });
}

TEST(Layout, large_oracles_have_six_bits_of_columns)
{
    for (const uint32_t extent : {uint32_t{1} << 18, (uint32_t{1} << 20) - 16, uint32_t{1} << 20})
    {
        Circuit circuit;
        circuit.columns.push_back({.store = Store::data, .bits = {Variable::of(extent).bits}});
        circuit.columns.push_back({.store = Store::data, .bits = {1}});
        finish(circuit);
        const bool large = extent > uint32_t{1} << 18;
        EXPECT_EQ(circuit.log_columns[size_t(Store::data)], large ? 6u : 4u);
        EXPECT_EQ(circuit.columns[1].bits[0], large ? 6 : 4);
        EXPECT_EQ(circuit.columns[1].offset, circuit.columns[0].size());
    }
}

TEST(Layout, the_pads_have_room_for_every_mask)
{
    for_each_circuit([](const Compiled& compiled) {
        const auto& circuit = compiled.circuit;
        const auto masks = count_masks(circuit);
        const auto entries = F::kDegree * (masks.messages + 4 * masks.products);
        EXPECT_EQ(circuit.columns[circuit.pads].size(), std::bit_ceil(entries));
    });
}

TEST(Layout, the_pads_have_room_where_they_themselves_make_the_oracle_large)
{
    // The table fills 16 entries below 2²⁰ entries and 64 from there on, which makes more leaves, hence more pads. No
    // compiled graph comes so close, since its lookups are as large as its columns.
    Circuit circuit;
    uint64_t left = (uint64_t{1} << 20) - 16 - 512; // with 256 entries of pads one is below, with 512 above
    for (uint8_t bits = 19; bits >= 4; --bits)
        for (; left >= uint64_t{1} << bits; left -= uint64_t{1} << bits)
            circuit.columns.push_back({.store = Store::trace, .bits = {bits}});
    circuit.tables.push_back({.lo = 0, .size = 1, .values = {}});
    Relation relation{.outputs = {}, .form = {}, .products = {}};
    relation.products.push_back({.sums = {Variable::of(2)}, .left = {}, .right = {}, .diagonal = {}});
    circuit.relations = {relation};
    finish(circuit);
    const auto masks = count_masks(circuit);
    EXPECT_EQ(circuit.log_columns[0], 6u);
    EXPECT_EQ(log_leaves(circuit), 6u);
    EXPECT_EQ(circuit.columns[circuit.pads].size(), std::bit_ceil(F::kDegree * (masks.messages + 4 * masks.products)));
}

TEST(LeafBlocks, stand_by_descending_size_lookups_before_tables_without_gaps)
{
    for_each_circuit([](const Compiled& compiled) {
        const auto& circuit = compiled.circuit;
        const auto blocks = leaf_blocks(circuit);
        ASSERT_EQ(blocks.size(), circuit.lookups.size() + circuit.tables.size());
        uint64_t next = 0;
        for (size_t i = 0; i != blocks.size(); ++i)
        {
            const auto& block = blocks[i];
            EXPECT_EQ(block.offset, next);
            next += uint64_t{1} << block.log_size;
            if (block.table)
                EXPECT_EQ(block.log_size, std::max<size_t>(circuit.log_columns[0],
                                                           Variable::of(circuit.tables[block.index].size).bits));
            else
                EXPECT_EQ(block.log_size, bits_of(circuit.lookups[block.index].outputs));
            if (i == 0)
                continue;
            const auto& before = blocks[i - 1];
            EXPECT_GE(before.log_size, block.log_size);
            if (before.log_size == block.log_size)
                EXPECT_LT(std::pair(before.table, before.index), std::pair(block.table, block.index));
        }
        EXPECT_LE(next, uint64_t{1} << log_leaves(circuit));
        if (log_leaves(circuit) > 2)
            EXPECT_GT(next, uint64_t{1} << (log_leaves(circuit) - 1));
    });
}

TEST(Masks, products_of_messages_name_messages_that_exist)
{
    for_each_circuit([](const Compiled& compiled) {
        const auto masks = count_masks(compiled.circuit);
        const auto pairs = multiplied_messages(compiled.circuit);
        EXPECT_EQ(pairs.size(), masks.products);
        for (const auto& [u, v] : pairs)
        {
            EXPECT_LT(u, masks.messages);
            EXPECT_LT(v, masks.messages);
            EXPECT_NE(u, v);
        }
    });
}

TEST(Masks, counts_follow_the_formula_of_the_specification)
{
    Circuit circuit; // ν = 2: root 4, layer 1: two a round and 4; p₀q₁, p₁q₀, then p₀q₁, p₁q₀, q₀q₁
    circuit.columns.push_back({.store = Store::trace, .bits = {4}});
    EXPECT_EQ(count_masks(circuit).messages, 4u + 2u + 4u);
    EXPECT_EQ(count_masks(circuit).products, 5u);
    const std::vector<std::pair<uint32_t, uint32_t>> pairs{{0, 3}, {1, 2}, {6, 9}, {7, 8}, {8, 9}};
    EXPECT_EQ(multiplied_messages(circuit), pairs);

    Relation relation{.outputs = {Variable::of(2)}, .form = {}, .products = {}};
    relation.products.push_back({.sums = {Variable::of(8)}, .left = {}, .right = {}, .diagonal = {}});
    relation.products.push_back({.sums = {Variable::of(3)}, .left = {}, .right = {}, .diagonal = {}});
    circuit.relations = {relation};
    EXPECT_EQ(count_masks(circuit).messages, 10u + 2u * 3u + 2u * 2u);
    EXPECT_EQ(count_masks(circuit).products, 7u);
    EXPECT_EQ(multiplied_messages(circuit).back(), (std::pair<uint32_t, uint32_t>{18, 19}));
}

} // namespace
} // namespace circuit
