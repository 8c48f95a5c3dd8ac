#pragma once

#include "circuit/compile.hpp"
#include "model/graph.hpp"
#include "prover/values.hpp"

#include <expected>
#include <span>
#include <string>
#include <vector>

namespace prover {

/// The sealed weights and biases as entries of W (without its tail): circuit::Compiled::sealed says where each lies.
std::vector<K> seal_entries(const circuit::Compiled& compiled, const model::Weights& weights);

/// A data set as entries of D: rows in codes, row-major; pads in field elements, one row each.
std::vector<K> data_entries(const circuit::Compiled& compiled, std::span<const int32_t> codes, std::span<const K> pads);

/// A batch run through the integer graph: everything the trace holds but multiplicities and pads.
struct Run
{
    std::vector<K> trace;                      ///< entries of A, pads column zero
    std::vector<std::vector<int32_t>> outputs; ///< codes by batch row
};

/// Fills the trace for `inputs`, one vector of codes a batch row, and counts multiplicities.
///
/// Caller   the model validates and check_actual() passed; `sealed` are the entries of W (and D)
/// Errors   words: an input of the wrong length or out of range
std::expected<Run, std::string> run(const circuit::Compiled& compiled, const model::Model& model, const Values& sealed,
                                    std::span<const std::vector<int32_t>> inputs);

/// The trace of a registration or rotation.
std::vector<K> registration_trace(const circuit::Compiled& compiled, const model::Graph& graph,
                                  const model::Weights& weights, const Values& sealed);

/// Counts every lookup into the multiplicity columns; rows that no table has are not counted (such a proof is refused).
void count_multiplicities(const circuit::Circuit& circuit, Values values, std::vector<K>& trace);

} // namespace prover
