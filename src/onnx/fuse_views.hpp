#pragma once

#include "onnx/float_graph.hpp"

#include <optional>

/// Rules about nodes that only move elements, for fuse(). Not for other users.
namespace onnx::detail {

/// Who makes and who reads each tensor while nodes are merged.
class NodeIndex
{
public:
    explicit NodeIndex(const FloatGraph& graph);

    std::optional<size_t> producer(TensorId tensor) const { return producers_[tensor]; }
    /// Readers of the tensor; the graph's output counts as one.
    uint32_t uses(TensorId tensor) const { return uses_[tensor]; }
    bool is_removed(size_t node) const { return removed_[node]; }

    /// The node went into its only reader, which now reads its inputs.
    void merge(size_t from) { removed_[from] = true; }
    /// One reader of `tensor` now reads `other`; `maker`, which makes `tensor`, may be left unread.
    void read_instead(TensorId tensor, TensorId other, size_t maker);
    /// The node is gone; the tensor that it made now comes from outside.
    void remove(size_t node, TensorId output)
    {
        removed_[node] = true;
        producers_[output].reset();
    }
    /// A tensor added to the graph, made by `node`, read once.
    void add_tensor(size_t node);

private:
    std::vector<std::optional<size_t>> producers_;
    std::vector<uint32_t> uses_;
    std::vector<bool> removed_;
};

/// Joins views that follow views; drops views that change nothing. True if something changed.
bool simplify_view(FloatGraph& graph, NodeIndex& index, size_t node);

/// Lets products read through reshapes, transposes and zero padding in front of them. True if something changed.
bool read_through_views(FloatGraph& graph, NodeIndex& index, FloatLinear& node);

/// Moves an elementwise node in front of the view, or the maximum, between it and a linear node.
bool hoist(FloatGraph& graph, NodeIndex& index, size_t node);

/// True if some window of the convolution reads outside its input.
bool window_leaves(const FloatGraph& graph, TensorId output, const model::Conv& conv);

} // namespace onnx::detail
