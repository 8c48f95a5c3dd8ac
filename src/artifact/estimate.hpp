#pragma once

#include "artifact/error.hpp"
#include "commit/parameters.hpp"
#include "model/graph.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>

/// What proving will cost, before anything is proven: sizes from the circuit, time from the work units.
namespace artifact {

struct Estimate
{
    uint64_t work_units = 0;
    uint64_t proof_bytes = 0;  ///< expected; positions that fall together make a proof a little shorter
    uint64_t memory_bytes = 0; ///< peak of the prover, mapped file included
    double seconds = 0;        ///< on two cores of 2020s server hardware, AVX2
};

/// One inference of a batch of `batch` rows, weights and input private.
///
/// Errors  unfit: the model cannot be compiled
std::expected<Estimate, Error> estimate_inference(const model::Graph& graph, const commit::Profile& profile,
                                                  uint32_t batch);

/// A rotation to a fresh root, its commitment included; proof_bytes is what m.id grows by.
std::expected<Estimate, Error> estimate_rotation(const model::Graph& graph, const commit::Profile& profile);

/// Import's commitment and registration proof.
std::expected<Estimate, Error> estimate_registration(const model::Graph& graph, const commit::Profile& profile);

} // namespace artifact
