#pragma once

#include "model/graph.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

/// Test support: docs/specs/model.md section 2, one output element at a time, over maps from index to code. It shares
/// no code with evaluate().
namespace model::testing {

class Reference
{
public:
    using Index = std::vector<int64_t>;

    explicit Reference(const Model& model) : model_(model), codes_(model.graph.tensors.size()) {}

    /// Codes of all tensors, row-major.
    std::vector<std::vector<int32_t>> run(std::span<const int32_t> input)
    {
        size_t next = 0;
        set(model_.graph.input, [&](const Index&) { return input[next++]; });
        for (const auto& node : model_.graph.nodes)
            std::visit([&](const auto& kind) { define(kind); }, node);

        std::vector<std::vector<int32_t>> result;
        for (const auto& tensor : codes_)
        {
            result.emplace_back();
            for (const auto& [index, code] : tensor) // a map's order is row-major
                result.back().push_back(int32_t(code));
        }
        return result;
    }

private:
    void set(TensorId id, const std::function<int64_t(const Index&)>& value)
    {
        const auto& shape = model_.graph.tensors[id].shape;
        Index index(shape.size());
        for (;;)
        {
            codes_[id][index] = value(index);
            auto d = shape.size(); // the next index, as an odometer turns
            for (; d != 0; --d)
            {
                index[d - 1] += 1;
                if (index[d - 1] != shape[d - 1])
                    break;
                index[d - 1] = 0;
            }
            if (d == 0)
                return;
        }
    }

    int64_t get(TensorId id, const Index& index) const { return codes_[id].at(index); }

    /// Index (c, h, w) as the tensor's own.
    static Index spatial(size_t rank, int64_t c, int64_t h, int64_t w)
    {
        return rank == 1 ? Index{c} : rank == 2 ? Index{c, w} : Index{c, h, w};
    }

    /// Nothing outside the tensor.
    std::optional<int64_t> find(TensorId id, int64_t c, int64_t h, int64_t w) const
    {
        const auto rank = model_.graph.tensors[id].shape.size();
        if ((rank < 3 && h != 0) || (rank < 2 && w != 0))
            return std::nullopt;
        const auto at = codes_[id].find(spatial(rank, c, h, w));
        return at == codes_[id].end() ? std::nullopt : std::optional(at->second);
    }

    static int64_t channel(const Index& out) { return out[0]; }
    static int64_t row(const Index& out) { return out.size() == 3 ? out[1] : 0; }
    static int64_t column(const Index& out) { return out.size() == 1 ? 0 : out.back(); }

    int64_t term(const Conv& conv, const Index& out) const
    {
        const auto& shape = model_.graph.weights[conv.weight].shape;
        const auto& weight = model_.weights.weights[conv.weight];
        const int64_t group = channel(out) / (shape[0] / conv.groups);
        int64_t sum = 0;
        for (int64_t i = 0; i != shape[1]; ++i)
            for (int64_t a = 0; a != shape[2]; ++a)
                for (int64_t b = 0; b != shape[3]; ++b)
                {
                    const auto h = row(out) * conv.stride[0] - conv.pad[0] + a * conv.dilation[0];
                    const auto w = column(out) * conv.stride[1] - conv.pad[1] + b * conv.dilation[1];
                    const auto at = ((channel(out) * shape[1] + i) * shape[2] + a) * shape[3] + b;
                    sum += weight[size_t(at)] * find(conv.input, group * shape[1] + i, h, w).value_or(0);
                }
        return sum;
    }

    int64_t term(const Dense& dense, const Index& out) const
    {
        int64_t sum = 0, k = 0;
        const int64_t width = model_.graph.weights[dense.weight].shape[1];
        for (const auto& [index, code] : codes_[dense.input])
            if (std::equal(index.begin(), index.begin() + dense.tokens, out.begin()))
                sum += code * model_.weights.weights[dense.weight][size_t(out.back() * width + k++)];
        return sum;
    }

    int64_t term(const Scale& scale, const Index& out) const { return scale.multiplier * get(scale.input, out); }

    int64_t term(const Window& window, const Index& out) const
    {
        int64_t sum = 0;
        for (int64_t a = 0; a != window.kernel[0]; ++a)
            for (int64_t b = 0; b != window.kernel[1]; ++b)
                sum += find(window.input, channel(out), row(out) * window.stride[0] - window.pad[0] + a,
                            column(out) * window.stride[1] - window.pad[1] + b)
                           .value_or(0);
        return sum * window.row[size_t(row(out))] * window.col[size_t(column(out))];
    }

    void define(const Linear& node)
    {
        set(node.output, [&](const Index& out) {
            const auto c = size_t(out[node.channel_axis]);
            int64_t acc = node.bias ? model_.weights.biases[*node.bias][c] : 0;
            for (const auto& each : node.terms)
                acc += std::visit([&](const auto& kind) { return term(kind, out); }, each);
            const int64_t unit = int64_t(1) << node.shifts[node.shifts.size() == 1 ? 0 : c];
            const auto sum = acc + unit / 2;
            const auto floor = sum >= 0 ? sum / unit : -((-sum + unit - 1) / unit);
            return node.table.values.at(size_t(floor - node.table.lo));
        });
    }

    void define(const MaxPool& node)
    {
        set(node.output, [&](const Index& out) {
            std::optional<int64_t> best;
            for (int64_t a = 0; a != node.kernel[0]; ++a)
                for (int64_t b = 0; b != node.kernel[1]; ++b)
                    if (const auto code = find(node.input, channel(out), row(out) * node.stride[0] - node.pad[0] + a,
                                               column(out) * node.stride[1] - node.pad[1] + b))
                        best = std::max(best.value_or(*code), *code);
            return best.value();
        });
    }

    void define(const Concat& node)
    {
        set(node.output, [&](Index index) {
            for (const auto id : node.inputs)
            {
                const int64_t size = model_.graph.tensors[id].shape[node.axis];
                if (index[node.axis] < size)
                    return get(id, index);
                index[node.axis] -= size;
            }
            return int64_t(-1);
        });
    }

    void define(const Slice& node)
    {
        set(node.output, [&](Index index) {
            for (size_t d = 0; d != index.size(); ++d)
                index[d] = node.start[d] + index[d] * node.step[d];
            return get(node.input, index);
        });
    }

    void define(const Transpose& node)
    {
        set(node.output, [&](const Index& out) {
            Index index(out.size());
            for (size_t d = 0; d != out.size(); ++d)
                index[node.perm[d]] = out[d];
            return get(node.input, index);
        });
    }

    void define(const Reshape& node)
    {
        auto next = codes_[node.input].begin();
        set(node.output, [&](const Index&) { return (next++)->second; });
    }

    void define(const Pad& node)
    {
        set(node.output, [&](Index index) {
            for (size_t d = 0; d != index.size(); ++d)
                index[d] -= node.begin[d];
            const auto at = codes_[node.input].find(index);
            return at == codes_[node.input].end() ? node.value : at->second;
        });
    }

    const Model& model_;
    std::vector<std::map<Index, int64_t>> codes_;
};

} // namespace model::testing
