#pragma once

#include "model/bounds.hpp"
#include "model/graph.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

/// Proven accumulators: design conditions R1 to R3 of docs/specs/model.md.
namespace model {

enum class Rule : uint8_t
{
    uniqueness,   ///< R1: a second (q, rem) would satisfy the equation modulo p
    completeness, ///< R2: a reachable q lies outside the table
    magnitude,    ///< R3: |acc| + 2^s reaches (p − 1) / 2
};

struct RangeFailure
{
    Rule rule;
    uint32_t node;
    uint32_t channel; ///< first that fails
    int64_t excess;   ///< by how much: field units for R1 and R3, table entries for R2
    std::string words;
};

inline constexpr int kBiasBitsMin = 14;

/// The interval in which registration proves a bias of this declared range: the least [−2ᵏ, 2ᵏ) around it, k from 14
/// to 26.
Range registered_bias(const Range& declared);

/// By channel the interval of acc + 2^(s−1), from declared ranges only: what a verifier without weights knows.
///
/// Caller  a validated graph; `node` one of its linear nodes, or one that validates but for its table
/// Cost    O(channels + multipliers)
std::vector<Range> declared_accumulators(const Graph& graph, const Linear& node);

/// The same from the real weights: Σ over taps of w·[lo, hi], joined with 0 where a window may leave the input.
///
/// Caller  a validated model, as above
/// Cost    O(weights of the node)
std::vector<Range> actual_accumulators(const Model& model, const Linear& node);

/// The quotients that those accumulators reach, joined with 0: the least table domain that R2 allows.
Range table_domain(const Linear& node, const std::vector<Range>& accumulators);

/// R3, then R1, for every linear node and channel, from declared ranges. A verifier checks this.
std::expected<void, RangeFailure> check_declared(const Graph& graph);

/// R2 for every linear node and channel, from the real weights. A prover checks this once per model: afterwards
/// evaluate() never leaves a table.
std::expected<void, RangeFailure> check_actual(const Model& model);

} // namespace model
