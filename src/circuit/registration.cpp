#include "circuit/builder.hpp"
#include "model/interval.hpp"

/// Circuits about sealed values alone: registration (ranges, zero padding) and rotation (equality).
namespace circuit {
namespace {

constexpr uint32_t kLimbBits = kBiasLimbBits;

/// Id `range` inside the extents and `zero` on padding.
std::vector<Constant> ids(const std::vector<Variable>& variables, uint32_t range, uint32_t zero)
{
    std::vector<std::vector<K>> inside;
    for (const auto& variable : variables)
        inside.push_back(indicator(variable));
    return {{K::of(zero), {}}, {K::of(int64_t{range} - zero), std::move(inside)}};
}

void range_or_zero(Builder& build, uint32_t column, const std::vector<uint32_t>& extents, const model::Range& range)
{
    const auto id = build.add_range(range);
    const auto zero = build.add_range({0, 0});
    const auto variables = Builder::variables_of(extents);
    build.add_lookup(variables, ids(variables, id, zero), Builder::of(Builder::plain(column, extents.size())), {});
}

/// bias + 2ᵏ = low + 2¹⁴·high on the extents, 0 on padding; [−2ᵏ, 2ᵏ) is the interval that R1 and R3 count with.
void bias_limbs(Builder& build, const Sealed& sealed)
{
    const auto offset = -model::registered_bias(build.graph.biases[sealed.index].range).lo;
    const auto low = build.add_trace({Fill::Kind::limb_low, sealed.index, 0, sealed.extents, 0, {0}});
    const auto high = build.add_trace({Fill::Kind::limb_high, sealed.index, 0, sealed.extents, 0, {0}});
    range_or_zero(build, low, sealed.extents, {0, (int64_t{1} << kLimbBits) - 1});
    range_or_zero(build, high, sealed.extents, {0, (2 * offset >> kLimbBits) - 1});

    const auto variables = Builder::variables_of(sealed.extents);
    const auto dims = sealed.extents.size();
    Relation relation{.outputs = variables, .form = Builder::of(Builder::plain(sealed.column, dims)), .products = {}};
    relation.form.terms.push_back({-K::one(), Builder::plain(low, dims)});
    relation.form.terms.push_back({-K::of(int64_t{1} << kLimbBits), Builder::plain(high, dims)});
    std::vector<std::vector<K>> inside;
    for (const auto& variable : variables)
        inside.push_back(indicator(variable));
    relation.form.constants.push_back({K::of(offset), std::move(inside)});
    build.out.circuit.relations.push_back(std::move(relation));
}

std::expected<Compiled, CompileError> done(Builder& build)
{
    if (build.error)
        return std::unexpected(*build.error);
    finish(build.out.circuit);
    if (log_leaves(build.out.circuit) > kLogLeavesMax)
        return std::unexpected(CompileError{CompileFault::size, 0,
                                            "more sealed values than one registration proof of this profile holds"});
    return std::move(build.out);
}

} // namespace

std::expected<Compiled, CompileError> compile_registration(const model::Graph& graph)
{
    Builder build(graph, 1);
    add_sealed_columns(build, Store::weights);
    const auto sealed = build.out.sealed;
    for (const auto& column : sealed)
    {
        if (column.bias)
            bias_limbs(build, column);
        else
            range_or_zero(build, column.column, column.extents, graph.weights[column.index].range);
    }
    return done(build);
}

std::expected<Compiled, CompileError> compile_rotation(const model::Graph& graph)
{
    Builder build(graph, 1);
    if (graph.weights.empty() && graph.biases.empty())
        build.fail(CompileFault::shape, 0, "a model without weights has nothing to rotate; import it again");
    add_sealed_columns(build, Store::weights);
    const auto old_columns = build.out.sealed;
    add_sealed_columns(build, Store::fresh);
    for (size_t i = 0; i != old_columns.size(); ++i)
    {
        const auto& from = old_columns[i];
        const auto dims = from.extents.size();
        Relation relation{.outputs = Builder::variables_of(from.extents),
                          .form = Builder::of(Builder::plain(from.column, dims)),
                          .products = {}};
        relation.form.terms.push_back(
            {-K::one(), Builder::plain(build.out.sealed[old_columns.size() + i].column, dims)});
        build.out.circuit.relations.push_back(std::move(relation));
    }
    // The engine always runs one LogUp: here over a single padding value.
    range_or_zero(build, build.add_trace({Fill::Kind::zero, 0, 0, {1}, 0, {0}}), {1}, {0, 0});
    return done(build);
}

} // namespace circuit
