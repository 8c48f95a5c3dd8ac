#include "onnx/quantise.hpp"

#include "base/invariant.hpp"
#include "model/bounds.hpp"
#include "model/interval.hpp"
#include "model/shape.hpp"
#include "onnx/quantise_linear.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace onnx {
namespace {

using namespace detail;

/// Whether a table is q ↦ clamp(q): such tables can be made again over a longer domain.
struct TableForm
{
    model::Range clamp;
    bool is_clamp = false;
};

int16_t table_value(const Scalar& function, double step, int64_t q, const CodeForm& out)
{
    const auto y = std::floor(function(double(q) * step) / out.scale + 0.5);
    // Outside a function's domain (the root of a negative number) the table holds 0, or what is nearest to it.
    const auto number = std::isnan(y) ? 0 : y;
    return int16_t(std::clamp(number, double(out.range.lo), double(out.range.hi)));
}

model::Table fill_table(const Scalar& function, double step, const model::Range& domain, const CodeForm& out)
{
    model::Table table{.lo = int32_t(domain.lo), .values = {}};
    for (auto q = domain.lo; q <= domain.hi; ++q)
        table.values.push_back(table_value(function, step, q, out));
    return table;
}

class Quantiser
{
public:
    Quantiser(const FloatGraph& graph, const Calibration& calibration, const QuantiseOptions& options)
        : graph_(graph), calibration_(calibration), options_(options)
    {
    }

    std::expected<Quantised, Error> run()
    {
        forms_ = choose_forms(graph_, calibration_, options_);
        begin();
        for (size_t i = 0; i != graph_.nodes.size(); ++i)
        {
            if (const auto* linear = std::get_if<FloatLinear>(&graph_.nodes[i]))
            {
                if (const auto added = add_linear(*linear, calibration_.sums[i]); !added)
                    return std::unexpected(added.error());
            }
            else
                add_view(graph_.nodes[i]);
        }
        share_tables();
        for (const auto& node : out_.model.graph.nodes)
            if (const auto* linear = std::get_if<model::Linear>(&node))
                layers_of(*linear);
        if (const auto sound = model::check_declared(out_.model.graph); !sound)
            return std::unexpected(Error{Refusal::quantisation, "", sound.error().words});
        return std::move(out_);
    }

private:
    void begin()
    {
        auto& graph = out_.model.graph;
        for (size_t t = 0; t != graph_.tensors.size(); ++t)
            graph.tensors.push_back(
                {graph_.tensors[t].name, graph_.tensors[t].shape, forms_[t].range, forms_[t].scale});
        graph.input = graph_.input;
        graph.output = graph_.output;
        graph.encoding = graph_.before;
        for (auto& scale : graph.encoding.scale)
            scale *= forms_[graph_.input].scale;
        graph.reading = graph_.reading;
        graph.labels = graph_.labels;
    }

    std::expected<void, Error> add_linear(const FloatLinear& node, const Interval& sums)
    {
        constexpr int kTries = 24;
        auto step = choose_step(graph_, node, forms_, sums, options_);
        for (int i = 0; i != kTries; ++i, step *= 2)
        {
            auto integers = round_linear(graph_, node, forms_, step, options_);
            if (!integers)
                continue;
            const auto weights = out_.model.weights.weights.size(), biases = out_.model.weights.biases.size();
            if (try_add(node, std::move(*integers), step))
                return {};
            out_.model.graph.weights.resize(weights);
            out_.model.graph.biases.resize(biases);
            out_.model.weights.weights.resize(weights);
            out_.model.weights.biases.resize(biases);
        }
        return std::unexpected(
            Error{Refusal::quantisation, node.name,
                  "node '" + node.name + "': its sums do not fit the proof's tables; rescale its weights or split it"});
    }

    bool try_add(const FloatLinear& node, IntegerLinear integers, double step)
    {
        auto& [graph, weights] = out_.model;
        size_t next = 0;
        for (auto& term : integers.node.terms)
            std::visit(
                [&](auto& kind) {
                    if constexpr (requires { kind.weight; })
                    {
                        kind.weight = WeightId(graph.weights.size());
                        graph.weights.push_back(integers.weight_specs[next]);
                        weights.weights.push_back(std::move(integers.weights[next++]));
                    }
                },
                term);
        if (!integers.bias.empty())
        {
            integers.node.bias = BiasId(graph.biases.size());
            graph.biases.push_back({{uint32_t(integers.bias.size())}, integers.bias_range});
            weights.biases.push_back(std::move(integers.bias));
        }
        const auto domain = model::table_domain(integers.node, model::actual_accumulators(out_.model, integers.node));
        if (domain.hi - domain.lo + 1 > int64_t(model::kTableMax))
            return false;
        const auto& form = forms_[node.output];
        integers.node.table = fill_table(node.activation, step, domain, form);

        constexpr int64_t kFar = 1 << 20;
        TableForm table;
        table.clamp = {table_value(node.activation, step, -kFar, form), table_value(node.activation, step, kFar, form)};
        table.is_clamp = table.clamp.lo < table.clamp.hi;
        for (auto q = domain.lo; q <= domain.hi && table.is_clamp; ++q)
            table.is_clamp =
                integers.node.table.values[size_t(q - domain.lo)] == std::clamp(q, table.clamp.lo, table.clamp.hi);
        tables_.push_back(table);
        out_.layers.push_back({.name = node.name, .step = step});
        graph.nodes.push_back(std::move(integers.node));
        return true;
    }

    /// Nodes that only move codes.
    void add_view(const FloatNode& node)
    {
        auto& nodes = out_.model.graph.nodes;
        if (const auto* pad = std::get_if<FloatPad>(&node))
        {
            const auto& form = forms_[pad->output];
            const auto value =
                std::clamp(std::floor(pad->value / form.scale + 0.5), double(form.range.lo), double(form.range.hi));
            nodes.push_back(model::Pad{pad->input, pad->begin, int32_t(value), pad->output});
            return;
        }
        std::visit(
            [&](const auto& kind) {
                if constexpr (std::is_constructible_v<model::Node, decltype(kind)>)
                    nodes.push_back(kind);
            },
            node);
    }

    /// Tables q ↦ clamp(q, lo, hi) are equal but for their length: all get the longest, so that one serves them all.
    void share_tables()
    {
        std::map<std::pair<int64_t, int64_t>, model::Range> longest;
        for_clamps([&](model::Linear& node, const TableForm& form) {
            auto& domain = longest[{form.clamp.lo, form.clamp.hi}];
            domain.lo = std::min(domain.lo, int64_t(node.table.lo));
            domain.hi = std::max(domain.hi, node.table.lo + int64_t(node.table.values.size()) - 1);
        });
        for_clamps([&](model::Linear& node, const TableForm& form) {
            const auto domain = longest[{form.clamp.lo, form.clamp.hi}];
            constexpr int64_t kReachMax = int64_t(1) << 29; // keeps R1 far from p
            const auto unit = int64_t(1) << std::ranges::max(node.shifts);
            if (domain.hi - domain.lo + 1 > int64_t(model::kTableMax) ||
                std::max(-domain.lo, domain.hi) * unit > kReachMax)
                return;
            node.table = {.lo = int32_t(domain.lo), .values = {}};
            for (auto q = domain.lo; q <= domain.hi; ++q)
                node.table.values.push_back(int16_t(std::clamp(q, form.clamp.lo, form.clamp.hi)));
        });
    }

    template <typename Visit>
    void for_clamps(const Visit& visit)
    {
        size_t next = 0;
        for (auto& node : out_.model.graph.nodes)
            if (auto* linear = std::get_if<model::Linear>(&node))
                if (const auto& form = tables_[next++]; form.is_clamp)
                    visit(*linear, form);
    }

    void layers_of(const model::Linear& node)
    {
        auto& layer = out_.layers[described_++];
        const auto& graph = out_.model.graph;
        for (const auto& term : node.terms)
            std::visit(
                [&](const auto& kind) {
                    if constexpr (requires { kind.weight; })
                        layer.weights += model::elements(graph.weights[kind.weight].shape);
                },
                term);
        layer.outputs = uint32_t(model::elements(graph.tensors[node.output].shape));
        layer.shift_min = std::ranges::min(node.shifts);
        layer.shift_max = std::ranges::max(node.shifts);
        layer.table_rows = uint32_t(node.table.values.size());
    }

    const FloatGraph& graph_;
    const Calibration& calibration_;
    const QuantiseOptions& options_;
    std::vector<CodeForm> forms_;
    std::vector<TableForm> tables_; ///< by linear node
    Quantised out_;
    size_t described_ = 0;
};

} // namespace

std::expected<Quantised, Error> quantise(const FloatGraph& graph, const Calibration& calibration,
                                         const QuantiseOptions& options)
{
    return Quantiser{graph, calibration, options}.run();
}

} // namespace onnx
