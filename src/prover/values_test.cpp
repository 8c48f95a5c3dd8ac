#include "prover/values.hpp"

#include "poly/multilinear.hpp"
#include "prover/testing/reference_prover.hpp"

#include <gtest/gtest.h>

/// What the prover computes value by value is what the verifier computes at a random point.
namespace prover {
namespace {

using circuit::Circuit;

class Meeting
{
public:
    explicit Meeting(uint64_t seed) : rng_(seed), made_(testing::example(seed)), trace_(made_.prepared.trace)
    {
        for (auto& entry : trace_) // any values will do, not only those of a run
            entry = K::of(rng_.between(-1000, 1000));
    }

    const Circuit& circuit() const { return made_.prepared.circuit(); }
    Values values() const { return made_.prepared.values(trace_); }

    std::vector<F> point(size_t bits)
    {
        std::vector<F> point(bits);
        for (auto& z : point)
            z = F{std::array{code(), code(), code(), code()}};
        return point;
    }

    F apply(const commit::Weight& weight, const circuit::View& view) const
    {
        const auto column = values().column(circuit(), view.column);
        const auto weights = commit::multiply_out(weight.factors, weight.coefficient);
        F sum;
        for (size_t i = 0; i != weights.size(); ++i)
            sum += weights[i] * column[i];
        return sum;
    }

    void check_form(const circuit::Form& form, const std::vector<circuit::Variable>& outputs)
    {
        const auto z = point(circuit::bits_of(outputs));
        const auto at = circuit::split(z, outputs);
        F sum = circuit::evaluate_constants(form.constants, outputs, at);
        for (const auto& term : form.terms)
            sum += apply(circuit::weight_of(circuit(), term.view, outputs, at, F{term.coefficient}, true), term.view);
        const auto everywhere = evaluate(circuit(), values(), form, outputs);
        EXPECT_EQ(poly::evaluate<F>(std::span<const K>(everywhere), z), sum);
    }

    void check_side(const circuit::Relation& relation, const circuit::Product& product, const circuit::View& view)
    {
        const auto z = point(circuit::bits_of(relation.outputs)), rho = point(product.sum_bits());
        auto at = circuit::split(z, relation.outputs);
        std::vector<std::vector<F>> weights;
        for (const auto& one : at)
            weights.push_back(poly::eq_table<F>(one.point));
        const auto side = contract(circuit(), values(), view, relation.outputs, product.sums, weights);

        auto variables = relation.outputs;
        variables.insert(variables.end(), product.sums.begin(), product.sums.end());
        for (auto& one : circuit::split(rho, product.sums))
            at.push_back(std::move(one));
        const auto weight = circuit::weight_of(circuit(), view, variables, at, F::one(), false);
        EXPECT_EQ(poly::evaluate<F>(std::span<const F>(side), rho), apply(weight, view));
    }

private:
    K code() { return K::of(rng_.between(0, int64_t{K::kModulus} - 1)); }

    model::testing::Rng rng_;
    testing::Example made_;
    std::vector<K> trace_;
};

TEST(Values, forms_of_lookups_everywhere_extend_to_forms_at_a_point)
{
    for (uint64_t seed = 1; seed != 25; ++seed)
    {
        Meeting meeting(seed);
        for (const auto& lookup : meeting.circuit().lookups)
        {
            meeting.check_form(lookup.key, lookup.outputs);
            meeting.check_form(lookup.value, lookup.outputs);
        }
        if (::testing::Test::HasFailure())
            FAIL() << "seed " << seed;
    }
}

TEST(Values, contracted_sides_extend_to_views_at_a_point)
{
    for (uint64_t seed = 1; seed != 25; ++seed)
    {
        Meeting meeting(seed);
        for (const auto& relation : meeting.circuit().relations)
            for (const auto& product : relation.products)
            {
                meeting.check_side(relation, product, product.left);
                meeting.check_side(relation, product, product.right);
            }
        if (::testing::Test::HasFailure())
            FAIL() << "seed " << seed;
    }
}

} // namespace
} // namespace prover
