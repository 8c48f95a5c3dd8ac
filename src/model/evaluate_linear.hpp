#pragma once

#include "model/evaluate.hpp"

/// The linear node of evaluate(). Not for other users.
namespace model::detail {

/// The output's codes; also quotients and remainders if `trace` is given.
///
/// Caller  a validated model; `tensors` holds the codes of every tensor that the node reads
/// Errors  table_domain
std::expected<std::vector<int32_t>, EvaluateError> evaluate_linear(const Model& model, uint32_t index,
                                                                   const std::vector<std::vector<int32_t>>& tensors,
                                                                   LinearTrace* trace);

} // namespace model::detail
