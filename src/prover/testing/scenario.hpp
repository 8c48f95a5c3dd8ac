#pragma once

#include "crypto/blake3.hpp"
#include "model/testing/random_graph.hpp"
#include "model/testing/rng.hpp"
#include "proof/verify.hpp"
#include "prover/seal.hpp"

#include <functional>
#include <string>

/// Test support: a small model, sealed under the toy profile, and proofs of random inputs.
namespace prover::testing {

/// Randomness that a seed determines; each call gives a new stream. `zeroed` names a label whose bytes are all zero.
class SeededEntropy final : public crypto::Entropy
{
public:
    explicit SeededEntropy(uint64_t seed, std::string zeroed = {}) : seed_(seed), zeroed_(std::move(zeroed)) {}

    void fill(std::span<uint8_t> out, std::string_view label) override
    {
        labels.emplace_back(label);
        if (label == zeroed_)
        {
            std::ranges::fill(out, uint8_t{0});
            return;
        }
        base::Writer writer;
        writer.put(seed_);
        writer.put(calls_++);
        crypto::Blake3().update(writer.bytes()).xof(0, out);
    }

    std::vector<std::string> labels;

private:
    uint64_t seed_, calls_ = 0;
    std::string zeroed_;
};

/// A model and its identity under a profile.
struct Sealed
{
    model::Model model;
    proof::Identity identity;
    commit::OracleStorage oracle;

    SealedModel view() const { return {identity, model, oracle.view()}; }
};

inline std::expected<Sealed, std::string> seal(model::Model model, const commit::Profile& profile,
                                               crypto::Entropy& entropy)
{
    auto oracle = commit_weights(model, profile, entropy);
    if (!oracle)
        return std::unexpected(oracle.error());
    Sealed sealed{std::move(model), {}, std::move(*oracle)};
    sealed.identity = {.profile = profile, .graph = sealed.model.graph, .epochs = {{sealed.oracle.root(), {}}}};
    auto registration = prove_registration(sealed.identity, sealed.model.weights, sealed.oracle.view(), entropy);
    if (!registration)
        return std::unexpected(registration.error());
    sealed.identity.epochs[0].proof = std::move(*registration);
    return sealed;
}

inline std::vector<int32_t> random_input(const model::Graph& graph, model::testing::Rng& rng)
{
    const auto& tensor = graph.tensors[graph.input];
    std::vector<int32_t> codes(model::elements(tensor.shape));
    for (auto& code : codes)
        code = int32_t(rng.between(tensor.range.lo, tensor.range.hi));
    return codes;
}

} // namespace prover::testing
