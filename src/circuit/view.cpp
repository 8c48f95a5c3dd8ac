#include "circuit/view.hpp"

#include "base/invariant.hpp"
#include "field/kernels.hpp"
#include "poly/multilinear.hpp"

#include <algorithm>

namespace circuit {
namespace {

using base::invariant;

const Scaling* scaling_of(const View& view, uint32_t variable)
{
    const auto found = std::ranges::find(view.scalings, variable, &Scaling::variable);
    return found == view.scalings.end() ? nullptr : &*found;
}

/// eq(point, o)·extra[o]·scale[o] for all 2^bits values o.
std::vector<F> values_of(const View& view, uint32_t variable, const At& at)
{
    auto values = poly::eq_table<F>(at.point);
    if (!at.extra.empty())
        for (size_t o = 0; o != values.size(); ++o)
            values[o] = values[o] * at.extra[o];
    if (const auto* scaling = scaling_of(view, variable))
        for (size_t o = 0; o != values.size(); ++o)
            values[o] = values[o] * scaling->by[o];
    return values;
}

/// Entry j: Σ over assignments 0 ≤ o_m < extent and 0 ≤ w < window with offset + Σ stride·⌊o/div⌋ + w = j of the
/// product of their values. Cost: for each binding its extent times the span of those before it (kAxisWorkMax).
commit::DenseFactor dense_axis(const View& view, const Axis& axis, size_t bits, const std::vector<Variable>& variables,
                               std::span<const At> at)
{
    // By index − offset; short strides first, so that a reshape's parts cost its elements and not their square.
    std::vector<F> partial{F::one()};
    auto bound = axis.bound;
    std::ranges::sort(bound, {}, &Binding::stride);
    for (const auto& binding : bound)
    {
        const auto values = values_of(view, binding.variable, at[binding.variable]);
        const auto extent = variables[binding.variable].extent;
        const size_t reach = size_t{binding.stride} * ((extent - 1) / binding.div);
        std::vector<F> next(partial.size() + reach, F::zero());
        for (uint32_t o = 0; o != extent; ++o)
            field::axpy<F>(std::span(next).subspan(size_t{binding.stride} * (o / binding.div), partial.size()),
                           values[o], std::span<const F>(partial));
        partial = std::move(next);
    }
    // Σ over the window by sums of prefixes.
    std::vector<F> before(partial.size() + 1, F::zero());
    for (size_t i = 0; i != partial.size(); ++i)
        before[i + 1] = before[i] + partial[i];
    commit::DenseFactor dense{std::vector<F>(size_t{1} << bits, F::zero())};
    const auto reached = int64_t(partial.size());
    for (int64_t j = 0; j != int64_t{axis.extent}; ++j)
    {
        const auto end = std::clamp<int64_t>(j - axis.offset + 1, 0, reached);
        const auto begin = std::clamp<int64_t>(j - axis.offset + 1 - int64_t{axis.window}, 0, reached);
        dense.values[size_t(j)] = before[size_t(end)] - before[size_t(begin)];
    }
    return dense;
}

commit::Factor axis_factor(const View& view, const Axis& axis, size_t bits, const std::vector<Variable>& variables,
                           std::span<const At> at)
{
    if (!axis.plain)
        return dense_axis(view, axis, bits, variables, at);

    const auto variable = axis.bound.front().variable;
    const auto own_bits = size_t{variables[variable].bits};
    invariant(axis.bound.size() == 1 && own_bits <= bits);
    if (at[variable].extra.empty() && !scaling_of(view, variable))
    {
        commit::BitFactor factor;
        factor.bits.assign(bits - own_bits, {F::one(), F::zero()}); // a widened column: only its first 2^bits entries
        for (const auto& z : at[variable].point)
            factor.bits.push_back({F::one() - z, z});
        return factor;
    }
    auto values = values_of(view, variable, at[variable]);
    values.resize(size_t{1} << bits, F::zero());
    return commit::DenseFactor{std::move(values)};
}

} // namespace

std::vector<At> split(std::span<const F> point, const std::vector<Variable>& variables)
{
    invariant(point.size() >= bits_of(variables));
    std::vector<At> parts;
    for (const auto& variable : variables)
    {
        const auto part = point.first(variable.bits);
        parts.push_back({.point = {part.begin(), part.end()}, .extra = {}});
        point = point.subspan(variable.bits);
    }
    return parts;
}

commit::Weight weight_of(const Circuit& circuit, const View& view, const std::vector<Variable>& variables,
                         std::span<const At> at, F coefficient, bool broadcast)
{
    const auto& column = circuit.columns[view.column];
    const auto bits = view.axis_bits(column);
    invariant(at.size() == variables.size());

    commit::Weight weight{.coefficient = coefficient, .offset = column.offset, .factors = {}};
    std::vector<bool> bound(variables.size(), false);
    for (size_t d = 0; d != view.axes.size(); ++d)
    {
        auto factor = axis_factor(view, view.axes[d], bits[d], variables, at);
        if (bits[d] != 0)
            weight.factors.push_back(std::move(factor));
        else if (const auto* single = std::get_if<commit::DenseFactor>(&factor))
            weight.coefficient = weight.coefficient * single->values[0];
        for (const auto& binding : view.axes[d].bound)
            bound[binding.variable] = true;
    }
    for (uint32_t v = 0; broadcast && v != variables.size(); ++v)
    {
        if (bound[v])
            continue;
        const auto values = values_of(view, v, at[v]);
        F sum = F::zero();
        for (uint32_t o = 0; o != variables[v].extent; ++o)
            sum = sum + values[o];
        weight.coefficient = weight.coefficient * sum;
    }
    return weight;
}

F evaluate_constants(const std::vector<Constant>& constants, const std::vector<Variable>& variables,
                     std::span<const At> at)
{
    F sum = F::zero();
    for (const auto& constant : constants)
    {
        F product{constant.value};
        for (size_t v = 0; v != constant.by.size(); ++v)
            if (!constant.by[v].empty())
                product =
                    product * poly::evaluate<F>(std::span<const K>(constant.by[v]), std::span<const F>(at[v].point));
        sum = sum + product;
    }
    invariant(at.size() == variables.size());
    return sum;
}

KeyValue evaluate_table(const Table& table, std::span<const F> point)
{
    const auto eq = poly::eq_table<F>(point);
    KeyValue sum{F::zero(), F::zero()};
    for (size_t i = 0; i != eq.size(); ++i)
    {
        const auto row = std::min<size_t>(i, table.size - 1);
        sum.key = sum.key + eq[i] * K::of(table.lo + int64_t(row));
        if (!table.values.empty())
            sum.value = sum.value + eq[i] * K::of(table.values[row]);
    }
    return sum;
}

F evaluate_tensor(std::span<const K> values, const std::vector<Variable>& variables, std::span<const At> at)
{
    // Fold the last dimension first: values (outer × n) · eq(n) → outer.
    std::vector<F> current(values.size());
    std::ranges::transform(values, current.begin(), [](K v) { return F{v}; });
    for (size_t v = variables.size(); v-- != 0;)
    {
        const size_t n = variables[v].extent;
        invariant(current.size() % n == 0);
        const auto eq = poly::eq_table<F>(at[v].point);
        for (size_t outer = 0; outer != current.size() / n; ++outer)
        {
            F sum = F::zero();
            for (size_t o = 0; o != n; ++o)
                sum = sum + current[outer * n + o] * eq[o];
            current[outer] = sum;
        }
        current.resize(current.size() / n);
    }
    invariant(current.size() == 1);
    return current.front();
}

} // namespace circuit
