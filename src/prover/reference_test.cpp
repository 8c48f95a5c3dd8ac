#include "prover/testing/reference_prover.hpp"

#include <gtest/gtest.h>

/// The slow prover that other tests make lie is, when honest, the real one.
namespace prover {
namespace {

using testing::example;
using testing::SeededEntropy;

TEST(ReferenceProver, writes_the_bytes_that_the_real_prover_writes)
{
    for (uint64_t seed = 1; seed != 16; ++seed)
    {
        const auto made = example(seed);
        SeededEntropy real(seed + 1000), reference(seed + 1000);
        Inspection inspection;
        const auto proven = prove(made.sealed.view(), made.request, real, &inspection);
        ASSERT_TRUE(proven) << proven.error();
        const auto again = testing::reference_prove(made.prepared, reference);
        EXPECT_EQ(proven->file, testing::file_of(made.prepared.statement, again.body)) << seed;
        EXPECT_EQ(real.labels, reference.labels);
        EXPECT_EQ(inspection.trace, again.inspection.trace);
    }
}

TEST(ReferenceProver, proves_registrations_too)
{
    for (uint64_t seed = 1; seed != 6; ++seed)
    {
        auto made = example(seed);
        SeededEntropy entropy(seed + 7);
        made.sealed.identity.epochs[0].proof =
            testing::reference_prove(testing::prepare_registration(made.sealed), entropy).body;
        const auto verified = proof::verify(made.sealed.identity, proof::Toy::accept);
        EXPECT_TRUE(verified) << verified.error().words;
    }
}

} // namespace
} // namespace prover
