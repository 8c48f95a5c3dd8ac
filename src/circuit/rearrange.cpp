#include "circuit/builder.hpp"
#include "model/shape.hpp"

/// Concat, slice, transpose, reshape and pad: copies, tied to their sources by one linear relation each.
namespace circuit {
namespace {

/// A new tensor column, and the relation `column − …` over its own indices.
Relation start_copy(Builder& build, model::TensorId output)
{
    const auto extents = build.extents_of(output);
    const auto column = build.add_trace({Fill::Kind::tensor, output, 0, extents, 0, {0}});
    build.tensor_columns[output] = column;
    return {.outputs = Builder::variables_of(extents),
            .form = Builder::of(Builder::plain(column, extents.size())),
            .products = {}};
}

void subtract(Relation& relation, View view) { relation.form.terms.push_back({-K::one(), std::move(view)}); }

void add(Builder& build, const model::Concat& concat)
{
    auto relation = start_copy(build, concat.output);
    const auto axis = concat.axis + 1;
    int64_t from = 0;
    for (const auto input : concat.inputs)
    {
        const auto extents = build.extents_of(input);
        auto view = Builder::restricted(build.tensor_columns[input], extents);
        view.axes[axis].offset = -from;
        from += extents[axis];
        subtract(relation, std::move(view));
    }
    build.out.circuit.relations.push_back(std::move(relation));
}

void add(Builder& build, const model::Slice& slice)
{
    auto relation = start_copy(build, slice.output);
    auto view = Builder::restricted(build.tensor_columns[slice.input], build.extents_of(slice.input));
    for (size_t d = 0; d != slice.start.size(); ++d)
    {
        view.axes[d + 1].offset = slice.start[d];
        view.axes[d + 1].bound[0].stride = slice.step[d];
    }
    subtract(relation, std::move(view));
    build.out.circuit.relations.push_back(std::move(relation));
}

void add(Builder& build, const model::Transpose& transpose)
{
    auto relation = start_copy(build, transpose.output);
    auto view = Builder::restricted(build.tensor_columns[transpose.input], build.extents_of(transpose.input));
    for (uint32_t d = 0; d != transpose.perm.size(); ++d)
        view.axes[transpose.perm[d] + 1].bound[0].variable = d + 1;
    subtract(relation, std::move(view));
    build.out.circuit.relations.push_back(std::move(relation));
}

void add(Builder& build, const model::Pad& pad)
{
    auto relation = start_copy(build, pad.output);
    const auto inner = build.extents_of(pad.input);
    auto view = Builder::restricted(build.tensor_columns[pad.input], inner);
    std::vector<std::vector<K>> all, inside;
    for (uint32_t d = 0; d != inner.size(); ++d)
    {
        const uint32_t begin = d == 0 ? 0 : pad.begin[d - 1];
        view.axes[d].offset = -int64_t{begin};
        all.push_back(indicator(relation.outputs[d]));
        inside.emplace_back(all.back().size(), K::zero());
        std::fill_n(inside.back().begin() + begin, inner[d], K::one());
    }
    subtract(relation, std::move(view));
    if (pad.value != 0)
    {
        relation.form.constants.push_back({K::of(-int64_t{pad.value}), std::move(all)});
        relation.form.constants.push_back({K::of(pad.value), std::move(inside)});
    }
    build.out.circuit.relations.push_back(std::move(relation));
}

/// The coarsest common refinement of two row-major shapes of equal element count, if there is one.
std::optional<std::vector<uint32_t>> refine(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b)
{
    std::vector<uint32_t> parts;
    size_t i = 0, j = 0;
    uint64_t left_a = 1, left_b = 1;
    for (;;)
    {
        while (left_a == 1 && i != a.size())
            left_a = a[i++];
        while (left_b == 1 && j != b.size())
            left_b = b[j++];
        if (left_a == 1 && left_b == 1)
            return parts;
        const auto part = std::min(left_a, left_b);
        if (part == 1 || left_a % part != 0 || left_b % part != 0)
            return std::nullopt;
        parts.push_back(uint32_t(part));
        left_a /= part;
        left_b /= part;
    }
}

/// Reads a column of shape (batch, shape…) through variables (batch, parts…), parts a refinement of the shape.
View through(uint32_t column, uint32_t batch, const std::vector<uint32_t>& shape, const std::vector<uint32_t>& parts)
{
    View view{.column = column, .axes = {Axis::restricted(batch, 0)}, .scalings = {}};
    uint32_t next = 0;
    for (const auto extent : shape)
    {
        Axis axis{.extent = extent, .bound = {}};
        for (uint32_t covered = 1; covered != extent;)
        {
            covered *= parts[next];
            axis.bound.push_back({.variable = next + 1, .stride = extent / covered});
            ++next;
        }
        view.axes.push_back(std::move(axis));
    }
    return view;
}

void relate(Builder& build, uint32_t a, const std::vector<uint32_t>& shape_a, uint32_t b,
            const std::vector<uint32_t>& shape_b, const std::vector<uint32_t>& parts)
{
    std::vector<uint32_t> extents{build.batch};
    extents.insert(extents.end(), parts.begin(), parts.end());
    Relation relation{.outputs = Builder::variables_of(extents),
                      .form = Builder::of(through(a, build.batch, shape_a, parts)),
                      .products = {}};
    subtract(relation, through(b, build.batch, shape_b, parts));
    build.out.circuit.relations.push_back(std::move(relation));
}

void add(Builder& build, const model::Reshape& reshape)
{
    const auto& from = build.graph.tensors[reshape.input].shape;
    const auto& to = build.graph.tensors[reshape.output].shape;
    const auto source = build.tensor_columns[reshape.input];
    const auto parts = refine(from, to);
    std::optional<uint32_t> flat;
    const std::vector<uint32_t> flat_shape{uint32_t(model::elements(from))};
    if (!parts)
        flat = build.add_trace({Fill::Kind::tensor, reshape.input, 0, {build.batch, flat_shape[0]}, 0, {0}});
    const auto target =
        build.add_trace({Fill::Kind::tensor, reshape.output, 0, build.extents_of(reshape.output), 0, {0}});
    build.tensor_columns[reshape.output] = target;
    if (parts)
        return relate(build, target, to, source, from, *parts);
    // (2,3) → (3,2) has no common refinement: by way of the flat order, which refines to either.
    relate(build, *flat, flat_shape, source, from, *refine(flat_shape, from));
    relate(build, target, to, *flat, flat_shape, *refine(flat_shape, to));
}

} // namespace

void add_rearrangement(Builder& build, const model::Node& node)
{
    std::visit(
        [&](const auto& n) {
            if constexpr (requires { add(build, n); })
                add(build, n);
        },
        node);
}

} // namespace circuit
