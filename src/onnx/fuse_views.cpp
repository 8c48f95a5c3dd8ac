#include "onnx/fuse_views.hpp"

#include "model/bounds.hpp"
#include "model/shape.hpp"
#include "onnx/fuse.hpp"
#include "onnx/fuse_linear.hpp"

#include <algorithm>
#include <numeric>

namespace onnx {
namespace detail {

NodeIndex::NodeIndex(const FloatGraph& graph)
    : producers_(graph.tensors.size()), uses_(graph.tensors.size()), removed_(graph.nodes.size())
{
    for (size_t i = 0; i != graph.nodes.size(); ++i)
    {
        producers_[output_of(graph.nodes[i])] = i;
        for (const auto input : inputs_of(graph.nodes[i]))
            ++uses_[input];
    }
    ++uses_[graph.output];
}

void NodeIndex::read_instead(TensorId tensor, TensorId other, size_t maker)
{
    ++uses_[other];
    if (--uses_[tensor] != 0)
        return;
    // The maker is left unread: its own read of `other` ends.
    removed_[maker] = true;
    --uses_[other];
}

void NodeIndex::add_tensor(size_t node)
{
    producers_.push_back(node);
    uses_.push_back(1);
}

namespace {

const Shape& shape_of(const FloatGraph& graph, TensorId id) { return graph.tensors[id].shape; }

/// The node that makes `tensor`, if it is of this type.
template <typename Node>
Node* made_by(FloatGraph& graph, const NodeIndex& index, TensorId tensor)
{
    const auto at = index.producer(tensor);
    return at && !index.is_removed(*at) ? std::get_if<Node>(&graph.nodes[*at]) : nullptr;
}

template <typename Node>
bool redirect(NodeIndex& index, Node& reader, TensorId to)
{
    const auto from = reader.input;
    reader.input = to;
    index.read_instead(from, to, *index.producer(from));
    return true;
}

/// A transposition that moves only dimensions of size 1.
bool is_reshape(const Shape& shape, const std::vector<uint32_t>& perm)
{
    std::vector<uint32_t> moved;
    std::ranges::copy_if(perm, std::back_inserter(moved), [&](uint32_t d) { return shape[d] != 1; });
    return std::ranges::is_sorted(moved);
}

size_t inner_of(const Shape& shape, size_t axis)
{
    size_t inner = 1;
    for (size_t d = axis + 1; d < shape.size(); ++d)
        inner *= shape[d];
    return inner;
}

/// Columns of a Dense weight in the order of the tensor before the transposition.
void permute_columns(FloatWeight& weight, const Shape& before, const std::vector<uint32_t>& perm)
{
    const size_t rows = weight.shape[0], taps = weight.shape[1];
    std::vector<size_t> from(taps); // by position after the transposition
    std::vector<uint32_t> position(perm.size());
    size_t at = 0;
    for (auto& index : from)
    {
        index = at;
        for (size_t d = perm.size(); d-- > 0;)
        {
            at += inner_of(before, perm[d]);
            if (++position[d] != before[perm[d]])
                break;
            at -= inner_of(before, perm[d]) * before[perm[d]];
            position[d] = 0;
        }
    }
    std::vector<float> values(weight.values.size());
    for (size_t r = 0; r != rows; ++r)
        for (size_t k = 0; k != taps; ++k)
            values[r * taps + from[k]] = weight.values[r * taps + k];
    weight.values = std::move(values);
}

/// What a term reads instead of the view in front of it; the term is changed to fit.
std::optional<TensorId> through(FloatGraph& graph, const NodeIndex& index, model::Dense& dense)
{
    if (const auto* view = made_by<model::Reshape>(graph, index, dense.input))
    {
        const auto &from = shape_of(graph, view->input), &to = shape_of(graph, view->output);
        const bool keeps_tokens =
            from.size() > dense.tokens && std::equal(to.begin(), to.begin() + dense.tokens, from.begin());
        return keeps_tokens ? std::optional{view->input} : std::nullopt;
    }
    const auto* turn = made_by<model::Transpose>(graph, index, dense.input);
    if (!turn || dense.tokens != 0)
        return std::nullopt;
    permute_columns(graph.weights[dense.weight], shape_of(graph, turn->input), turn->perm);
    return turn->input;
}

/// Shared by convolutions and window sums, which read (C, H, W) and see 0 outside.
template <typename Term>
std::optional<TensorId> through_plane(FloatGraph& graph, const NodeIndex& index, Term& term)
{
    if (const auto* view = made_by<model::Reshape>(graph, index, term.input))
    {
        const auto from = model::as_chw(shape_of(graph, view->input));
        return from && from == model::as_chw(shape_of(graph, view->output)) ? std::optional{view->input} : std::nullopt;
    }
    const auto* pad = made_by<FloatPad>(graph, index, term.input);
    const auto& begin = pad ? pad->begin : std::vector<uint32_t>{};
    const auto rank = begin.size();
    if (!pad || pad->value != 0 || rank < 2 || rank > 3 ||
        shape_of(graph, pad->input)[0] != shape_of(graph, pad->output)[0])
        return std::nullopt;
    const std::array<uint32_t, 2> more{rank == 3 ? begin[1] : 0, begin[rank - 1]};
    for (size_t i = 0; i != 2; ++i)
        if (more[i] > model::kWindowMax - term.pad[i])
            return std::nullopt;
    for (size_t i = 0; i != 2; ++i)
        term.pad[i] += more[i];
    return pad->input;
}

std::optional<TensorId> through(FloatGraph& graph, const NodeIndex& index, model::Conv& conv)
{
    return through_plane(graph, index, conv);
}

std::optional<TensorId> through(FloatGraph& graph, const NodeIndex& index, FloatWindow& window)
{
    return through_plane(graph, index, window);
}

std::optional<TensorId> through(FloatGraph&, const NodeIndex&, FloatScale&) { return std::nullopt; }

/// The channel axis of an elementwise node once it stands in front of a view; nothing if it cannot.
std::optional<uint32_t> axis_before(const FloatGraph& graph, const FloatNode& view, const FloatLinear& node)
{
    const bool depends = depends_on_channel(node);
    if (const auto* turn = std::get_if<model::Transpose>(&view))
        return turn->perm[node.channel_axis];
    if (const auto* reshape = std::get_if<model::Reshape>(&view))
    {
        const auto &from = shape_of(graph, reshape->input), &to = shape_of(graph, reshape->output);
        for (uint32_t d = 0; d != from.size(); ++d)
            if (from[d] == to[node.channel_axis] && inner_of(from, d) == inner_of(to, node.channel_axis))
                return d;
        return depends ? std::nullopt : std::optional{0U};
    }
    if (std::holds_alternative<model::MaxPool>(view))
    {
        const auto& factor = single_scale(node)->factor;
        const bool grows = std::ranges::all_of(factor, [](double f) { return f > 0; });
        return grows && node.activation.is_monotone() && (!depends || node.channel_axis == 0) ? std::optional{0U}
                                                                                              : std::nullopt;
    }
    return std::nullopt;
}

void set_view(FloatNode& view, TensorId input, TensorId output)
{
    std::visit(
        [&](auto& kind) {
            if constexpr (requires { kind.input; })
                kind.input = input;
            kind.output = output;
        },
        view);
}

} // namespace

bool simplify_view(FloatGraph& graph, NodeIndex& index, size_t at)
{
    auto& node = graph.nodes[at];
    if (auto* turn = std::get_if<model::Transpose>(&node))
    {
        if (is_reshape(shape_of(graph, turn->input), turn->perm))
        {
            node = model::Reshape{.input = turn->input, .output = turn->output};
            return true;
        }
        if (const auto* before = made_by<model::Transpose>(graph, index, turn->input))
        {
            for (auto& d : turn->perm)
                d = before->perm[d];
            return redirect(index, *turn, before->input);
        }
        return false;
    }
    auto* reshape = std::get_if<model::Reshape>(&node);
    if (!reshape)
        return false;
    if (const auto* before = made_by<model::Reshape>(graph, index, reshape->input))
        return redirect(index, *reshape, before->input);
    return false;
}

bool read_through_views(FloatGraph& graph, NodeIndex& index, FloatLinear& node)
{
    for (auto& term : node.terms)
    {
        const auto from = input_of(term);
        const auto to = std::visit([&](auto& kind) { return through(graph, index, kind); }, term);
        if (!to)
            continue;
        set_input(term, *to);
        index.read_instead(from, *to, *index.producer(from));
        return true;
    }
    return false;
}

bool hoist(FloatGraph& graph, NodeIndex& index, size_t at)
{
    auto* node = std::get_if<FloatLinear>(&graph.nodes[at]);
    const auto* scale = node ? single_scale(*node) : nullptr;
    if (!scale || index.uses(scale->input) != 1)
        return false;
    const auto view_at = index.producer(scale->input);
    if (!view_at || index.is_removed(*view_at))
        return false;
    const auto inputs = inputs_of(graph.nodes[*view_at]);
    if (inputs.size() != 1 || index.uses(inputs[0]) != 1)
        return false;
    const auto* maker = made_by<FloatLinear>(graph, index, inputs[0]);
    const auto* other_view = maker ? nullptr : made_by<model::Reshape>(graph, index, inputs[0]);
    const auto* other_turn = maker ? nullptr : made_by<model::Transpose>(graph, index, inputs[0]);
    if (!maker && !other_view && !other_turn)
        return false;
    const auto axis = axis_before(graph, graph.nodes[*view_at], *node);
    if (!axis)
        return false;

    // maker → view → node  becomes  maker → node → view.
    auto view = graph.nodes[*view_at];
    auto moved = std::move(*node);
    const auto between = TensorId(graph.tensors.size());
    const auto output = moved.output;
    graph.tensors.push_back(graph.tensors[inputs[0]]);
    index.add_tensor(*view_at);
    set_input(moved.terms[0], inputs[0]);
    moved.output = between;
    moved.channel_axis = *axis;
    set_view(view, between, output);
    graph.nodes[*view_at] = std::move(moved);
    graph.nodes[at] = std::move(view);
    return true;
}

bool window_leaves(const FloatGraph& graph, TensorId output, const model::Conv& conv)
{
    const auto from = *model::as_chw(shape_of(graph, conv.input)), to = *model::as_chw(shape_of(graph, output));
    const auto& kernel = graph.weights[conv.weight].shape;
    const std::array<uint32_t, 2> in{from.h, from.w}, out{to.h, to.w};
    for (size_t i = 0; i != 2; ++i)
    {
        const auto last = uint64_t(out[i] - 1) * conv.stride[i] + uint64_t(kernel[2 + i] - 1) * conv.dilation[i];
        if (conv.pad[i] != 0 || last >= in[i])
            return true;
    }
    return false;
}

} // namespace detail

namespace {

void rename_inputs(FloatNode& node, const std::vector<TensorId>& names)
{
    if (auto* linear = std::get_if<FloatLinear>(&node))
        for (auto& term : linear->terms)
            set_input(term, names[input_of(term)]);
    else if (auto* concat = std::get_if<model::Concat>(&node))
        for (auto& input : concat->inputs)
            input = names[input];
    else
        std::visit(
            [&](auto& kind) {
                if constexpr (requires { kind.input; })
                    kind.input = names[kind.input];
            },
            node);
}

} // namespace

FloatGraph without_dead_parts(FloatGraph graph)
{
    // Reshapes to the same shape are only other names.
    std::vector<TensorId> alias(graph.tensors.size());
    std::iota(alias.begin(), alias.end(), 0U);
    for (const auto& node : graph.nodes)
        if (const auto* view = std::get_if<model::Reshape>(&node))
            if (graph.tensors[view->input].shape == graph.tensors[view->output].shape &&
                alias[view->input] != graph.input)
                alias[view->output] = alias[view->input];
    for (auto& node : graph.nodes)
        rename_inputs(node, alias);
    graph.output = alias[graph.output];

    std::vector<bool> needed(graph.tensors.size());
    needed[graph.output] = true;
    std::vector<FloatNode> nodes;
    for (size_t i = graph.nodes.size(); i-- > 0;)
    {
        if (!needed[output_of(graph.nodes[i])] || output_of(graph.nodes[i]) == graph.input)
            continue;
        for (const auto input : inputs_of(graph.nodes[i]))
            needed[input] = true;
        nodes.push_back(std::move(graph.nodes[i]));
    }
    std::ranges::reverse(nodes);
    graph.nodes = std::move(nodes);
    needed[graph.input] = true;

    constexpr auto kNone = UINT32_MAX;
    std::vector<uint32_t> tensor_ids(graph.tensors.size(), kNone), weight_ids(graph.weights.size(), kNone);
    std::vector<FloatTensor> tensors;
    std::vector<FloatWeight> weights;
    for (size_t i = 0; i != graph.tensors.size(); ++i)
        if (needed[i])
        {
            tensor_ids[i] = uint32_t(tensors.size());
            tensors.push_back(std::move(graph.tensors[i]));
        }
    const auto keep_weight = [&](auto& term) {
        if constexpr (requires { term.weight; })
        {
            if (weight_ids[term.weight] == kNone)
            {
                weight_ids[term.weight] = uint32_t(weights.size());
                weights.push_back(std::move(graph.weights[term.weight]));
            }
            term.weight = weight_ids[term.weight];
        }
    };
    for (auto& node : graph.nodes)
    {
        rename_inputs(node, tensor_ids);
        set_output(node, tensor_ids[output_of(node)]);
        if (auto* linear = std::get_if<FloatLinear>(&node))
            for (auto& term : linear->terms)
                std::visit(keep_weight, term);
    }
    graph.tensors = std::move(tensors);
    graph.weights = std::move(weights);
    graph.input = tensor_ids[graph.input];
    graph.output = tensor_ids[graph.output];
    return graph;
}

} // namespace onnx
