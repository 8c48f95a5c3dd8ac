#include "crypto/blake3.hpp"
#include "prover/testing/scenario.hpp"

#include <cstdio>

/// Prints a hash of proofs made from fixed seeds, so that a test can compare instruction sets and thread counts.
int main()
{
    crypto::Blake3 all;
    for (uint64_t seed = 1; seed != 9; ++seed)
    {
        const auto profile = seed % 4 == 0 ? commit::kP100 : commit::kToy;
        prover::testing::SeededEntropy entropy(seed);
        const auto sealed = prover::testing::seal(model::testing::random_model(seed), profile, entropy);
        if (!sealed)
            return 1;
        model::testing::Rng rng(seed);
        prover::Request request;
        request.inputs.push_back(prover::testing::random_input(sealed->identity.graph, rng));
        const auto proven = prover::prove(sealed->view(), request, entropy);
        if (!proven)
            return 1;
        all.update(sealed->identity.epochs[0].proof).update(proven->file);
    }
    for (const auto byte : all.digest())
        std::printf("%02x", byte);
    std::puts("");
}
