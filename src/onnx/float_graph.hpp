#pragma once

#include "model/graph.hpp"
#include "onnx/scalar.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// The model after import and folding, still in real numbers. It has the shape of model::Graph, so that quantising
/// replaces numbers by numbers and never changes structure.
namespace onnx {

using Shape = std::vector<uint32_t>;
using model::BiasId;
using model::TensorId;
using model::WeightId;

struct FloatTensor
{
    std::string name;
    Shape shape; ///< without batch; rank 1 to 4
};

/// Constant of a Conv (O, C/groups, kh, kw) or Dense (N, K) term, row-major.
struct FloatWeight
{
    std::string name;
    Shape shape;
    std::vector<float> values;
};

/// factor · input: one factor, or one a channel of the node's channel axis.
struct FloatScale
{
    TensorId input = 0;
    std::vector<double> factor{1};
};

/// As model::Window with real multipliers.
struct FloatWindow
{
    TensorId input = 0;
    std::array<uint32_t, 2> kernel{1, 1}, stride{1, 1}, pad{0, 0};
    std::vector<double> row, col;
};

using FloatTerm = std::variant<model::Conv, model::Dense, FloatScale, FloatWindow>;

/// output = activation(Σ terms + bias).
struct FloatLinear
{
    std::string name; ///< of the ONNX node that it began as
    std::vector<FloatTerm> terms;
    std::vector<double> bias; ///< none, one for all, or one a channel
    uint32_t channel_axis = 0;
    Scalar activation;
    TensorId output = 0;
};

struct FloatPad
{
    TensorId input = 0;
    std::vector<uint32_t> begin;
    double value = 0;
    TensorId output = 0;
};

using FloatNode =
    std::variant<FloatLinear, model::MaxPool, model::Concat, model::Slice, model::Transpose, model::Reshape, FloatPad>;

struct FloatGraph
{
    std::vector<FloatTensor> tensors;
    std::vector<FloatWeight> weights;
    std::vector<FloatNode> nodes; ///< in topological order
    TensorId input = 0, output = 0;
    model::InputEncoding before{{1}, {0}}; ///< the graph reads (x − offset) / scale of the user's x
    bool reads_codes = false;              ///< what it reads is rounded to [−128, 127] as it is
    model::Reading reading = model::Reading::values;
    std::vector<std::string> labels;
};

/// Elements of a shape.
uint64_t elements(const Shape& shape);

/// What one evaluation costs: multiplications of the linear nodes, steps of the activations, comparisons of the pools,
/// elements moved. Exact within the bounds of a graph; it saturates instead of wrapping.
uint64_t operations(const FloatGraph& graph);

TensorId output_of(const FloatNode& node);
void set_output(FloatNode& node, TensorId output);

/// The tensors that a node reads; one that it reads twice stands twice.
std::vector<TensorId> inputs_of(const FloatNode& node);
TensorId input_of(const FloatTerm& term);
void set_input(FloatTerm& term, TensorId input);

} // namespace onnx
