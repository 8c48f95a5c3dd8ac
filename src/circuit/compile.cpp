#include "circuit/compile.hpp"

#include "circuit/builder.hpp"
#include "model/interval.hpp"

#include <algorithm>

namespace circuit {
namespace {

constexpr uint64_t kRowsMax = uint64_t{1} << 21;

/// The sealed column of a weight is shaped by its one use.
std::vector<std::vector<uint32_t>> weight_extents(Builder& build)
{
    const auto& graph = build.graph;
    std::vector<std::vector<uint32_t>> extents(graph.weights.size());
    const auto use = [&](uint32_t node, model::WeightId id, std::vector<uint32_t> shape) {
        if (!extents[id].empty())
            build.fail(CompileFault::reuse, node, "a weight tensor is used twice; give each use its own copy");
        extents[id] = std::move(shape);
    };
    for (uint32_t i = 0; i != graph.nodes.size(); ++i)
        if (const auto* linear = std::get_if<model::Linear>(&graph.nodes[i]))
            for (const auto& term : linear->terms)
            {
                if (const auto* conv = std::get_if<model::Conv>(&term))
                    use(i, conv->weight, graph.weights[conv->weight].shape);
                if (const auto* dense = std::get_if<model::Dense>(&term))
                {
                    const auto& in = graph.tensors[dense->input].shape;
                    std::vector<uint32_t> shape{graph.weights[dense->weight].shape[0]};
                    shape.insert(shape.end(), in.begin() + dense->tokens, in.end());
                    use(i, dense->weight, std::move(shape));
                }
            }
    for (size_t w = 0; w != extents.size(); ++w)
        if (extents[w].empty()) // unused: kept as it is, so that registration covers it
            extents[w] = graph.weights[w].shape;
    return extents;
}

void check_bias_use(Builder& build)
{
    std::vector<bool> used(build.graph.biases.size(), false);
    for (uint32_t i = 0; i != build.graph.nodes.size(); ++i)
        if (const auto* linear = std::get_if<model::Linear>(&build.graph.nodes[i]); linear && linear->bias)
        {
            if (used[*linear->bias])
                build.fail(CompileFault::reuse, i, "a bias is used twice; give each use its own copy");
            used[*linear->bias] = true;
        }
}

void add_data_columns(Builder& build, const DataSource& data)
{
    const auto shaped = [&](model::TensorId tensor) {
        auto extents = build.extents_of(tensor);
        extents[0] = data.rows;
        return extents;
    };
    build.out.data_row_extents = shaped(build.graph.input);
    build.out.data_rows = build.add_column(Store::data, build.out.data_row_extents);
    if (!data.pads)
        return;
    build.out.data_pad_extents = shaped(build.graph.output);
    build.out.data_pads = build.add_column(Store::data, build.out.data_pad_extents);
}

/// One row of a data column, read over the tensor's own variables.
View row_of(const Builder& build, uint32_t column, model::TensorId tensor, uint32_t rows, uint32_t row)
{
    auto view = Builder::restricted(column, build.extents_of(tensor));
    view.axes[0] = {.extent = rows, .offset = row, .bound = {}};
    return view;
}

void add_input(Builder& build, const Options& options)
{
    const auto input = build.graph.input;
    const auto extents = build.extents_of(input);
    const auto& range = build.graph.tensors[input].range;
    const auto padding = int32_t(std::clamp<int64_t>(0, range.lo, range.hi)); // the range lookup covers padding, too
    const auto column = build.add_trace({Fill::Kind::tensor, input, 0, extents, 0, {padding}});
    build.tensor_columns[input] = column;
    const auto variables = Builder::variables_of(extents);
    const auto id = build.add_range(range);
    build.add_lookup(variables, {{K::of(id), {}}}, Builder::of(Builder::plain(column, extents.size())), {});

    const auto tie = [&](auto&& finish_form) {
        Relation relation{
            .outputs = variables, .form = Builder::of(Builder::restricted(column, extents)), .products = {}};
        finish_form(relation.form);
        build.out.circuit.relations.push_back(std::move(relation));
    };
    if (options.input == Flag::open)
        tie([](Form& form) { form.minus_public = 0; });
    if (options.data)
        tie([&](Form& form) {
            form.terms.push_back(
                {-K::one(), row_of(build, *build.out.data_rows, input, options.data->rows, options.data->row)});
        });
}

void add_output(Builder& build, const Options& options)
{
    if (options.output == Flag::hidden)
        return;
    const auto output = build.graph.output;
    const auto extents = build.extents_of(output);
    Relation relation{.outputs = Builder::variables_of(extents),
                      .form = Builder::of(Builder::restricted(build.tensor_columns[output], extents)),
                      .products = {}};
    relation.form.minus_public = 1;
    if (options.output == Flag::masked)
        relation.form.terms.push_back(
            {K::one(), row_of(build, *build.out.data_pads, output, options.data->rows, options.data->row)});
    build.out.circuit.relations.push_back(std::move(relation));
}

void check_options(Builder& build, const Options& options)
{
    const auto refuse = [&](const char* words) { build.fail(CompileFault::options, 0, words); };
    if (options.batch == 0 || options.batch > kBatchMax)
        refuse("the batch size must be 1 to 4096");
    if (options.input == Flag::masked)
        refuse("an input cannot be masked; it is private or public");
    if (options.data && (options.batch != 1 || options.data->row >= options.data->rows))
        refuse("a committed data set gives one existing row to a proof of batch size 1");
    if (options.output == Flag::masked && !(options.data && options.data->pads))
        refuse("a masked output needs a data set committed with --pad-output");
}

std::expected<Compiled, CompileError> done(Builder& build)
{
    if (build.error)
        return std::unexpected(*build.error);
    finish(build.out.circuit);
    if (log_leaves(build.out.circuit) > kLogLeavesMax ||
        std::ranges::any_of(build.out.circuit.rows, [](uint64_t rows) { return rows > kRowsMax; }))
        return std::unexpected(
            CompileError{CompileFault::size, 0, "the model is larger than one proof of this profile holds"});
    return std::move(build.out);
}

} // namespace

void add_sealed_columns(Builder& build, Store store)
{
    const auto& graph = build.graph;
    const auto extents = weight_extents(build);
    auto& weights = build.weight_columns;
    auto& biases = build.bias_columns;
    weights.clear();
    biases.clear();
    for (uint32_t w = 0; w != graph.weights.size(); ++w)
    {
        weights.push_back(build.add_column(store, extents[w]));
        build.out.sealed.push_back({weights.back(), false, w, extents[w]});
    }
    for (uint32_t b = 0; b != graph.biases.size(); ++b)
    {
        biases.push_back(build.add_column(store, graph.biases[b].shape));
        build.out.sealed.push_back({biases.back(), true, b, graph.biases[b].shape});
    }
}

std::expected<Compiled, CompileError> compile(const model::Graph& graph, const Options& options)
{
    if (const auto sound = model::check_declared(graph); !sound)
        return std::unexpected(CompileError{CompileFault::graph, sound.error().node, sound.error().words});
    Builder build(graph, options.batch);
    check_options(build, options);
    check_bias_use(build);
    build.tensor_columns.assign(graph.tensors.size(), 0);
    add_sealed_columns(build, Store::weights);
    if (options.data && !build.error)
        add_data_columns(build, *options.data);
    if (!build.error)
        add_input(build, options);
    for (uint32_t i = 0; i != graph.nodes.size() && !build.error; ++i)
    {
        if (const auto* linear = std::get_if<model::Linear>(&graph.nodes[i]))
            add_linear(build, i, *linear);
        else if (const auto* pool = std::get_if<model::MaxPool>(&graph.nodes[i]))
            add_max_pool(build, *pool);
        else
            add_rearrangement(build, graph.nodes[i]);
    }
    if (!build.error)
        add_output(build, options);
    return done(build);
}

} // namespace circuit
