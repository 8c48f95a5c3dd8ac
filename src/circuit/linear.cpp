#include "base/invariant.hpp"
#include "circuit/builder.hpp"
#include "model/shape.hpp"

#include <algorithm>

/// Linear nodes: acc + 2^(s−1) = 2^s·q + rem, with lookups for rem and (q, y).
namespace circuit {
namespace {

/// Which variable of a node's output is its channel, row and column, read as (C, H, W); variable 0 is the batch.
struct Spatial
{
    uint32_t channel = 1;
    std::optional<uint32_t> height, width;

    explicit Spatial(size_t rank)
    {
        if (rank == 3)
            height = 2;
        if (rank >= 2)
            width = uint32_t(rank);
    }
};

/// Axis of an input's height or width under a window: stride·position + dilation·tap − pad. Either variable may be
/// absent.
Axis window_axis(uint32_t extent, std::optional<uint32_t> position, uint32_t stride, std::optional<uint32_t> tap,
                 uint32_t dilation, uint32_t pad)
{
    Axis axis{.extent = extent, .offset = -int64_t{pad}, .bound = {}};
    if (position)
        axis.bound.push_back({.variable = *position, .stride = stride});
    if (tap)
        axis.bound.push_back({.variable = *tap, .stride = dilation});
    return axis;
}

class LinearBuilder
{
public:
    LinearBuilder(Builder& build, uint32_t node, const model::Linear& linear)
        : build(build), node(node), linear(linear), extents(build.extents_of(linear.output)),
          spatial(extents.size() - 1)
    {
        relation.outputs = Builder::variables_of(extents);
        outputs = uint32_t(relation.outputs.size());
    }

    void run()
    {
        for (const auto& term : linear.terms)
            std::visit([&](const auto& t) { add(t); }, term);
        if (linear.bias)
            add_bias(*linear.bias);
        requantise();
    }

private:
    Builder& build;
    uint32_t node;
    const model::Linear& linear;
    std::vector<uint32_t> extents;
    Spatial spatial;
    Relation relation;
    uint32_t outputs;

    const std::vector<uint32_t>& shape(model::TensorId tensor) const { return build.graph.tensors[tensor].shape; }

    /// The height and width axes of an input; one that the input lacks has extent 1.
    void push_spatial(View& view, model::TensorId input, const std::array<uint32_t, 2>& stride,
                      const std::array<uint32_t, 2>& pad, const std::array<uint32_t, 2>& dilation,
                      std::optional<uint32_t> tap_h, std::optional<uint32_t> tap_w)
    {
        const auto& dims = shape(input);
        const auto chw = model::as_chw(dims);
        base::invariant(chw.has_value());
        view.axes.push_back(window_axis(chw->h, spatial.height, stride[0], tap_h, dilation[0], pad[0]));
        view.axes.back().absent = dims.size() < 3;
        view.axes.push_back(window_axis(chw->w, spatial.width, stride[1], tap_w, dilation[1], pad[1]));
        view.axes.back().absent = dims.size() < 2;
    }

    void add(const model::Conv& conv)
    {
        const auto& w = build.graph.weights[conv.weight].shape; // O, C/groups, kh, kw
        const auto channels = shape(conv.input)[0];
        const bool grouped = conv.groups != 1;
        Product product;
        if (grouped)
            product.sums.push_back(Variable::of(w[0]));
        const auto first = outputs + uint32_t(grouped);
        for (size_t d = 1; d != 4; ++d)
            product.sums.push_back(Variable::of(w[d]));

        // acc(o, p) = Σ_{c,d} W(o,c,d)·X(c, s·p + δ·d − pad); grouped: also summed over o′ with eq(o, o′).
        product.left = {.column = build.weight_columns[conv.weight], .axes = {}, .scalings = {}};
        product.left.axes.push_back(Axis::identity(grouped ? outputs : spatial.channel));
        for (uint32_t d = 0; d != 3; ++d)
            product.left.axes.push_back(Axis::identity(first + d));
        if (grouped)
            product.diagonal.emplace_back(spatial.channel, outputs);

        product.right = {.column = build.tensor_columns[conv.input], .axes = {}, .scalings = {}};
        product.right.axes.push_back(Axis::restricted(build.batch, 0));
        if (grouped)
            product.right.axes.push_back(
                {.extent = channels,
                 .bound = {{.variable = outputs, .stride = w[1], .div = w[0] / conv.groups}, {.variable = first}}});
        else
            product.right.axes.push_back(Axis::identity(first));
        push_spatial(product.right, conv.input, conv.stride, conv.pad, conv.dilation, first + 1, first + 2);
        auto variables = relation.outputs;
        variables.insert(variables.end(), product.sums.begin(), product.sums.end());
        build.count_axes(product.right, variables);
        relation.products.push_back(std::move(product));
    }

    void add(const model::Dense& dense)
    {
        const auto& in = shape(dense.input);
        Product product;
        product.left = {.column = build.weight_columns[dense.weight], .axes = {}, .scalings = {}};
        product.left.axes.push_back(Axis::identity(outputs - 1));
        product.right = {.column = build.tensor_columns[dense.input], .axes = {}, .scalings = {}};
        product.right.axes.push_back(Axis::restricted(build.batch, 0));
        for (uint32_t d = 0; d != dense.tokens; ++d)
            product.right.axes.push_back(Axis::restricted(in[d], d + 1));
        for (size_t d = dense.tokens; d != in.size(); ++d)
        {
            const auto variable = outputs + uint32_t(product.sums.size());
            product.sums.push_back(Variable::of(in[d]));
            product.left.axes.push_back(Axis::identity(variable));
            product.right.axes.push_back(Axis::identity(variable));
        }
        relation.products.push_back(std::move(product));
    }

    void add(const model::Scale& scale)
    {
        relation.form.terms.push_back({K::of(scale.multiplier), Builder::restricted(build.tensor_columns[scale.input],
                                                                                    build.extents_of(scale.input))});
    }

    void add(const model::Window& window)
    {
        View view{.column = build.tensor_columns[window.input], .axes = {}, .scalings = {}};
        view.axes.push_back(Axis::restricted(build.batch, 0));
        view.axes.push_back(Axis::restricted(shape(window.input)[0], spatial.channel));
        push_spatial(view, window.input, window.stride, window.pad, {1, 1}, std::nullopt, std::nullopt);
        view.axes[2].window = window.kernel[0];
        view.axes[3].window = window.kernel[1];
        K coefficient = K::one();
        const auto scale = [&](std::optional<uint32_t> variable, const std::vector<int32_t>& by) {
            if (!variable)
            {
                coefficient = coefficient * K::of(by[0]);
                return;
            }
            Scaling scaling{*variable, std::vector<K>(size_t{1} << relation.outputs[*variable].bits, K::zero())};
            std::ranges::transform(by, scaling.by.begin(), [](int32_t m) { return K::of(m); });
            view.scalings.push_back(std::move(scaling));
        };
        scale(spatial.height, window.row);
        scale(spatial.width, window.col);
        relation.form.terms.push_back({coefficient, std::move(view)});
    }

    void add_bias(model::BiasId bias)
    {
        View view{
            .column = build.bias_columns[bias], .axes = {Axis::identity(linear.channel_axis + 1)}, .scalings = {}};
        relation.form.terms.push_back({K::one(), std::move(view)});
    }

    /// 2^(shift + delta) by channel; padding channels take the first shift.
    std::vector<K> powers(const std::vector<uint8_t>& shifts, int delta) const
    {
        std::vector<K> by(size_t{1} << relation.outputs[linear.channel_axis + 1].bits);
        for (size_t c = 0; c != by.size(); ++c)
            by[c] = K::of(int64_t{1} << ((c < shifts.size() ? shifts[c] : shifts[0]) + delta));
        return by;
    }

    /// A constant that is `uniform` everywhere, or by channel.
    Constant by_channel(std::vector<K> by) const
    {
        if (std::ranges::adjacent_find(by, std::not_equal_to{}) == by.end())
            return {by[0], {}};
        Constant constant{K::one(), std::vector<std::vector<K>>(relation.outputs.size())};
        constant.by[linear.channel_axis + 1] = std::move(by);
        return constant;
    }

    void requantise()
    {
        const auto dims = extents.size();
        const auto channel = linear.channel_axis + 1;
        const auto& shifts = linear.shifts;
        const auto table_size = size_t{1} << relation.outputs[channel].bits;
        std::vector<int32_t> half(table_size);
        for (size_t c = 0; c != table_size; ++c)
            half[c] = 1 << ((c < shifts.size() ? shifts[c] : shifts[0]) - 1);
        const auto at_zero = linear.table.values[size_t(-linear.table.lo)];

        const auto q = build.add_trace({Fill::Kind::quotient, node, 0, extents, channel, {0}});
        const auto rem = build.add_trace({Fill::Kind::remainder, node, 0, extents, channel, half});
        const auto y = build.add_trace({Fill::Kind::tensor, linear.output, 0, extents, channel, {at_zero}});
        build.tensor_columns[linear.output] = y;

        auto scaled_q = Builder::plain(q, dims);
        K coefficient = -K::one();
        const auto factors = by_channel(powers(shifts, 0));
        if (factors.by.empty())
            coefficient = -factors.value;
        else
            scaled_q.scalings.push_back({channel, factors.by[channel]});
        relation.form.terms.push_back({coefficient, std::move(scaled_q)});
        relation.form.terms.push_back({-K::one(), Builder::plain(rem, dims)});
        relation.form.constants.push_back(by_channel(powers(shifts, -1)));

        std::vector<K> ids(table_size);
        for (size_t c = 0; c != table_size; ++c)
            ids[c] = K::of(build.add_range({0, (int64_t{1} << (c < shifts.size() ? shifts[c] : shifts[0])) - 1}));
        build.add_lookup(relation.outputs, {by_channel(std::move(ids))}, Builder::of(Builder::plain(rem, dims)), {});

        Table table{.lo = linear.table.lo, .size = uint32_t(linear.table.values.size()), .values = {}};
        table.values.assign(linear.table.values.begin(), linear.table.values.end());
        const auto id = build.add_table(std::move(table));
        build.add_lookup(relation.outputs, {{K::of(id), {}}}, Builder::of(Builder::plain(q, dims)),
                         Builder::of(Builder::plain(y, dims)));
        build.out.circuit.relations.push_back(std::move(relation));
    }
};

} // namespace

void add_linear(Builder& build, uint32_t node, const model::Linear& linear)
{
    LinearBuilder(build, node, linear).run();
}

} // namespace circuit
