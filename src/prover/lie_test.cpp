#include "prover/testing/reference_prover.hpp"

#include "model/interval.hpp"
#include "proof/reduction.hpp"
#include "prover/witness.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

/// Provers that change one thing before it is absorbed and go on honestly. The verifier sees masked numbers only, so it
/// refuses them all alike, by the base claim; who holds the pads can name the equation that fails, and it is the one
/// that the lie is about.
namespace prover {
namespace {

using circuit::Fill;
using circuit::Store;
using testing::Example;
using testing::example;
using testing::Lies;
using testing::SeededEntropy;
using Names = std::set<std::string>;

Names broken(const Example& made, const Inspection& inspection)
{
    const auto names = broken_equations(made.prepared.circuit(), inspection, made.prepared.oracles);
    return {names.begin(), names.end()};
}

/// The proof's refusal, after the lies; and what a white-box checker finds.
struct Outcome
{
    std::string refusal; ///< empty: accepted
    Names broken;
    Inspection inspection;
};

Outcome tell(const Example& made, const Lies& lies, uint64_t seed = 1)
{
    SeededEntropy entropy(seed);
    auto result = testing::reference_prove(made.prepared, entropy, lies);
    const auto file = testing::file_of(made.prepared.statement, result.body);
    const auto verified = proof::verify(made.sealed.identity, {.context = {}, .data = nullptr, .toy = true}, file);
    return {verified ? "" : std::string(proof::name_of(verified.error().why)), broken(made, result.inspection),
            std::move(result.inspection)};
}

std::string numbered(std::string_view name, size_t index) { return std::string(name) + " " + std::to_string(index); }

/// Weight of one entry of A in an equation.
F weight_at(const proof::Equation& equation, uint64_t entry)
{
    F sum;
    for (const auto& [store, weight] : equation.weights)
        if (const auto size = uint64_t{1} << commit::log_size(weight);
            store == Store::trace && weight.offset <= entry && entry < weight.offset + size)
            sum += commit::multiply_out(weight.factors, weight.coefficient)[entry - weight.offset];
    return sum;
}

TEST(HonestProof, breaks_no_equation)
{
    for (uint64_t seed = 1; seed != 5; ++seed)
    {
        const auto outcome = tell(example(seed), {});
        EXPECT_EQ(outcome.refusal, "");
        EXPECT_EQ(outcome.broken, Names{});
    }
}

TEST(CommittedLie, every_column_of_the_trace_is_bound)
{
    std::set<Fill::Kind> kinds;
    for (uint64_t seed = 1; seed != 9; ++seed)
    {
        const auto made = example(seed);
        const auto& circuit = made.prepared.circuit();
        for (const auto& fill : made.prepared.compiled.fills)
            kinds.insert(fill.kind);
        model::testing::Rng rng(seed);
        for (uint32_t c = 0; c != circuit.columns.size(); ++c)
        {
            const auto& column = circuit.columns[c];
            if (column.store != Store::trace || c == circuit.pads)
                continue;
            // The first entry, which always belongs to the tensor. (Padding is bound, too, but what widening adds is
            // not.)
            const Lies lies{
                .committed = [&](std::vector<K>& trace) { trace[column.offset] += K::of(rng.between(1, 3)); }};
            const auto outcome = tell(made, lies, seed);
            ASSERT_EQ(outcome.refusal, "base claim") << "seed " << seed << ", column " << c;
            ASSERT_FALSE(outcome.broken.empty());
            const bool counts = std::ranges::any_of(circuit.tables, [&](const auto& t) { return t.multiplicity == c; });
            for (const auto& equation : outcome.inspection.equations)
            {
                const auto name = numbered(equation.name, equation.index);
                if (equation.name == "relation") // linear in A alone
                    EXPECT_EQ(outcome.broken.contains(name), weight_at(equation, column.offset) != F::zero()) << name;
                else if (counts)
                    EXPECT_EQ(outcome.broken.contains(name), name == "logup root 0") << name;
                else if (name != "logup root 0" && name != "product end 0")
                    EXPECT_FALSE(outcome.broken.contains(name)) << name;
            }
        }
    }
    const std::set all{Fill::Kind::tensor, Fill::Kind::quotient, Fill::Kind::remainder, Fill::Kind::maximum};
    EXPECT_EQ(kinds, all) << "the seeds must reach every kind of column";
}

TEST(CommittedLie, a_value_that_is_in_its_table_breaks_its_relation)
{
    // The prover adjusts the counts, so that the lookups hold; the relation does not.
    for (const auto kind : {Fill::Kind::remainder, Fill::Kind::tensor})
    {
        const auto made = example(3);
        const auto& compiled = made.prepared.compiled;
        const auto fill = std::ranges::find(compiled.fills, kind, &Fill::kind);
        ASSERT_NE(fill, compiled.fills.end());
        const auto entry = compiled.circuit.columns[fill->column].offset;
        const Lies lies{.committed = [&](std::vector<K>& trace) {
            trace[entry] = trace[entry] == K::zero() ? K::one() : trace[entry] - K::one();
            count_multiplicities(compiled.circuit, made.prepared.values(trace), trace);
        }};
        const auto outcome = tell(made, lies);
        EXPECT_EQ(outcome.refusal, "base claim");
        EXPECT_FALSE(outcome.broken.contains("logup root 0"));
        EXPECT_FALSE(outcome.broken.empty());
    }
}

TEST(PadLie, every_kind_of_pad_is_bound)
{
    const auto made = example(4, commit::kToy, testing::tiny());
    const auto& circuit = made.prepared.circuit();
    const auto masks = circuit::count_masks(circuit);
    const auto offset = circuit.columns[circuit.pads].offset;
    std::vector<size_t> pads;
    for (size_t i = 0; i != masks.messages; ++i)
        pads.push_back(i);
    for (const size_t product : {size_t{0}, size_t{3}, masks.products - 1})
        for (size_t which = 0; which != 4; ++which) // Z, a′, b′, z′
            pads.push_back(masks.messages + 4 * product + which);
    for (const auto pad : pads)
    {
        const auto entry = offset + F::kDegree * pad + pad % F::kDegree;
        const auto outcome = tell(made, {.committed = [&](std::vector<K>& trace) { trace[entry] += K::one(); }});
        EXPECT_EQ(outcome.refusal, "base claim") << pad;
        Names expected;
        for (const auto& equation : outcome.inspection.equations)
        {
            F sum;
            for (const auto& [number, coefficient] : equation.pads)
                if (number == pad)
                    sum += coefficient;
            if (sum != F::zero())
                expected.insert(numbered(equation.name, equation.index));
        }
        EXPECT_EQ(outcome.broken, expected) << pad;
        if (pad < masks.messages)
            continue;
        const auto product = (pad - masks.messages) / 4;
        const Names own[] = {{}, {numbered("product e", product)}, {numbered("product f", product)}, {}};
        for (const auto& name : own[(pad - masks.messages) % 4])
            EXPECT_TRUE(outcome.broken.contains(name)) << name;
        if ((pad - masks.messages) % 4 != 2)
            EXPECT_TRUE(outcome.broken.contains(numbered("product z", product)));
    }
}

/// For each message, in order, the equations that must fail when it is changed and those that may.
struct Expected
{
    Names must, may;
};

std::vector<Expected> expected_by_message(const circuit::Circuit& circuit)
{
    const auto layers = circuit::log_leaves(circuit);
    const auto end_of = [&](size_t k, bool q) { // where p and q of layer k are used next
        return k + 1 != layers ? numbered("logup layer", k + 1) : std::string(q ? "leaves q 0" : "leaves p 0");
    };
    std::vector<Expected> expected;
    for (const bool q : {false, false, true, true})
        expected.push_back({{"logup root 0", end_of(0, q)}, {}});
    for (size_t k = 1; k != layers; ++k)
    {
        for (size_t i = 0; i != 2 * k; ++i)
            expected.push_back({{numbered("logup layer", k)}, {}});
        for (const bool q : {false, false, true, true})
            expected.push_back({{numbered("logup layer", k), end_of(k, q)}, {}});
    }
    size_t rounds = 0;
    std::vector<Expected> values;
    for (size_t i = 0; i != circuit.relations.size(); ++i)
        for (const auto& product : circuit.relations[i].products)
        {
            rounds = std::max(rounds, product.sum_bits());
            values.push_back({{numbered("product left", i)}, {"product end 0"}});
            values.push_back({{numbered("product right", i)}, {"product end 0"}});
        }
    expected.insert(expected.end(), 2 * rounds, {{"product end 0"}, {}});
    expected.insert(expected.end(), values.begin(), values.end());
    return expected;
}

TEST(MessageLie, every_message_is_checked_by_the_equation_it_is_about)
{
    for (const uint64_t seed : {3, 6})
    {
        const auto made = example(seed, commit::kToy, testing::tiny());
        const auto expected = expected_by_message(made.prepared.circuit());
        ASSERT_EQ(expected.size(), circuit::count_masks(made.prepared.circuit()).messages);
        for (size_t i = 0; i != expected.size(); ++i)
        {
            const Lies lies{.message = [&](size_t index, std::string_view, F& message) {
                if (index == i)
                    message += F::generator();
            }};
            const auto outcome = tell(made, lies, seed);
            EXPECT_EQ(outcome.refusal, "base claim") << i;
            for (const auto& name : expected[i].must)
                EXPECT_TRUE(outcome.broken.contains(name)) << i << ": " << name;
            for (const auto& name : outcome.broken)
                EXPECT_TRUE(expected[i].must.contains(name) || expected[i].may.contains(name)) << i << ": " << name;
        }
    }
}

TEST(OpeningLie, every_opening_of_a_product_is_checked)
{
    const auto made = example(5, commit::kToy, testing::tiny());
    const auto products = circuit::count_masks(made.prepared.circuit()).products;
    for (size_t i = 0; i != 2 * products; ++i)
    {
        const auto outcome = tell(made, {.opening = [&](size_t index, F& opened) {
                                      if (index == i)
                                          opened += F::one();
                                  }});
        EXPECT_EQ(outcome.refusal, "base claim");
        const Names expected{numbered(i % 2 == 0 ? "product e" : "product f", i / 2), numbered("product z", i / 2)};
        EXPECT_EQ(outcome.broken, expected);
    }
}

TEST(ClaimLie, proving_another_claim_than_the_verifiers_is_refused)
{
    const auto made = example(2);
    const auto drop_one = tell(made, {.claim = [](commit::Claim& claim) { claim.weights[0].pop_back(); }});
    EXPECT_EQ(drop_one.refusal, "base claim");
    const auto scale_one =
        tell(made, {.claim = [](commit::Claim& claim) { claim.weights[1].front().coefficient *= F::of(2); }});
    EXPECT_EQ(scale_one.refusal, "base claim");
}

/// Solves Σ_j x_j·columns[j] = target for x_j in K: four elements of F are a basis, but for bad luck.
std::array<K, F::kDegree> solve(const std::array<F, F::kDegree>& columns, F target)
{
    constexpr size_t n = F::kDegree;
    std::array<std::array<K, n + 1>, n> rows;
    for (size_t d = 0; d != n; ++d)
    {
        for (size_t j = 0; j != n; ++j)
            rows[d][j] = columns[j].coefficient(d);
        rows[d][n] = target.coefficient(d);
    }
    for (size_t i = 0; i != n; ++i)
    {
        const auto pivot =
            std::find_if(rows.begin() + ptrdiff_t(i), rows.end(), [&](const auto& row) { return row[i] != K::zero(); });
        std::iter_swap(rows.begin() + ptrdiff_t(i), pivot);
        const K inverse = rows[i][i].inverse();
        for (auto& x : rows[i])
            x *= inverse;
        for (size_t other = 0; other != n; ++other)
            if (const K factor = rows[other][i]; other != i)
                for (size_t j = 0; j <= n; ++j)
                    rows[other][j] -= factor * rows[i][j];
    }
    std::array<K, n> x;
    for (size_t i = 0; i != n; ++i)
        x[i] = rows[i][n];
    return x;
}

TEST(LateLie, multiplicities_chosen_after_alpha_repair_the_root_but_are_not_the_committed_ones)
{
    const auto made = example(3);
    const auto& compiled = made.prepared.compiled;
    const auto& circuit = compiled.circuit;
    const auto fill = std::ranges::find(compiled.fills, Fill::Kind::remainder, &Fill::kind);
    ASSERT_NE(fill, compiled.fills.end());
    const auto entry = circuit.columns[fill->column].offset;

    const auto repair = [&](F alpha, F beta_key, F beta_value, std::vector<K>& trace) {
        F missing; // Σ over lookups − Σ over tables
        const auto values = made.prepared.values(trace);
        for (const auto& lookup : circuit.lookups)
        {
            const auto ids = evaluate(lookup.id, lookup.outputs);
            const auto keys = evaluate(circuit, values, lookup.key, lookup.outputs);
            const auto seconds = evaluate(circuit, values, lookup.value, lookup.outputs);
            for (size_t i = 0; i != keys.size(); ++i)
                missing += (alpha - ids[i] - beta_key * keys[i] - beta_value * seconds[i]).inverse();
        }
        std::vector<F> rows;
        std::vector<uint64_t> places;
        for (size_t t = 0; t != circuit.tables.size(); ++t)
            for (uint32_t i = 0; i != circuit.tables[t].size; ++i)
            {
                const auto& table = circuit.tables[t];
                const auto value = table.values.empty() ? 0 : table.values[i];
                rows.push_back((alpha - F::of(int64_t(t) + 1) - beta_key * F::of(table.lo + int64_t{i}) -
                                beta_value * F::of(value))
                                   .inverse());
                places.push_back(circuit.columns[table.multiplicity].offset + i);
                missing -= rows.back() * trace[places.back()];
            }
        ASSERT_NE(missing, F::zero());
        const auto change = solve({rows[0], rows[1], rows[2], rows[3]}, missing);
        for (size_t j = 0; j != change.size(); ++j)
            trace[places[j]] += change[j];
    };
    // A remainder outside every table: no counts known in advance can balance it.
    const auto outcome = tell(
        made, {.committed = [&](std::vector<K>& trace) { trace[entry] += K::of(1 << 20); }, .after_alpha = repair});
    EXPECT_EQ(outcome.refusal, "base claim");
    EXPECT_FALSE(outcome.broken.contains("logup root 0"));
    EXPECT_TRUE(outcome.broken.contains("leaves p 0"));
}

TEST(WeightLie, computing_with_weights_other_than_the_committed_ones_is_refused)
{
    for (uint64_t seed = 1; seed != 6; ++seed)
    {
        auto made = example(seed);
        auto other = made.sealed.model;
        auto& weight = other.weights.weights.back().front();
        weight = int16_t(weight == other.graph.weights.back().range.lo ? weight + 1 : weight - 1);
        if (!model::check_actual(other) || !model::validate(other.graph, other.weights))
            continue;
        auto entries = made.sealed.oracle;
        const auto registration = circuit::compile_registration(other.graph);
        const auto changed = seal_entries(*registration, other.weights);
        std::ranges::copy(changed, entries.coefficients.begin());
        auto view = made.sealed.oracle.view();
        view.coefficients = entries.coefficients;
        auto prepared = testing::prepare({made.sealed.identity, other, view}, made.request);
        ASSERT_TRUE(prepared) << prepared.error();
        made.prepared = std::move(*prepared);
        const auto outcome = tell(made, {}, seed);
        EXPECT_EQ(outcome.refusal, "base claim");
        EXPECT_EQ(outcome.broken, Names{}) << "to itself, this prover is honest";
    }
}

} // namespace
} // namespace prover
