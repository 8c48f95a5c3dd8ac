#include "model/interval.hpp"
#include "prover/testing/reference_prover.hpp"
#include "prover/witness.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

/// The gadgets of docs/specs/circuit.md as compiled: at the ends of every interval only the honest witness passes, and
/// a prover that uses any other solution of the equation is refused by the lookup (design rules R1 and R4).
namespace prover {
namespace {

using circuit::Fill;
using circuit::Flag;
using testing::SeededEntropy;

/// y = table((w·x + b + 2^(s−1)) >> s) for one number.
model::Model one_neuron(int32_t weight, int32_t bias, uint8_t shift, model::Range input)
{
    model::Model model;
    auto& graph = model.graph;
    graph.tensors = {{"x", {1}, input, 1}, {"y", {1}, {-32768, 32767}, 1}};
    graph.weights = {{{1, 1}, {weight, weight}}};
    graph.biases = {{{1}, {bias, bias}}};
    model::Linear linear{.terms = {model::Dense{.input = 0, .weight = 0}}, .bias = 0, .shifts = {shift}};
    linear.output = 1;
    graph.nodes = {linear};
    graph.output = 1;
    graph.encoding = {{1}, {0}};
    model.weights = {{{int16_t(weight)}}, {{bias}}};
    auto& node = std::get<model::Linear>(graph.nodes[0]);
    const auto domain = model::table_domain(node, model::actual_accumulators(model, node));
    node.table.lo = int32_t(domain.lo);
    for (auto q = domain.lo; q <= domain.hi; ++q)
        node.table.values.push_back(int16_t(std::clamp<int64_t>(q, -32768, 32767)));
    return model;
}

struct Neuron
{
    testing::Sealed sealed;
    testing::Prepared prepared;
    uint64_t q, rem, y; ///< first entries of the columns

    static Neuron make(const model::Model& model, int32_t input)
    {
        SeededEntropy entropy(5);
        auto sealed = testing::seal(model, commit::kToy, entropy);
        EXPECT_TRUE(sealed) << sealed.error();
        Request request;
        request.output = Flag::hidden;
        request.inputs = {{input}};
        auto prepared = testing::prepare(sealed->view(), request);
        EXPECT_TRUE(prepared) << prepared.error();
        Neuron neuron{std::move(*sealed), std::move(*prepared), 0, 0, 0};
        const auto& compiled = neuron.prepared.compiled;
        for (const auto& fill : compiled.fills)
        {
            const auto offset = compiled.circuit.columns[fill.column].offset;
            if (fill.kind == Fill::Kind::quotient)
                neuron.q = offset;
            else if (fill.kind == Fill::Kind::remainder)
                neuron.rem = offset;
            else if (fill.index == model.graph.output)
                neuron.y = offset;
        }
        return neuron;
    }

    /// Refusal of a proof with these three values and counts to match; what is broken.
    std::pair<bool, std::vector<std::string>> prove(K with_q, K with_rem, K with_y) const
    {
        const auto& circuit = prepared.circuit();
        SeededEntropy entropy(6);
        const auto made = testing::reference_prove(
            prepared, entropy, {.committed = [&](std::vector<K>& trace) {
                trace[q] = with_q;
                trace[rem] = with_rem;
                trace[y] = with_y;
                for (const auto& table : circuit.tables)
                    std::fill_n(trace.begin() + ptrdiff_t(circuit.columns[table.multiplicity].offset),
                                circuit.columns[table.multiplicity].size(), K::zero());
                count_multiplicities(circuit, prepared.values(trace), trace);
            }});
        const auto verified = proof::verify(sealed.identity, {.context = {}, .data = nullptr, .toy = true},
                                            testing::file_of(prepared.statement, made.body));
        return {verified.has_value(), broken_equations(circuit, made.inspection, prepared.oracles)};
    }
};

/// Row of a lookup's table for a key; nothing if there is none.
std::optional<K> value_in(const circuit::Table& table, K key)
{
    const auto row = (key - K::of(table.lo)).value();
    if (row >= table.size)
        return std::nullopt;
    return table.values.empty() ? K::zero() : K::of(table.values[row]);
}

TEST(Requantise, at_every_interval_end_each_remainder_has_one_quotient_in_the_table)
{
    const std::vector<std::pair<int32_t, int32_t>> parameters{{511, 1 << 26},    {-512, -(1 << 26)}, {1, 0}, {-1, 1},
                                                              {511, -(1 << 26)}, {7, -100},          {0, 0}};
    for (uint8_t shift = 12; shift <= 16; ++shift)
        for (const auto& [weight, bias] : parameters)
            for (const model::Range& range : {model::Range{0, 255}, model::Range{-128, 127}})
            {
                const auto model = one_neuron(weight, bias, shift, range);
                const auto compiled = circuit::compile(model.graph, {});
                ASSERT_TRUE(compiled) << compiled.error().words;
                const auto& circuit = compiled->circuit;
                const auto& remainders = circuit.tables[circuit.lookups[1].id[0].value.value() - 1];
                const auto& quotients = circuit.tables[circuit.lookups[2].id[0].value.value() - 1];
                ASSERT_EQ(remainders.size, uint32_t{1} << shift);
                const K inverse = K::of(int64_t{1} << shift).inverse();
                for (const auto input : {range.lo, range.hi, int64_t{0}})
                {
                    const auto left = weight * input + bias + (int64_t{1} << (shift - 1));
                    size_t found = 0;
                    for (int64_t rem = 0; rem != int64_t{1} << shift; ++rem)
                        if (const K q = (K::of(left) - K::of(rem)) * inverse; value_in(quotients, q))
                        {
                            EXPECT_EQ(q, K::of(left >> shift));
                            EXPECT_EQ(rem, left & ((int64_t{1} << shift) - 1));
                            ++found;
                        }
                    ASSERT_EQ(found, 1u) << weight << " " << bias << " " << int(shift) << " " << input;
                }
            }
}

TEST(Requantise, a_prover_that_uses_any_other_remainder_is_refused)
{
    for (const uint8_t shift : {1, 2, 4})
    {
        const auto model = one_neuron(-9, 13, shift, {-128, 127});
        for (const int32_t input : {-128, 127})
        {
            const auto neuron = Neuron::make(model, input);
            const auto left = int64_t{-9} * input + 13 + (int64_t{1} << (shift - 1));
            const K inverse = K::of(int64_t{1} << shift).inverse();
            const auto& table = std::get<model::Linear>(model.graph.nodes[0]).table;
            for (int64_t rem = 0; rem != int64_t{1} << shift; ++rem)
            {
                const K q = (K::of(left) - K::of(rem)) * inverse;
                const bool honest = rem == (left & ((int64_t{1} << shift) - 1));
                const K y = K::of(honest ? table.values[size_t((left >> shift) - table.lo)] : 0);
                const auto [accepted, broken] = neuron.prove(q, K::of(rem), y);
                EXPECT_EQ(accepted, honest) << int(shift) << " " << input << " " << rem;
                EXPECT_EQ(broken, honest ? std::vector<std::string>{} : std::vector<std::string>{"logup root 0"});
            }
        }
    }
}

TEST(Requantise, neighbours_of_the_honest_quotient_need_a_remainder_that_no_table_has)
{
    const auto model = one_neuron(100, -50, 3, {0, 255});
    const auto neuron = Neuron::make(model, 200);
    const auto left = int64_t{100} * 200 - 50 + 4;
    const auto& table = std::get<model::Linear>(model.graph.nodes[0]).table;
    for (const int64_t change : {-2, -1, 1, 2})
    {
        const auto q = (left >> 3) + change;
        const auto rem = left - 8 * q; // outside [0, 8)
        const bool exists = q >= table.lo && q < table.lo + int64_t(table.values.size());
        const auto y = exists ? table.values[size_t(q - table.lo)] : int16_t{0};
        const auto [accepted, broken] = neuron.prove(K::of(q), K::of(rem), K::of(y));
        EXPECT_FALSE(accepted);
        EXPECT_EQ(broken, std::vector<std::string>{"logup root 0"});
    }
    // The right quotient and remainder, another output: the pair (q, y) is in no table.
    const auto [accepted, broken] = neuron.prove(K::of(left >> 3), K::of(left & 7), K::of(table.values.front()));
    EXPECT_FALSE(accepted);
    EXPECT_EQ(broken, std::vector<std::string>{"logup root 0"});
}

TEST(Requantise, remainders_of_one_shift_are_not_those_of_another)
{
    // Two channels with shifts 2 and 5: a remainder of 17 is one of the second channel only.
    auto model = one_neuron(3, 0, 2, {0, 255});
    auto& linear = std::get<model::Linear>(model.graph.nodes[0]);
    model.graph.tensors[1].shape = {2};
    model.graph.weights[0] = {{2, 1}, {3, 3}};
    model.graph.biases[0] = {{2}, {0, 0}};
    linear.shifts = {2, 5};
    model.weights = {{{3, 3}}, {{0, 0}}};
    const auto neuron = Neuron::make(model, 255);
    const auto left = int64_t{3} * 255 + 2;
    const auto q = (left >> 2) - 4;
    const auto [accepted, broken] =
        neuron.prove(K::of(q), K::of(left - 4 * q), K::of(linear.table.values[size_t(q - linear.table.lo)]));
    ASSERT_LT(left - 4 * q, 32);
    EXPECT_FALSE(accepted);
    EXPECT_EQ(broken, std::vector<std::string>{"logup root 0"});
}

model::Model one_pool(model::Range range)
{
    auto model = one_neuron(1, 0, 1, range);
    auto& graph = model.graph;
    graph.tensors = {{"x", {1, 2}, range, 1}, {"m", {1, 1}, range, 1}, graph.tensors[1]};
    graph.nodes.insert(graph.nodes.begin(),
                       model::MaxPool{.input = 0, .kernel = {1, 2}, .stride = {1, 2}, .output = 1});
    auto& linear = std::get<model::Linear>(graph.nodes[1]);
    linear.terms = {model::Dense{.input = 1, .weight = 0}};
    linear.output = 2;
    graph.output = 2;
    return model;
}

TEST(MaxByPairs, the_lookup_has_one_value_for_each_pair_and_that_is_the_maximum)
{
    for (const model::Range& range :
         {model::Range{-3, 4}, model::Range{0, 9}, model::Range{5, 7}, model::Range{-9, -2}})
    {
        const auto compiled = circuit::compile(one_pool(range).graph, {});
        ASSERT_TRUE(compiled) << compiled.error().words;
        const auto& circuit = compiled->circuit;
        const auto pool = std::ranges::find(compiled->fills, Fill::Kind::maximum, &Fill::kind);
        ASSERT_NE(pool, compiled->fills.end());
        const auto& lookup = circuit.lookups[pool->index];
        const auto& table = circuit.tables[lookup.id[0].value.value() - 1];
        for (auto a = range.lo; a <= range.hi; ++a)
            for (auto b = range.lo; b <= range.hi; ++b)
                for (int64_t m = -40; m != 40; ++m)
                {
                    const auto value = value_in(table, K::of(b - a)); // taps in order: a is the best so far
                    ASSERT_TRUE(value);
                    EXPECT_EQ(K::of(m) - K::of(a) == *value, m == std::max(a, b));
                }
        EXPECT_FALSE(value_in(table, K::of(range.hi - range.lo + 1)));
        EXPECT_FALSE(value_in(table, K::of(range.lo - range.hi - 1)));
    }
}

TEST(MaxByPairs, a_prover_that_claims_another_maximum_is_refused)
{
    const model::Range range{-2, 2};
    SeededEntropy entropy(5);
    const auto sealed = testing::seal(one_pool(range), commit::kToy, entropy);
    ASSERT_TRUE(sealed) << sealed.error();
    Request request;
    request.output = Flag::hidden;
    request.inputs = {{1, -2}};
    const auto prepared = testing::prepare(sealed->view(), request);
    ASSERT_TRUE(prepared);
    const auto& compiled = prepared->compiled;
    const auto pool = std::ranges::find(compiled.fills, Fill::Kind::maximum, &Fill::kind);
    const auto entry = compiled.circuit.columns[pool->column].offset;
    for (int64_t m = -4; m != 5; ++m)
    {
        const auto made = testing::reference_prove(
            *prepared, entropy, {.committed = [&](std::vector<K>& trace) { trace[entry] = K::of(m); }});
        const auto verified = proof::verify(sealed->identity, {.context = {}, .data = nullptr, .toy = true},
                                            testing::file_of(prepared->statement, made.body));
        EXPECT_EQ(verified.has_value(), m == 1) << m;
    }
}

/// A registration with some entry of W changed: whether it is accepted, and what is broken.
std::pair<bool, std::vector<std::string>> register_with(const model::Model& model, bool bias, size_t entry,
                                                        int64_t value)
{
    SeededEntropy entropy(5);
    auto sealed = testing::seal(model, commit::kToy, entropy);
    EXPECT_TRUE(sealed) << sealed.error();
    const auto compiled = circuit::compile_registration(model.graph);
    auto entries = seal_entries(*compiled, model.weights);
    const auto column = std::ranges::find(compiled->sealed, bias, &circuit::Sealed::bias);
    entries[compiled->circuit.columns[column->column].offset + entry] = K::of(value);
    auto shape = commit::sealed_shape(commit::kToy, compiled->circuit.log_columns[size_t(circuit::Store::weights)],
                                      compiled->circuit.rows[size_t(circuit::Store::weights)]);
    sealed->oracle = commit::commit_source(*shape, "weights", entries, entropy);
    sealed->identity.epochs[0].root = sealed->oracle.root();
    auto prepared = testing::prepare_registration(*sealed);
    // The limbs of the changed value, as long as they are non-negative integers.
    if (bias && entry == 0)
        if (const auto lifted = value - model::registered_bias(model.graph.biases[0].range).lo; lifted >= 0)
            for (const auto& fill : compiled->fills)
                prepared.trace[compiled->circuit.columns[fill.column].offset] =
                    K::of(fill.kind == Fill::Kind::limb_low ? lifted & 0x3fff : lifted >> 14);
    for (const auto& table : compiled->circuit.tables)
        std::fill_n(prepared.trace.begin() + ptrdiff_t(compiled->circuit.columns[table.multiplicity].offset),
                    compiled->circuit.columns[table.multiplicity].size(), K::zero());
    count_multiplicities(prepared.circuit(), prepared.values(prepared.trace), prepared.trace);
    const auto made = testing::reference_prove(prepared, entropy);
    sealed->identity.epochs[0].proof = made.body;
    const auto verified = proof::verify(sealed->identity, proof::Toy::accept);
    return {verified.has_value(), broken_equations(prepared.circuit(), made.inspection, prepared.oracles)};
}

TEST(Registration, a_bias_passes_within_its_limbs_and_nowhere_else)
{
    for (const model::Range& declared :
         {model::Range{1, 1}, model::Range{-40000, 7}, model::Range{-(1 << 26), (1 << 26) - 1}})
    {
        auto model = one_neuron(3, 1, 16, {0, 255});
        model.graph.biases[0].range = declared;
        const auto [lo, hi] = model::registered_bias(declared);
        EXPECT_LE(lo, declared.lo);
        EXPECT_GE(hi, declared.hi);
        for (const int64_t value : {lo, int64_t{0}, hi})
        {
            const auto [accepted, broken] = register_with(model, true, 0, value);
            EXPECT_EQ(broken, std::vector<std::string>{}) << value;
            EXPECT_TRUE(accepted) << value;
        }
        for (const int64_t value : {lo - 1, hi + 1, int64_t{1} << 30})
            EXPECT_FALSE(register_with(model, true, 0, value).first) << value;
    }
}

TEST(Registration, a_weight_passes_within_its_declared_range_and_nowhere_else)
{
    auto model = one_neuron(3, 1, 8, {0, 255});
    model.graph.weights[0].range = {-2, 5};
    for (int64_t value = -6; value != 10; ++value)
    {
        const auto [accepted, broken] = register_with(model, false, 0, value);
        EXPECT_EQ(accepted, -2 <= value && value <= 5) << value;
        EXPECT_EQ(broken, accepted ? std::vector<std::string>{} : std::vector<std::string>{"logup root 0"});
    }
}

TEST(Registration, padding_entries_must_be_zero)
{
    auto model = one_neuron(3, 1, 8, {0, 255});
    auto& linear = std::get<model::Linear>(model.graph.nodes[0]);
    model.graph.tensors[1].shape = {3};
    model.graph.weights[0] = {{3, 1}, {-2, 5}};
    model.graph.biases[0] = {{3}, {1, 1}};
    linear.shifts = {8};
    model.weights = {{{3, 3, 3}}, {{1, 1, 1}}};
    EXPECT_TRUE(register_with(model, false, 2, 4).first) << "the last of three";
    EXPECT_TRUE(register_with(model, false, 3, 0).first);
    EXPECT_FALSE(register_with(model, false, 3, 1).first) << "the fourth of three";
    EXPECT_FALSE(register_with(model, true, 3, 1).first);
}

} // namespace
} // namespace prover
