#include "onnx/fuse.hpp"

#include "base/invariant.hpp"
#include "model/bounds.hpp"
#include "onnx/array.hpp"
#include "onnx/fuse_linear.hpp"
#include "onnx/fuse_views.hpp"

#include <algorithm>
#include <cmath>

namespace onnx {
namespace {

using namespace detail;

/// One sweep over the nodes, in order. A rule looks at a node and the node that makes one of its inputs; the result
/// takes the later position, so the order stays topological.
class Sweep
{
public:
    explicit Sweep(FloatGraph& graph) : graph_(graph), index_(graph) {}

    /// True if something changed.
    bool run()
    {
        for (size_t i = 0; i != graph_.nodes.size(); ++i)
        {
            while (visit(i))
                changed_ = true;
        }
        return changed_;
    }

private:
    bool visit(size_t i)
    {
        if (index_.is_removed(i))
            return false;
        if (simplify_view(graph_, index_, i))
            return true;
        auto* node = std::get_if<FloatLinear>(&graph_.nodes[i]);
        if (!node)
            return false;
        push_affine(graph_, *node);
        if (read_through_views(graph_, index_, *node))
            return true;
        if (absorb_into_encoding(i, *node) || hoist(graph_, index_, i))
            return true;
        for (size_t t = 0; t != node->terms.size(); ++t)
            if (inline_term(*node, t) || compose(*node) || fold_before(*node, t))
                return true;
        return false;
    }

    /// The linear node that alone makes `tensor` for exactly one reader, nullptr otherwise.
    FloatLinear* sole_linear(TensorId tensor)
    {
        const auto at = index_.producer(tensor);
        if (!at || index_.uses(tensor) != 1)
            return nullptr;
        return std::get_if<FloatLinear>(&graph_.nodes[*at]);
    }

    /// Σ… + f·a with a = Σ terms + b  becomes  Σ… + Σ f·terms + f·b.
    bool inline_term(FloatLinear& node, size_t t)
    {
        const auto* scale = std::get_if<FloatScale>(&node.terms[t]);
        auto* before = scale ? sole_linear(scale->input) : nullptr;
        if (!before || !before->activation.is_identity() || node.terms.size() + before->terms.size() > model::kTermsMax)
            return false;
        const bool rest_depends = depends_on_channel(node);
        if (depends_on_channel(*before) && rest_depends && before->channel_axis != node.channel_axis)
            return false;
        const auto factor = scale->factor;
        const auto input = scale->input;
        if (!multiply(graph_, *before, factor, node.channel_axis))
            return false;
        if (!rest_depends)
            node.channel_axis = before->channel_axis;
        auto moved = std::move(*before);
        node.terms.erase(node.terms.begin() + std::ptrdiff_t(t));
        node.terms.insert(node.terms.begin() + std::ptrdiff_t(t), moved.terms.begin(), moved.terms.end());
        node.bias = added(node.bias, moved.bias);
        node.name = moved.name;
        index_.merge(*index_.producer(input));
        return true;
    }

    /// g(f·a + b) with a = h(…) becomes (g ∘ (f·x + b) ∘ h)(…).
    bool compose(FloatLinear& node)
    {
        const auto* scale = single_scale(node);
        auto* before = scale ? sole_linear(scale->input) : nullptr;
        if (!before || !is_uniform(scale->factor) || !is_uniform(node.bias) ||
            before->activation.size() + node.activation.size() >= Scalar::kStepsMax)
            return false;
        const auto affine = Scalar::affine(scale->factor.front(), uniform_value(node.bias));
        const auto input = scale->input;
        auto joined = std::move(*before);
        joined.activation = joined.activation.then(affine).then(node.activation);
        joined.output = node.output;
        node = std::move(joined);
        index_.merge(*index_.producer(input));
        return true;
    }

    /// W·(f∘x + b) + c = (W·f)·x + (W·b + c), where f and b run along the inputs of W.
    bool fold_before(FloatLinear& node, size_t t)
    {
        const auto tensor = input_of(node.terms[t]);
        const auto at = index_.producer(tensor);
        const auto* before = at ? std::get_if<FloatLinear>(&graph_.nodes[*at]) : nullptr;
        const auto* scale = before ? single_scale(*before) : nullptr;
        if (!scale || !before->activation.is_identity())
            return false;
        const auto factor = scale->factor, offset = before->bias;
        const auto input = scale->input;
        std::vector<double> bias;
        if (auto* dense = std::get_if<model::Dense>(&node.terms[t]))
        {
            const auto rank = graph_.tensors[tensor].shape.size();
            if (dense->tokens + 1 != rank || before->channel_axis + 1 != rank || !is_uniform_or(node, dense->tokens))
                return false;
            bias = fold_columns(graph_.weights[dense->weight], factor, offset, 1);
            node.channel_axis = dense->tokens;
        }
        else if (auto* conv = std::get_if<model::Conv>(&node.terms[t]))
        {
            const bool sees_padding = window_leaves(graph_, node.output, *conv);
            const bool no_offset = is_uniform(offset) && uniform_value(offset) == 0;
            if (conv->groups != 1 || before->channel_axis != 0 || (sees_padding && !no_offset) ||
                !is_uniform_or(node, 0))
                return false;
            const auto& kernel = graph_.weights[conv->weight].shape;
            bias = fold_columns(graph_.weights[conv->weight], factor, offset, size_t(kernel[2]) * kernel[3]);
            node.channel_axis = 0;
        }
        else
            return false;
        set_input(node.terms[t], input);
        node.bias = added(node.bias, bias);
        index_.read_instead(tensor, input, *at);
        return true;
    }

    /// True if the node can take a bias along `axis`.
    static bool is_uniform_or(const FloatLinear& node, uint32_t axis)
    {
        return !depends_on_channel(node) || node.channel_axis == axis;
    }

    /// Multiplies each column by its factor, each column `inner` wide; returns the rows' products with the offsets.
    static std::vector<double> fold_columns(FloatWeight& weight, const std::vector<double>& factor,
                                            const std::vector<double>& offset, size_t inner)
    {
        const size_t rows = weight.shape[0], taps = weight.values.size() / rows;
        std::vector<double> bias(rows);
        for (size_t r = 0; r != rows; ++r)
            for (size_t k = 0; k != taps; ++k)
            {
                auto& w = weight.values[r * taps + k];
                const auto channel = k / inner;
                if (!offset.empty())
                    bias[r] += double(w) * offset[channel % offset.size()];
                w = float(double(w) * factor[channel % factor.size()]);
            }
        return bias;
    }

    /// v = f·u + b of the input u = (x − o)/s, f > 0, happens while the input is encoded: v = (x − (o − s·b/f)) /
    /// (s/f).
    bool absorb_into_encoding(size_t i, FloatLinear& node)
    {
        const auto* scale = single_scale(node);
        if (!scale || scale->input != graph_.input || index_.uses(graph_.input) != 1 ||
            !node.activation.is_identity() || node.output == graph_.output)
            return false;
        if (depends_on_channel(node) && node.channel_axis != 0)
            return false;
        std::vector<double> inverse;
        for (const auto f : scale->factor)
        {
            if (!(f > 1e-30) || !std::isfinite(1 / f))
                return false;
            inverse.push_back(1 / f);
        }
        auto& before = graph_.before;
        const auto shift = multiplied(multiplied(before.scale, inverse), multiplied(node.bias, {-1}));
        before.scale = multiplied(before.scale, inverse);
        before.offset = added(before.offset, shift);
        // Scales and offsets come in equal numbers.
        const auto size = std::max(before.scale.size(), before.offset.size());
        before.scale = added(before.scale, std::vector<double>(size));
        before.offset = added(before.offset, std::vector<double>(size));
        graph_.input = node.output;
        index_.remove(i, node.output);
        return true;
    }

    FloatGraph& graph_;
    NodeIndex index_;
    bool changed_ = false;
};

} // namespace

FloatGraph fuse(FloatGraph graph)
{
    constexpr int kSweepsMax = 64;
    bool changed = true;
    for (int sweep = 0; sweep != kSweepsMax && changed; ++sweep)
    {
        changed = Sweep{graph}.run();
        graph = without_dead_parts(std::move(graph));
    }
    return graph;
}

} // namespace onnx
