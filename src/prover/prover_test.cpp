#include "prover/testing/scenario.hpp"

#include <gtest/gtest.h>

namespace {

using prover::testing::random_input;
using prover::testing::seal;
using prover::testing::SeededEntropy;

TEST(Prove, every_random_model_is_proven_and_verified)
{
    for (uint64_t seed = 1; seed != 40; ++seed)
    {
        SeededEntropy entropy(seed);
        const auto sealed = seal(model::testing::random_model(seed), commit::kToy, entropy);
        ASSERT_TRUE(sealed) << seed << ": " << sealed.error();
        const auto registered = proof::verify(sealed->identity, proof::Toy::accept);
        ASSERT_TRUE(registered) << seed << ": " << registered.error().words;

        model::testing::Rng rng(seed);
        prover::Request request;
        request.input = seed % 2 ? circuit::Flag::open : circuit::Flag::hidden;
        for (uint64_t row = 0; row != 1 + seed % 3; ++row)
            request.inputs.push_back(random_input(sealed->identity.graph, rng));
        prover::Inspection inspection;
        const auto proven = prover::prove(sealed->view(), request, entropy, &inspection);
        ASSERT_TRUE(proven) << seed << ": " << proven.error();
        const auto compiled = circuit::compile(
            sealed->identity.graph,
            {.batch = uint32_t(request.inputs.size()), .input = request.input, .output = request.output, .data = {}});
        const prover::Values values{{inspection.trace, sealed->oracle.coefficients}};
        for (const auto& name : prover::broken_lookups(compiled->circuit, values))
            ADD_FAILURE() << seed << ": " << name;
        for (const auto& name :
             prover::broken_equations(compiled->circuit, inspection, std::array{sealed->oracle.view()}))
            ADD_FAILURE() << seed << ": " << name;
        const auto verified =
            proof::verify(sealed->identity, {.context = {}, .data = nullptr, .toy = true}, proven->file);
        ASSERT_TRUE(verified) << seed << ": " << verified.error().words;
    }
}

} // namespace
