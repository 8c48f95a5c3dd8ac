#pragma once

#include "circuit/view.hpp"

#include <array>
#include <span>
#include <vector>

/// The circuit's forms and products on actual values: what only a prover can compute.
namespace prover {

using circuit::F;
using circuit::K;

/// The entries of each oracle, by store.
struct Values
{
    std::array<std::span<const K>, circuit::kStores> stores;

    std::span<const K> column(const circuit::Circuit& circuit, uint32_t index) const
    {
        const auto& column = circuit.columns[index];
        return stores[size_t(column.store)].subspan(column.offset, column.size());
    }
};

/// The form at each of the 2^bits values of the variables (public parts excluded).
std::vector<K> evaluate(const circuit::Circuit& circuit, const Values& values, const circuit::Form& form,
                        const std::vector<circuit::Variable>& variables);

/// Σ constants at each value of the variables.
std::vector<K> evaluate(const std::vector<circuit::Constant>& constants,
                        const std::vector<circuit::Variable>& variables);

/// A product's side with its output variables at a point: the vector over the sum variables.
///
/// Shapes  weights: for each output variable eq(point, ·), 2^bits entries; result: 2^(sum bits)
/// Cost    one pass over the column
std::vector<F> contract(const circuit::Circuit& circuit, const Values& values, const circuit::View& view,
                        const std::vector<circuit::Variable>& outputs, const std::vector<circuit::Variable>& sums,
                        std::span<const std::vector<F>> weights);

} // namespace prover
