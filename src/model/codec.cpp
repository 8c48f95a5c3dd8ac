#include "model/codec.hpp"

#include "model/codec_io.hpp"
#include "model/shape.hpp"

#include <algorithm>

namespace model {
namespace {

using detail::Get;
using detail::Put;

constexpr std::string_view kGraphMagic = "zkpgraph", kWeightsMagic = "zkpwghts";
constexpr uint32_t kVersion = 1;

/// T or const T: Put reads what Get fills.
template <typename T, typename U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

// ---- the layout, one function a type, fields in order (docs/specs/model.md section 3) ----

void pair(auto& io, auto& values)
{
    io.number(values[0]);
    io.number(values[1]);
}

void numbers(auto& io, auto& values, size_t max)
{
    io.list(values, max, [&](auto& value) { io.number(value); });
}

void reals(auto& io, auto& values)
{
    io.list(values, kElementsMax, [&](auto& value) { io.real(value); });
}

template <Is<Range> T>
void layout(auto& io, T& range)
{
    io.narrow(range.lo);
    io.narrow(range.hi);
}

template <Is<Tensor> T>
void layout(auto& io, T& tensor)
{
    io.text(tensor.name);
    numbers(io, tensor.shape, kRankMax);
    layout(io, tensor.range);
    io.real(tensor.scale);
}

template <Is<WeightSpec> T>
void layout(auto& io, T& spec)
{
    numbers(io, spec.shape, kRankMax);
    layout(io, spec.range);
}

template <Is<Conv> T>
void layout(auto& io, T& term)
{
    io.number(term.input);
    io.number(term.weight);
    pair(io, term.stride);
    pair(io, term.pad);
    pair(io, term.dilation);
    io.number(term.groups);
}

template <Is<Dense> T>
void layout(auto& io, T& term)
{
    io.number(term.input);
    io.number(term.weight);
    io.number(term.tokens);
}

template <Is<Scale> T>
void layout(auto& io, T& term)
{
    io.number(term.input);
    io.number(term.multiplier);
}

template <Is<Window> T>
void layout(auto& io, T& term)
{
    io.number(term.input);
    pair(io, term.kernel);
    pair(io, term.stride);
    pair(io, term.pad);
    numbers(io, term.row, kElementsMax);
    numbers(io, term.col, kElementsMax);
}

template <Is<Linear> T>
void layout(auto& io, T& node)
{
    io.list(node.terms, kTermsMax, [&](auto& term) { io.choice(term, [&](auto& kind) { layout(io, kind); }); });
    io.maybe(node.bias, [&](auto& bias) { io.number(bias); });
    io.number(node.channel_axis);
    numbers(io, node.shifts, kElementsMax);
    io.number(node.table.lo);
    numbers(io, node.table.values, kTableMax);
    io.number(node.output);
}

template <Is<MaxPool> T>
void layout(auto& io, T& node)
{
    io.number(node.input);
    pair(io, node.kernel);
    pair(io, node.stride);
    pair(io, node.pad);
    io.number(node.output);
}

template <Is<Concat> T>
void layout(auto& io, T& node)
{
    numbers(io, node.inputs, kConcatMax);
    io.number(node.axis);
    io.number(node.output);
}

template <Is<Slice> T>
void layout(auto& io, T& node)
{
    io.number(node.input);
    numbers(io, node.start, kRankMax);
    numbers(io, node.step, kRankMax);
    io.number(node.output);
}

template <Is<Transpose> T>
void layout(auto& io, T& node)
{
    io.number(node.input);
    numbers(io, node.perm, kRankMax);
    io.number(node.output);
}

template <Is<Reshape> T>
void layout(auto& io, T& node)
{
    io.number(node.input);
    io.number(node.output);
}

template <Is<Pad> T>
void layout(auto& io, T& node)
{
    io.number(node.input);
    numbers(io, node.begin, kRankMax);
    io.number(node.value);
    io.number(node.output);
}

template <Is<Graph> T>
void layout(auto& io, T& graph)
{
    const auto each = [&](auto& value) { layout(io, value); };
    io.list(graph.tensors, kTensorsMax, each);
    io.list(graph.weights, kParametersMax, each);
    io.list(graph.biases, kParametersMax, each);
    io.list(graph.nodes, kNodesMax, [&](auto& node) { io.choice(node, each); });
    io.number(graph.input);
    io.number(graph.output);
    reals(io, graph.encoding.scale);
    reals(io, graph.encoding.offset);
    io.tag(graph.reading, Reading::sigmoid_label);
    io.list(graph.labels, kLabelsMax, [&](auto& label) { io.text(label); });
}

// ---- files ----

Put begin(std::string_view magic)
{
    Put io;
    io.raw(base::view(magic));
    io.number(kVersion);
    return io;
}

std::unexpected<DecodeError> refuse(DecodeFault fault, size_t offset, const std::string& what)
{
    return std::unexpected(DecodeError{fault, offset, std::nullopt, what + " at byte " + std::to_string(offset)});
}

std::expected<void, DecodeError> check_begin(Get& io, std::string_view magic)
{
    if (!io.matches(base::view(magic)))
        return refuse(DecodeFault::magic, 0, "does not begin with " + std::string(magic));
    uint32_t version = 0;
    io.number(version);
    if (io.fault())
        return refuse(DecodeFault::truncated, io.offset(), "ends in its version");
    if (version != kVersion)
        return refuse(DecodeFault::version, magic.size(),
                      "has format version " + std::to_string(version) + ", this program reads 1; version");
    return {};
}

std::unexpected<DecodeError> refuse(Invalid invalid, size_t offset)
{
    auto words = invalid.words;
    return std::unexpected(DecodeError{DecodeFault::invalid, offset, std::move(invalid), std::move(words)});
}

template <typename T>
void put_values(Put& io, const std::vector<std::vector<T>>& tensors)
{
    for (const auto& values : tensors)
        for (const auto value : values)
            io.number(value);
}

template <typename T>
std::vector<std::vector<T>> get_values(base::Reader& in, const std::vector<WeightSpec>& specs)
{
    using Unsigned = std::make_unsigned_t<T>;
    std::vector<std::vector<T>> tensors;
    tensors.reserve(specs.size());
    for (const auto& spec : specs)
    {
        auto& values = tensors.emplace_back(elements(spec.shape));
        for (auto& value : values)
            value = T(*in.get<Unsigned>());
    }
    return tensors;
}

uint64_t total(const std::vector<WeightSpec>& specs)
{
    uint64_t sum = 0;
    for (const auto& spec : specs)
        sum += elements(spec.shape);
    return sum;
}

} // namespace

base::Bytes encode_graph(const Graph& graph)
{
    auto io = begin(kGraphMagic);
    layout(io, graph);
    return io.take();
}

std::expected<Graph, DecodeError> decode_graph(base::ByteView bytes)
{
    Get io(bytes);
    if (const auto ok = check_begin(io, kGraphMagic); !ok)
        return std::unexpected(ok.error());

    Graph graph;
    layout(io, graph);
    if (io.fault())
        return refuse(*io.fault(), io.offset(),
                      io.fault() == DecodeFault::truncated ? "ends too early" : "unknown tag, flag or count");
    if (io.left() != 0)
        return refuse(DecodeFault::trailing, io.offset(), "bytes after the end");
    if (auto ok = validate(graph); !ok)
        return refuse(std::move(ok.error()), io.offset());
    return graph;
}

base::Bytes encode_weights(const Weights& weights)
{
    auto io = begin(kWeightsMagic);
    put_values(io, weights.weights);
    put_values(io, weights.biases);
    return io.take();
}

std::expected<Weights, DecodeError> decode_weights(const Graph& graph, base::ByteView bytes)
{
    Get io(bytes);
    if (const auto ok = check_begin(io, kWeightsMagic); !ok)
        return std::unexpected(ok.error());

    const auto size = total(graph.weights) * sizeof(int16_t) + total(graph.biases) * sizeof(int32_t);
    if (io.left() != size)
        return refuse(io.left() < size ? DecodeFault::truncated : DecodeFault::trailing, bytes.size(),
                      "the graph asks for " + std::to_string(size) + " bytes of weights; file ends");

    base::Reader values(io.rest());
    Weights weights{get_values<int16_t>(values, graph.weights), get_values<int32_t>(values, graph.biases)};
    if (auto ok = validate(graph, weights); !ok)
        return refuse(std::move(ok.error()), bytes.size());
    return weights;
}

} // namespace model
