#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The quantised tensor graph: exactly the integer function that is proven.
///
/// All tensors hold integer codes; zero points are 0 (symmetric), except that the input encoding may carry an
/// offset, which import folds into the first biases. Shapes leave out the batch dimension and are row-major.
/// The graph is public; weights and biases live apart (Weights), because they may be private.
namespace model {

using TensorId = uint32_t;
using WeightId = uint32_t;
using BiasId = uint32_t;

/// Inclusive interval of integer codes.
struct Range
{
    int64_t lo = 0, hi = 0;
    friend bool operator==(const Range&, const Range&) = default;
};

struct Tensor
{
    std::string name;
    std::vector<uint32_t> shape; ///< rank 1 to 4, without batch
    Range range;                 ///< proven; within 16 bits, activations within 8
    double scale = 1;            ///< real value ≈ code · scale
    friend bool operator==(const Tensor&, const Tensor&) = default;
};

/// code = clamp(⌊(x − offset[c]) / scale[c] + ½⌋, range). One entry for all, or one for each index of dimension 0.
struct InputEncoding
{
    std::vector<double> scale, offset;
    friend bool operator==(const InputEncoding&, const InputEncoding&) = default;
};

/// Shape and declared bounds of a private tensor; bounds are what registration proves.
struct WeightSpec
{
    std::vector<uint32_t> shape;
    Range range; ///< weights within [−512, 511]; biases within ±2²⁶
    friend bool operator==(const WeightSpec&, const WeightSpec&) = default;
};

// ---- terms of a linear node: acc = Σ terms + bias, over the integers ----

/// 2-D convolution. Weight (O, C/groups, kh, kw). Input is read as (C, H, W): rank 1 (F) as (F, 1, 1), rank 2 (C, L)
/// as (C, 1, L). Output spatial size comes from the node's output shape. Positions outside the input count as 0.
struct Conv
{
    TensorId input = 0;
    WeightId weight = 0;
    std::array<uint32_t, 2> stride{1, 1}, pad{0, 0}, dilation{1, 1}; ///< height, width; pad at the beginning
    uint32_t groups = 1;
    friend bool operator==(const Conv&, const Conv&) = default;
};

/// Matrix product with a constant: the first `tokens` dimensions of the input are kept, the rest is flattened row-major
/// to K. Weight (N, K). Output shape: kept dimensions, N.
struct Dense
{
    TensorId input = 0;
    WeightId weight = 0;
    uint32_t tokens = 0;
    friend bool operator==(const Dense&, const Dense&) = default;
};

/// multiplier · input, same shape. Multiplier is public.
struct Scale
{
    TensorId input = 0;
    int32_t multiplier = 1;
    friend bool operator==(const Scale&, const Scale&) = default;
};

/// row[ph]·col[pw] · Σ over the window of the input, (C, H, W) as in Conv; positions outside count as 0. Public
/// multipliers, one entry for each output row and column.
struct Window
{
    TensorId input = 0;
    std::array<uint32_t, 2> kernel{1, 1}, stride{1, 1}, pad{0, 0};
    std::vector<int32_t> row, col;
    friend bool operator==(const Window&, const Window&) = default;
};

using Term = std::variant<Conv, Dense, Scale, Window>;

/// y = values[q − lo] for q in [lo, lo + size). Saturation and the activation are both in the table.
struct Table
{
    int32_t lo = 0;
    std::vector<int16_t> values;
    friend bool operator==(const Table&, const Table&) = default;
};

/// acc = Σ terms + bias;  q = ⌊(acc + 2^(s−1)) / 2^s⌋ with s the channel's shift ≥ 1;  output = table(q).
struct Linear
{
    std::vector<Term> terms;
    std::optional<BiasId> bias;  ///< one entry a channel
    uint32_t channel_axis = 0;   ///< dimension of the output that indexes bias and shifts
    std::vector<uint8_t> shifts; ///< one for all, or one a channel; each 1 to 16
    Table table;
    TensorId output = 0;
    friend bool operator==(const Linear&, const Linear&) = default;
};

/// Maximum over a window, (C, H, W) as in Conv; positions outside are left out.
struct MaxPool
{
    TensorId input = 0;
    std::array<uint32_t, 2> kernel{1, 1}, stride{1, 1}, pad{0, 0};
    TensorId output = 0;
    friend bool operator==(const MaxPool&, const MaxPool&) = default;
};

struct Concat
{
    std::vector<TensorId> inputs; ///< equal scale and range
    uint32_t axis = 0;
    TensorId output = 0;
    friend bool operator==(const Concat&, const Concat&) = default;
};

/// output[i] = input[start + step·i] in every dimension; all positions inside the input.
struct Slice
{
    TensorId input = 0;
    std::vector<uint32_t> start, step;
    TensorId output = 0;
    friend bool operator==(const Slice&, const Slice&) = default;
};

/// Dimension d of the output is dimension perm[d] of the input.
struct Transpose
{
    TensorId input = 0;
    std::vector<uint32_t> perm;
    TensorId output = 0;
    friend bool operator==(const Transpose&, const Transpose&) = default;
};

/// Same elements in row-major order, other shape.
struct Reshape
{
    TensorId input = 0;
    TensorId output = 0;
    friend bool operator==(const Reshape&, const Reshape&) = default;
};

/// Input at offset `begin`, `value` elsewhere.
struct Pad
{
    TensorId input = 0;
    std::vector<uint32_t> begin;
    int32_t value = 0;
    TensorId output = 0;
    friend bool operator==(const Pad&, const Pad&) = default;
};

using Node = std::variant<Linear, MaxPool, Concat, Slice, Transpose, Reshape, Pad>;

/// What the reader of the output still has to do, outside the proof.
enum class Reading : uint8_t
{
    values,
    argmax,
    softmax,
    sigmoid_label, ///< positive means class 1
};

/// Nodes in topological order: every input is the graph's input or an earlier output.
struct Graph
{
    std::vector<Tensor> tensors;
    std::vector<WeightSpec> weights, biases;
    std::vector<Node> nodes;
    TensorId input = 0, output = 0;
    InputEncoding encoding;
    Reading reading = Reading::values;
    std::vector<std::string> labels; ///< class names, or empty
    friend bool operator==(const Graph&, const Graph&) = default;
};

/// The private part: row-major values in the shapes of Graph::weights and Graph::biases.
struct Weights
{
    std::vector<std::vector<int16_t>> weights;
    std::vector<std::vector<int32_t>> biases;
    friend bool operator==(const Weights&, const Weights&) = default;
};

struct Model
{
    Graph graph;
    Weights weights;
    friend bool operator==(const Model&, const Model&) = default;
};

} // namespace model
