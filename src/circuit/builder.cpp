#include "circuit/builder.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace circuit {

void Builder::fail(CompileFault fault, uint32_t node, std::string words)
{
    if (!error)
        error = CompileError{fault, node, std::move(words)};
}

void Builder::count_entries(uint64_t entries)
{
    entries_ += entries;
    if (entries_ > kEntriesMax)
        fail(CompileFault::size, 0, "the model is larger than one proof of this profile holds");
}

void Builder::count_leaves(uint64_t leaves)
{
    leaves_ += leaves;
    if (leaves_ > uint64_t{1} << kLogLeavesMax)
        fail(CompileFault::size, 0, "the model needs more lookups than one proof of this profile holds");
}

void Builder::count_axes(const View& view, const std::vector<Variable>& variables)
{
    for (const auto& axis : view.axes)
    {
        uint64_t work = 1, reach = 1;
        auto bound = axis.bound;
        std::ranges::sort(bound, {}, &Binding::stride);
        for (const auto& binding : bound)
        {
            work = reach * variables[binding.variable].extent;
            reach += uint64_t{binding.stride} * (variables[binding.variable].extent / binding.div);
            if (work > kAxisWorkMax || reach > kAxisWorkMax)
                return fail(CompileFault::size, 0, "a window of this size over so many positions is not supported");
        }
    }
}

std::vector<uint32_t> Builder::extents_of(model::TensorId tensor) const
{
    std::vector<uint32_t> extents{batch};
    const auto& shape = graph.tensors[tensor].shape;
    extents.insert(extents.end(), shape.begin(), shape.end());
    return extents;
}

std::vector<Variable> Builder::variables_of(const std::vector<uint32_t>& extents)
{
    std::vector<Variable> variables;
    for (const auto extent : extents)
        variables.push_back(Variable::of(extent));
    return variables;
}

uint32_t Builder::add_column(Store store, const std::vector<uint32_t>& extents)
{
    Column column{.store = store, .bits = {}};
    for (const auto& variable : variables_of(extents))
        column.bits.push_back(variable.bits);
    count_entries(column.log_size() < 62 ? uint64_t{1} << column.log_size() : kEntriesMax + 1);
    out.circuit.columns.push_back(std::move(column));
    return uint32_t(out.circuit.columns.size() - 1);
}

uint32_t Builder::add_trace(Fill fill)
{
    fill.column = add_column(Store::trace, fill.extents);
    out.fills.push_back(std::move(fill));
    return out.fills.back().column;
}

uint32_t Builder::add_table(Table table)
{
    auto& tables = out.circuit.tables;
    const auto found = std::ranges::find(tables, table);
    if (found != tables.end())
        return uint32_t(found - tables.begin()) + 1;
    count_leaves(table.size);
    tables.push_back(std::move(table));
    return uint32_t(tables.size());
}

uint32_t Builder::add_range(const model::Range& range)
{
    return add_table({.lo = range.lo, .size = uint32_t(range.hi - range.lo + 1), .values = {}});
}

void Builder::add_lookup(std::vector<Variable> outputs, std::vector<Constant> id, Form key, Form value)
{
    count_leaves(uint64_t{1} << std::min<size_t>(bits_of(outputs), 62));
    out.circuit.lookups.push_back({std::move(outputs), std::move(id), std::move(key), std::move(value)});
}

View Builder::plain(uint32_t column, size_t dimensions)
{
    View view{.column = column, .axes = {}, .scalings = {}};
    for (uint32_t d = 0; d != dimensions; ++d)
        view.axes.push_back(Axis::identity(d));
    return view;
}

View Builder::restricted(uint32_t column, const std::vector<uint32_t>& extents)
{
    View view{.column = column, .axes = {}, .scalings = {}};
    for (uint32_t d = 0; d != extents.size(); ++d)
        view.axes.push_back(Axis::restricted(extents[d], d));
    return view;
}

Form Builder::of(View view, int64_t coefficient)
{
    return {.terms = {{K::of(coefficient), std::move(view)}}, .constants = {}, .minus_public = std::nullopt};
}

std::vector<K> indicator(const Variable& variable)
{
    std::vector<K> values(size_t{1} << variable.bits, K::zero());
    std::fill_n(values.begin(), variable.extent, K::one());
    return values;
}

} // namespace circuit
