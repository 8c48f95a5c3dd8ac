#include "model/evaluate.hpp"

#include "model/evaluate_linear.hpp"
#include "model/shape.hpp"

#include <algorithm>
#include <array>

namespace model {
namespace {

using Codes = std::vector<int32_t>;

/// A walk over a box of elements inside a tensor: begin + Σ i[d]·step[d].
struct Walk
{
    uint64_t begin = 0;
    std::array<uint64_t, 4> step{};
};

/// to[…] = from[…] for every index of the box. Ranks below 4 leave the last counts at 1.
void copy(const std::array<uint64_t, 4>& count, const Codes& from, const Walk& source, Codes& to, const Walk& target)
{
    const auto at = [](const Walk& walk, uint64_t a, uint64_t b, uint64_t c) {
        return walk.begin + a * walk.step[0] + b * walk.step[1] + c * walk.step[2];
    };
    for (uint64_t a = 0; a != count[0]; ++a)
        for (uint64_t b = 0; b != count[1]; ++b)
            for (uint64_t c = 0; c != count[2]; ++c)
            {
                auto read = at(source, a, b, c), write = at(target, a, b, c);
                for (uint64_t d = 0; d != count[3]; ++d, read += source.step[3], write += target.step[3])
                    to[write] = from[read];
            }
}

std::array<uint64_t, 4> counts(std::span<const uint32_t> shape)
{
    std::array<uint64_t, 4> result{1, 1, 1, 1};
    std::ranges::copy(shape, result.begin());
    return result;
}

Walk whole(std::span<const uint32_t> shape)
{
    Walk walk;
    std::ranges::copy(strides(shape), walk.step.begin());
    return walk;
}

/// One node being evaluated.
struct Run
{
    const Graph& graph;
    const std::vector<Codes>& tensors;

    std::span<const uint32_t> shape(TensorId id) const { return graph.tensors[id].shape; }
};

Codes yield(const Run& run, const MaxPool& node)
{
    const auto from = *as_chw(run.shape(node.input)), to = *as_chw(run.shape(node.output));
    const auto* plane = run.tensors[node.input].data();
    Codes output;
    output.reserve(elements(run.shape(node.output)));
    for (uint32_t c = 0; c != to.c; ++c, plane += size_t(from.h) * from.w)
        for (uint32_t y = 0; y != to.h; ++y)
            for (uint32_t x = 0; x != to.w; ++x)
            {
                const auto top = int64_t(y) * node.stride[0] - node.pad[0];
                const auto left = int64_t(x) * node.stride[1] - node.pad[1];
                const auto bottom = std::min<int64_t>(top + node.kernel[0], from.h);
                const auto right = std::min<int64_t>(left + node.kernel[1], from.w);
                int32_t best = INT32_MIN;
                for (auto row = std::max<int64_t>(top, 0); row < bottom; ++row)
                    for (auto column = std::max<int64_t>(left, 0); column < right; ++column)
                        best = std::max(best, plane[row * from.w + column]);
                output.push_back(best);
            }
    return output;
}

Codes yield(const Run& run, const Concat& node)
{
    const auto out = run.shape(node.output);
    Codes output(elements(out));
    auto target = whole(out);
    for (const auto id : node.inputs)
    {
        copy(counts(run.shape(id)), run.tensors[id], whole(run.shape(id)), output, target);
        target.begin += run.shape(id)[node.axis] * target.step[node.axis];
    }
    return output;
}

Codes yield(const Run& run, const Slice& node)
{
    const auto out = run.shape(node.output);
    Codes output(elements(out));
    auto source = whole(run.shape(node.input));
    for (size_t d = 0; d != out.size(); ++d)
    {
        source.begin += node.start[d] * source.step[d];
        source.step[d] *= node.step[d];
    }
    copy(counts(out), run.tensors[node.input], source, output, whole(out));
    return output;
}

Codes yield(const Run& run, const Transpose& node)
{
    const auto out = run.shape(node.output);
    Codes output(elements(out));
    const auto from = whole(run.shape(node.input));
    Walk source;
    for (size_t d = 0; d != out.size(); ++d)
        source.step[d] = from.step[node.perm[d]];
    copy(counts(out), run.tensors[node.input], source, output, whole(out));
    return output;
}

Codes yield(const Run& run, const Reshape& node) { return run.tensors[node.input]; }

Codes yield(const Run& run, const Pad& node)
{
    const auto in = run.shape(node.input), out = run.shape(node.output);
    Codes output(elements(out), node.value);
    auto target = whole(out);
    for (size_t d = 0; d != in.size(); ++d)
        target.begin += node.begin[d] * target.step[d];
    copy(counts(in), run.tensors[node.input], whole(in), output, target);
    return output;
}

std::expected<void, EvaluateError> check_input(const Graph& graph, std::span<const int32_t> input)
{
    const auto& tensor = graph.tensors[graph.input];
    if (const auto size = elements(tensor.shape); input.size() != size)
        return std::unexpected(
            EvaluateError{EvaluateFault::input_count, 0, input.size(),
                          "the input needs " + std::to_string(size) + " numbers, not " + std::to_string(input.size())});
    for (size_t i = 0; i != input.size(); ++i)
        if (input[i] < tensor.range.lo || input[i] > tensor.range.hi)
            return std::unexpected(EvaluateError{EvaluateFault::input_range, 0, i,
                                                 "input code " + std::to_string(i) + " is outside the range"});
    return {};
}

} // namespace

std::expected<Evaluation, EvaluateError> evaluate(const Model& model, std::span<const int32_t> input, Keep keep)
{
    const auto& graph = model.graph;
    if (const auto ok = check_input(graph, input); !ok)
        return std::unexpected(ok.error());

    Evaluation result;
    result.tensors.resize(graph.tensors.size());
    if (keep == Keep::traces)
        result.traces.resize(graph.nodes.size());
    result.tensors[graph.input].assign(input.begin(), input.end());
    for (uint32_t i = 0; i != graph.nodes.size(); ++i)
    {
        const auto& node = graph.nodes[i];
        auto& output = result.tensors[output_of(node)];
        if (std::holds_alternative<Linear>(node))
        {
            auto* trace = keep == Keep::traces ? &result.traces[i] : nullptr;
            auto codes = detail::evaluate_linear(model, i, result.tensors, trace);
            if (!codes)
                return std::unexpected(std::move(codes.error()));
            output = std::move(*codes);
            continue;
        }
        const Run run{graph, result.tensors};
        output = std::visit(
            [&](const auto& kind) {
                if constexpr (requires { yield(run, kind); })
                    return yield(run, kind);
                else
                    return Codes{};
            },
            node);
    }
    return result;
}

} // namespace model
