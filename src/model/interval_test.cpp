#include "model/evaluate.hpp"
#include "model/interval.hpp"
#include "model/testing/random_graph.hpp"
#include "model/testing/small_model.hpp"
#include "model/validate.hpp"

#include <gtest/gtest.h>

namespace model {
namespace {

/// x (K codes) → one dense output.
Model dense_model(uint32_t taps, Range x, Range w, uint8_t shift, Table table)
{
    Model model;
    model.graph.tensors = {{"x", {taps}, x, 1}, {"y", {1}, {-32768, 32767}, 1}};
    model.graph.weights = {{{1, taps}, w}};
    Linear node{.terms = {Dense{}}, .shifts = {shift}, .table = std::move(table)};
    node.output = 1;
    model.graph.nodes = {node};
    model.graph.output = 1;
    model.graph.encoding = {{1}, {0}};
    model.weights.weights = {std::vector<int16_t>(taps)};
    EXPECT_TRUE(validate(model.graph, model.weights));
    return model;
}

const Linear& linear(const Model& model) { return std::get<Linear>(model.graph.nodes[0]); }

/// All weights, all inputs: the actual interval is exactly what inputs reach, the declared one what weights add.
TEST(Accumulators, are_exact_for_a_dense_node)
{
    const Range x{-1, 2}, w{-3, 2};
    auto model = dense_model(2, x, w, 3, testing::clamp_table(16, -8, 7));
    Range declared{INT64_MAX, INT64_MIN};
    for (auto w0 = w.lo; w0 <= w.hi; ++w0)
        for (auto w1 = w.lo; w1 <= w.hi; ++w1)
        {
            model.weights.weights[0] = {int16_t(w0), int16_t(w1)};
            Range actual{INT64_MAX, INT64_MIN};
            for (auto x0 = x.lo; x0 <= x.hi; ++x0)
                for (auto x1 = x.lo; x1 <= x.hi; ++x1)
                {
                    const auto sum = w0 * x0 + w1 * x1 + 4;
                    actual = {std::min(actual.lo, sum), std::max(actual.hi, sum)};
                }
            EXPECT_EQ(actual_accumulators(model, linear(model)), std::vector{actual});
            declared = {std::min(declared.lo, actual.lo), std::max(declared.hi, actual.hi)};
        }
    EXPECT_EQ(declared_accumulators(model.graph, linear(model)), std::vector{declared});
}

/// Input range [3, 5] lies above 0: a convolution whose window leaves the input sees 0 as well.
TEST(Accumulators, include_zero_only_where_a_window_leaves_the_input)
{
    Model model;
    model.graph.tensors = {{"x", {1, 4}, {3, 5}, 1}, {"y", {1, 3}, {-8, 7}, 1}};
    model.graph.weights = {{{1, 1, 1, 2}, {-1, 1}}};
    model.weights.weights = {{1, -1}};
    Linear node{.terms = {Conv{}}, .shifts = {1}, .table = testing::clamp_table(16, -8, 7)};
    node.output = 1;
    EXPECT_EQ(actual_accumulators(model, node), (std::vector<Range>{{3 - 5 + 1, 5 - 3 + 1}}));

    auto wider = model;
    wider.graph.tensors[1].shape = {1, 4};
    EXPECT_EQ(actual_accumulators(wider, node), (std::vector<Range>{{-5 + 1, 5 + 1}}));

    auto padded = node;
    std::get<Conv>(padded.terms[0]).pad = {0, 1};
    EXPECT_EQ(actual_accumulators(model, padded), (std::vector<Range>{{-5 + 1, 5 + 1}}));

    node.terms = {Window{.kernel = {1, 2}, .row = {2}, .col = {1, 3, -1}}};
    EXPECT_EQ(actual_accumulators(model, node), (std::vector<Range>{{-2 * 10 + 1, 6 * 10 + 1}}));
    std::get<Window>(node.terms[0]).pad = {0, 1};
    EXPECT_EQ(actual_accumulators(model, node), (std::vector<Range>{{-2 * 10 + 1, 6 * 10 + 1}}));
    std::get<Window>(node.terms[0]).col = {1, 3, 1};
    EXPECT_EQ(actual_accumulators(model, node), (std::vector<Range>{{1, 6 * 10 + 1}}));
}

TEST(Accumulators, hold_whatever_inputs_do)
{
    for (uint64_t seed = 0; seed != 200; ++seed)
    {
        const auto model = testing::random_model(seed);
        const auto result = evaluate(model, testing::random_input(model.graph, seed, seed % 2 == 0), Keep::traces);
        ASSERT_TRUE(result);
        for (size_t n = 0; n != model.graph.nodes.size(); ++n)
        {
            const auto* node = std::get_if<Linear>(&model.graph.nodes[n]);
            if (!node)
                continue;
            const auto declared = declared_accumulators(model.graph, *node);
            const auto actual = actual_accumulators(model, *node);
            const auto& shape = model.graph.tensors[node->output].shape;
            const auto inner = elements(std::span(shape).subspan(node->channel_axis + 1));
            for (size_t i = 0; i != result->traces[n].quotient.size(); ++i)
            {
                const auto c = i / inner % shape[node->channel_axis];
                const auto shift = node->shifts[node->shifts.size() == 1 ? 0 : c];
                const auto sum = (int64_t(result->traces[n].quotient[i]) << shift) + result->traces[n].remainder[i];
                ASSERT_TRUE(actual[c].lo <= sum && sum <= actual[c].hi) << seed << " node " << n;
                ASSERT_TRUE(declared[c].lo <= actual[c].lo && actual[c].hi <= declared[c].hi) << seed << " node " << n;
            }
        }
    }
}

/// K·512·255 + 2^s < (p − 1)/2 holds up to K = 8159.
TEST(CheckDeclared, bounds_the_accumulator_at_the_last_admissible_width)
{
    const auto table = testing::clamp_table(2, -1, 1);
    EXPECT_TRUE(check_declared(dense_model(8159, {0, 255}, {-512, 511}, 16, table).graph));
    const auto result = check_declared(dense_model(8160, {0, 255}, {-512, 511}, 16, table).graph);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().rule, Rule::magnitude);
    EXPECT_EQ(result.error().excess, 8160 * 512 * 255 + 65536 - (kPrime - 1) / 2 + 1);
}

/// A table of n rows spans n·2¹⁶ − 1, which stays below p up to n = 32,512.
TEST(CheckDeclared, bounds_the_table_at_the_last_admissible_row)
{
    EXPECT_TRUE(check_declared(dense_model(1, {0, 1}, {0, 1}, 16, testing::clamp_table(32512, -9, 9)).graph));
    const auto result = check_declared(dense_model(1, {0, 1}, {0, 1}, 16, testing::clamp_table(32514, -9, 9)).graph);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().rule, Rule::uniqueness);
    EXPECT_EQ(result.error().node, 0u);
    EXPECT_EQ(result.error().excess, 32514 * 65536 - 1 - kPrime + 1);
}

/// How many (q, rem) satisfy sum = q·2^s + rem modulo p with q in the table.
size_t solutions(int64_t sum, uint8_t shift, const Table& table)
{
    int64_t inverse = 1; // of 2^s modulo p, by halving
    for (uint8_t i = 0; i != shift; ++i)
        inverse = (inverse % 2 == 0 ? inverse : inverse + kPrime) / 2;
    size_t found = 0;
    for (int64_t rem = 0; rem != int64_t(1) << shift; ++rem)
    {
        const auto residue = ((sum - rem) % kPrime + kPrime) % kPrime;
        const auto q = int64_t(__int128(residue) * inverse % kPrime);
        for (const auto signed_q : {q, q - kPrime})
            found += table.lo <= signed_q && signed_q < table.lo + int64_t(table.values.size());
    }
    return found;
}

/// The attack on R1: at both ends of the interval, for every remainder, solve for q modulo p.
TEST(CheckDeclared, leaves_exactly_one_quotient_at_the_ends_of_the_interval)
{
    for (uint64_t seed = 0; seed != 30; ++seed)
    {
        const auto model = testing::random_model(seed);
        for (const auto& each : model.graph.nodes)
        {
            const auto* node = std::get_if<Linear>(&each);
            if (!node)
                continue;
            const auto bounds = actual_accumulators(model, *node);
            for (size_t c = 0; c != bounds.size(); ++c)
                for (const auto sum : {bounds[c].lo, bounds[c].hi})
                    ASSERT_EQ(solutions(sum, node->shifts[node->shifts.size() == 1 ? 0 : c], node->table), 1u);
        }
    }
}

/// A sum beyond p has a second quotient if the table is long enough; such a node is refused.
TEST(CheckDeclared, refuses_a_node_that_has_two_quotients)
{
    const auto table = testing::clamp_table(32514, -9, 9);
    const auto highest = int64_t(32514 / 2 - 1) * 65536 + 65535;
    EXPECT_EQ(solutions(highest, 16, table), 2u);
    EXPECT_EQ(solutions(highest - 65536, 16, testing::clamp_table(32512, -9, 9)), 1u);
    EXPECT_FALSE(check_declared(dense_model(1, {0, 1}, {0, 1}, 16, table).graph));
}

TEST(CheckActual, accepts_the_least_table_and_refuses_one_row_less_at_either_end)
{
    for (uint64_t seed = 0; seed != 100; ++seed)
    {
        auto model = testing::random_model(seed, {.nodes = 2});
        for (size_t n = 0; n != model.graph.nodes.size(); ++n)
        {
            auto* node = std::get_if<Linear>(&model.graph.nodes[n]);
            if (!node)
                continue;
            const auto domain = table_domain(*node, actual_accumulators(model, *node));
            const auto rows = [&](int64_t lo, int64_t hi) {
                node->table = {int32_t(lo), std::vector<int16_t>(size_t(hi - lo + 1))};
                return check_actual(model);
            };
            const auto kept = node->table;
            EXPECT_TRUE(rows(domain.lo, domain.hi));
            const auto refused = [&](const auto& result) {
                return !result && result.error().rule == Rule::completeness && result.error().node == n &&
                       result.error().excess == 1;
            };
            if (domain.hi > 0)
                EXPECT_TRUE(refused(rows(domain.lo, domain.hi - 1))) << seed;
            if (domain.lo < 0)
                EXPECT_TRUE(refused(rows(domain.lo + 1, domain.hi))) << seed;
            node->table = kept;
        }
    }
}

TEST(CheckDeclared, accepts_the_small_model_and_random_models)
{
    EXPECT_TRUE(check_declared(testing::small_model().graph));
    EXPECT_TRUE(check_actual(testing::small_model()));
    for (uint64_t seed = 0; seed != 100; ++seed)
    {
        EXPECT_TRUE(check_declared(testing::random_model(seed).graph));
        EXPECT_TRUE(check_actual(testing::random_model(seed)));
    }
}

} // namespace
} // namespace model
