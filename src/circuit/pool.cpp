#include "base/invariant.hpp"
#include "circuit/builder.hpp"
#include "model/shape.hpp"

/// Maximum by pairs: m = b + max(a − b, 0) is one lookup of (a − b, m − b), for rows of the window and then for columns
/// (docs/decisions/0003-max-by-pairs.md).
namespace circuit {
namespace {

// Variables throughout: batch, channel, height, width; a dimension that a tensor lacks has extent 1.
constexpr uint32_t kHeight = 2, kWidth = 3;

/// One direction of a separable maximum.
struct Pass
{
    uint32_t axis; ///< kHeight or kWidth
    uint32_t kernel, stride, pad;
};

/// A column and how it is read: (C), (C, L) or (C, H, W) after the batch.
struct Source
{
    uint32_t column = 0;
    size_t rank = 3;
    std::vector<uint32_t> extents; ///< of the four variables
};

/// Dimension ← variable, all values.
View plain(const Source& source)
{
    View view{.column = source.column, .axes = {Axis::identity(0), Axis::identity(1)}, .scalings = {}};
    if (source.rank == 3)
        view.axes.push_back(Axis::identity(kHeight));
    if (source.rank >= 2)
        view.axes.push_back(Axis::identity(kWidth));
    return view;
}

/// Dimension ← variable within the extents; height and width always have an axis.
View within(const Source& source)
{
    auto view = Builder::restricted(source.column, source.extents);
    view.axes[kHeight].absent = source.rank < 3;
    view.axes[kWidth].absent = source.rank < 2;
    return view;
}

/// 0 except where position o of the output looks at an index outside the input: there `lo`. (Padding positions give 0.)
std::vector<K> outside(const Variable& position, uint32_t extent, const Pass& pass, uint32_t tap, int64_t lo)
{
    std::vector<K> values(size_t{1} << position.bits, K::zero());
    for (uint32_t o = 0; o != position.extent; ++o)
    {
        const auto index = int64_t{o} * pass.stride + tap - pass.pad;
        if (index < 0 || index >= int64_t{extent})
            values[o] = K::of(lo);
    }
    return values;
}

bool all_zero(const std::vector<K>& values)
{
    for (const auto& v : values)
        if (v != K::zero())
            return false;
    return true;
}

class PoolBuilder
{
public:
    PoolBuilder(Builder& build, const model::Range& range) : build(build), range(range) {}

    /// The maximum along one axis; columns it makes have the dimensions (batch, shape).
    Source run(const Source& from, const std::vector<uint32_t>& to, const std::vector<uint32_t>& shape,
               const Pass& pass)
    {
        const auto table = build.add_table(differences());
        const auto variables = Builder::variables_of(to);
        Source made{.column = 0, .rank = shape.size() - 1, .extents = to};
        Form best = tap(from, variables, pass, 0);
        // A window of 1 still makes a column: the maximum of its one tap with itself.
        for (uint32_t t = std::min(1u, pass.kernel - 1); t != pass.kernel && !build.error; ++t)
        {
            const auto lookup = uint32_t(build.out.circuit.lookups.size());
            made.column = build.add_trace({Fill::Kind::maximum, lookup, 0, shape, 0, {0}});
            // key = a − b, value = m − b
            auto key = tap(from, variables, pass, t);
            subtract(key, best);
            auto value = Builder::of(plain(made));
            subtract(value, best);
            build.add_lookup(variables, {{K::of(table), {}}}, std::move(key), std::move(value));
            best = Builder::of(plain(made));
        }
        return made;
    }

private:
    Builder& build;
    model::Range range;

    Table differences() const
    {
        const auto span = range.hi - range.lo;
        Table table{.lo = -span, .size = uint32_t(2 * span + 1), .values = {}};
        for (int64_t d = -span; d <= span; ++d)
            table.values.push_back(int32_t(std::max<int64_t>(d, 0)));
        return table;
    }

    /// Input at stride·o + tap − pad; the range's lower end outside the input.
    Form tap(const Source& from, const std::vector<Variable>& variables, const Pass& pass, uint32_t tap) const
    {
        auto view = within(from); // so that padding positions compare 0 with 0
        view.axes[pass.axis].bound[0].stride = pass.stride;
        view.axes[pass.axis].offset = int64_t{tap} - int64_t{pass.pad};
        auto form = Builder::of(std::move(view));
        auto lo = outside(variables[pass.axis], from.extents[pass.axis], pass, tap, range.lo);
        if (!all_zero(lo))
        {
            Constant constant{K::one(), {}};
            for (const auto& variable : variables)
                constant.by.push_back(indicator(variable));
            constant.by[pass.axis] = std::move(lo);
            form.constants.push_back(std::move(constant));
        }
        return form;
    }

    static void subtract(Form& form, const Form& other)
    {
        for (auto term : other.terms)
        {
            term.coefficient = -term.coefficient;
            form.terms.push_back(std::move(term));
        }
        for (auto constant : other.constants)
        {
            constant.value = -constant.value;
            form.constants.push_back(std::move(constant));
        }
    }
};

} // namespace

void add_max_pool(Builder& build, const model::MaxPool& pool)
{
    const auto& tensors = build.graph.tensors;
    const auto in = *model::as_chw(tensors[pool.input].shape), out = *model::as_chw(tensors[pool.output].shape);
    Source source{.column = build.tensor_columns[pool.input],
                  .rank = tensors[pool.input].shape.size(),
                  .extents = {build.batch, in.c, in.h, in.w}};

    // Width first, then height; a direction with nothing to do is left out. Without any, the columns are one.
    std::vector<Pass> passes;
    if (pool.kernel[1] > 1 || in.w != out.w)
        passes.push_back({kWidth, pool.kernel[1], pool.stride[1], pool.pad[1]});
    if (pool.kernel[0] > 1 || in.h != out.h)
        passes.push_back({kHeight, pool.kernel[0], pool.stride[0], pool.pad[0]});

    PoolBuilder builder(build, tensors[pool.input].range);
    const std::vector<uint32_t> goal = build.extents_of(pool.output);
    for (size_t i = 0; i != passes.size(); ++i)
    {
        auto to = source.extents;
        to[passes[i].axis] = passes[i].axis == kWidth ? out.w : out.h;
        const bool last = i + 1 == passes.size();
        source = builder.run(source, to, last ? goal : to, passes[i]);
    }
    if (passes.empty() && tensors[pool.input].shape.size() != tensors[pool.output].shape.size())
        source = builder.run(source, source.extents, goal, {kWidth, 1, 1, 0});
    build.tensor_columns[pool.output] = source.column;
}

} // namespace circuit
