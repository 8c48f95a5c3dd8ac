#pragma once

#include "model/graph.hpp"
#include "onnx/calibrate.hpp"
#include "onnx/error.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

namespace onnx {

struct QuantiseOptions
{
    uint32_t table_rows = 4096;      ///< aim for tables of curved activations and of the output
    uint32_t clamp_rows_max = 32768; ///< longer tables of straight activations are made coarser
    double weight_error = 0.0045;    ///< relative rounding error of a channel's weights (rms) worth a longer shift
};

/// One linear node as it will be proven.
struct Layer
{
    std::string name;
    uint64_t weights = 0;
    uint32_t outputs = 0;
    uint8_t shift_min = 0, shift_max = 0;
    uint32_t table_rows = 0;
    double step = 0; ///< real size of one unit of the quotient that enters the table
};

struct Quantised
{
    model::Model model;
    std::vector<Layer> layers;
};

/// Replaces real numbers by integers. For a channel with shift s, a quotient step t and an input scale x, a weight W
/// becomes round(W·x·2^s / t); the table maps the quotient q to clamp(round(f(q·t) / y)), y the output's scale.
///
/// Tensors that only views connect share one scale. Activations get 8 bits, signed or unsigned; a tensor that only the
/// reader of the output sees gets up to 16.
///
/// Caller  a lowered graph and its calibration
/// Errors  quantisation: no shift and table within the proof's ranges
/// Holds   validate, check_declared and check_actual of model accept the result
std::expected<Quantised, Error> quantise(const FloatGraph& graph, const Calibration& calibration,
                                         const QuantiseOptions& options);

} // namespace onnx
