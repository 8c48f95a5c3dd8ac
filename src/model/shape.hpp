#pragma once

#include "model/graph.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace model {

/// A tensor read as channels × height × width.
struct Chw
{
    uint32_t c = 1, h = 1, w = 1;
    friend bool operator==(const Chw&, const Chw&) = default;
};

/// (F) is (F, 1, 1), (C, L) is (C, 1, L), (C, H, W) is itself. Nothing for other ranks.
std::optional<Chw> as_chw(std::span<const uint32_t> shape);

/// Product of the dimensions. Caller: a validated shape (the product then fits).
uint64_t elements(std::span<const uint32_t> shape);

/// Row-major strides: the distance in elements between neighbours along each dimension.
std::vector<uint64_t> strides(std::span<const uint32_t> shape);

/// The tensor that the node defines.
TensorId output_of(const Node& node);

/// The tensors that the node reads, in order; a tensor read twice stands twice.
std::vector<TensorId> inputs_of(const Node& node);

/// The tensor that a term reads.
TensorId input_of(const Term& term);

} // namespace model
