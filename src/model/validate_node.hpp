#pragma once

#include "model/validate.hpp"

#include <string>

/// One node of an untrusted graph, for validate(). Not for other users.
namespace model::detail {

using Check = std::expected<void, Invalid>;

/// Shapes, parameters, ranges and table of one node.
///
/// Caller  all tensors, weights and biases are valid, and every number that the node holds exists
Check check_node(const Graph& graph, uint32_t index);

std::unexpected<Invalid> refuse(Fault fault, Part part, uint32_t index, std::string words);

} // namespace model::detail
