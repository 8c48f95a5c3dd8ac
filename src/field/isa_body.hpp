// The kernels, written once over kLanes; see isa.hpp for what they compute and isa_lanes.hpp for the arithmetic.
#pragma once

#include "field/isa.hpp"
#include "field/isa_lanes.hpp"

#include "field/isa_columns.hpp"
#include "field/isa_products.hpp"
#include "field/isa_rounds.hpp"
#include "field/isa_transform.hpp"

namespace {

constexpr field::Kernels kTable{
    .fold_columns = fold<uint32_t>,
    .fold_small_columns = fold<int16_t>,
    .weigh_rows = weigh<uint32_t>,
    .weigh_small_rows = weigh<int16_t>,
    .mul = mul_elements,
    .axpy = axpy,
    .fold_pairs = fold_pairs,
    .spread_pairs = spread_pairs,
    .dot = dot,
    .dot_base = dot_base,
    .product_round = product_round,
    .fraction_round = fraction_round,
    .add_fractions = add_fractions,
    .transform = transform,
};

} // namespace
