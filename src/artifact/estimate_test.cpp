#include "artifact/estimate.hpp"

#include "env/entropy.hpp"
#include "model/testing/small_model.hpp"
#include "prover/testing/scenario.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Estimate, proof_sizes_are_predicted_to_three_percent)
{
    env::OsEntropy entropy;
    const auto sealed = prover::testing::seal(model::testing::small_model(), commit::kP100, entropy);
    ASSERT_TRUE(sealed) << sealed.error();
    model::testing::Rng rng(1);
    for (const uint32_t batch : {1, 20})
    {
        prover::Request request;
        for (uint32_t row = 0; row != batch; ++row)
            request.inputs.push_back(prover::testing::random_input(sealed->identity.graph, rng));
        const auto proven = prover::prove(sealed->view(), request, entropy);
        ASSERT_TRUE(proven) << proven.error();
        const auto predicted = artifact::estimate_inference(sealed->identity.graph, commit::kP100, batch);
        ASSERT_TRUE(predicted) << predicted.error().words;
        EXPECT_NEAR(double(predicted->proof_bytes), double(proven->file.size()), 0.03 * double(proven->file.size()));
        EXPECT_GT(predicted->work_units, 0u);
        EXPECT_GT(predicted->memory_bytes, 1u << 20);
    }
    const auto registration = artifact::estimate_registration(sealed->identity.graph, commit::kP100);
    ASSERT_TRUE(registration);
    const auto size = double(sealed->identity.epochs[0].proof.size());
    EXPECT_NEAR(double(registration->proof_bytes), size, 0.03 * size);
}

} // namespace
