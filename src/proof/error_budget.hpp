#pragma once

#include "circuit/circuit.hpp"
#include "commit/parameters.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// The soundness error of a proof, challenge by challenge: the table of docs/specs/proof-security.md.
namespace proof {

/// All that the error depends on.
struct Sizes
{
    size_t log_leaves = 2;         ///< of LogUp
    size_t point_bits = 0;         ///< output bits of the largest relation
    size_t bilinear_relations = 0; ///< relations with products
    size_t equations = 0;          ///< what gamma batches
    commit::Plan plan;
};

Sizes sizes_of(const circuit::Circuit& circuit, commit::Plan plan);

/// The chance that one draw of a challenge turns a false claim into a true one.
struct ErrorLine
{
    std::string_view challenge; ///< its label in docs/specs/proof.md
    size_t level = 0;           ///< of the opening: 0 for the sources, i for g_i; 0 elsewhere
    uint64_t bound = 0;         ///< B, the chance being B / |F|; for positions the number of draws
    double bits = 0;            ///< −log2 of the chance, grinding added
};

/// One line for every challenge label of docs/specs/proof.md that a proof of these sizes draws, in order.
///
/// Source  docs/specs/proof-security.md §3
std::vector<ErrorLine> error_budget(const Sizes& sizes);

} // namespace proof
