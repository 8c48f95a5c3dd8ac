#pragma once

#include "commit/column_sum.hpp"
#include "commit/oracle.hpp"
#include "commit/weight.hpp"

#include <span>
#include <vector>

namespace commit {

/// A short sumcheck with the same rounds as Σ ⟨weight, vector⟩ over a long source: equal sums for every assignment of
/// the column bits.
///
/// A weight ρ(prefix)·κ(suffix), its suffix at least the column bits, needs only the rows Σ_prefix ρ·vector against
/// κ: one pass over its block, without ever writing the weight out. Blocks smaller than a row are gathered by row.
///
/// Shapes  matrix: rows × 2^log_columns; every block within it
/// Cost    parallel; 0.5 ns an entry for each weight, then what the suffixes span
ColumnSum condense(std::span<const K> matrix, uint32_t log_columns, std::span<const Weight> weights);

/// Σ_k coefficients[k]·points[k]^e for e < length.
///
/// Cost  parallel; 0.5 ns for each point and entry
std::vector<F> sum_of_powers(std::span<const K> points, std::span<const F> coefficients, size_t length);

} // namespace commit
