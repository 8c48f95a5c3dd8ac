#include "prover/witness.hpp"

#include "base/invariant.hpp"
#include "model/evaluate.hpp"
#include "model/interval.hpp"

#include <algorithm>
#include <optional>

namespace prover {
namespace {

using base::invariant;
using circuit::Compiled;
using circuit::Fill;

/// Calls body(entry, element, channel) for each element of a row-major tensor laid out with padded dimensions.
template <class Body>
void for_each_element(const circuit::Column& column, const std::vector<uint32_t>& extents, size_t channel_axis,
                      Body&& body)
{
    std::vector<size_t> strides(extents.size());
    size_t stride = 1;
    for (size_t d = extents.size(); d-- != 0; stride <<= column.bits[d])
        strides[d] = stride;
    std::vector<uint32_t> index(extents.size(), 0);
    size_t entry = 0;
    for (size_t element = 0;; ++element)
    {
        body(entry, element, index[channel_axis]);
        size_t d = extents.size();
        for (;;)
        {
            if (d == 0)
                return;
            --d;
            entry += strides[d];
            if (++index[d] != extents[d])
                break;
            entry -= strides[d] * extents[d];
            index[d] = 0;
        }
    }
}

/// Writes `padding` everywhere (by channel), then the tensor; `value` gives the element.
template <class Value>
void fill(const Compiled& compiled, const Fill& fill, std::vector<K>& trace, Value&& value)
{
    const auto& column = compiled.circuit.columns[fill.column];
    const auto out = std::span(trace).subspan(column.offset, column.size());
    size_t below = 0; // bits of the dimensions after the channel's
    for (size_t d = fill.channel_axis + 1; d != column.bits.size(); ++d)
        below += column.bits[d];
    const auto channels = size_t{1} << column.bits[fill.channel_axis];
    if (fill.padding != std::vector<int32_t>{0})
        for (size_t i = 0; i != out.size(); ++i)
        {
            const auto channel = (i >> below) & (channels - 1);
            out[i] = K::of(fill.padding[std::min(channel, fill.padding.size() - 1)]);
        }
    for_each_element(column, fill.extents, fill.channel_axis,
                     [&](size_t entry, size_t element, uint32_t) { out[entry] = K::of(value(element)); });
}

/// m = max(key, 0) − (value without m): the maximum that a pooling lookup wants (src/circuit/pool.cpp).
void fill_maximum(const Compiled& compiled, const Fill& fill, Values values, std::vector<K>& trace)
{
    const auto& circuit = compiled.circuit;
    const auto& lookup = circuit.lookups[fill.index];
    values.stores[size_t(circuit::Store::trace)] = trace;
    const auto key = evaluate(circuit, values, lookup.key, lookup.outputs);
    const auto rest = evaluate(circuit, values, lookup.value, lookup.outputs); // the column is still zero
    const auto& column = circuit.columns[fill.column];
    for (size_t i = 0; i != key.size(); ++i)
    {
        const bool negative = key[i].value() > K::kModulus / 2;
        trace[column.offset + i] = (negative ? K::zero() : key[i]) - rest[i];
    }
}

int64_t fill_value(const Fill& fill, const model::Evaluation& evaluation, size_t element)
{
    switch (fill.kind)
    {
    case Fill::Kind::tensor:
        return evaluation.tensors[fill.index][element];
    case Fill::Kind::quotient:
        return evaluation.traces[fill.index].quotient[element];
    case Fill::Kind::remainder:
        return evaluation.traces[fill.index].remainder[element];
    default:
        break;
    }
    invariant(false);
    return 0;
}

} // namespace

std::vector<K> seal_entries(const Compiled& compiled, const model::Weights& weights)
{
    const auto store = size_t(circuit::Store::weights);
    std::vector<K> entries(compiled.circuit.rows[store] << compiled.circuit.log_columns[store], K::zero());
    for (const auto& sealed : compiled.sealed)
    {
        const auto& column = compiled.circuit.columns[sealed.column];
        if (column.store != circuit::Store::weights)
            continue;
        for_each_element(column, sealed.extents, 0, [&](size_t entry, size_t element, uint32_t) {
            entries[column.offset + entry] = sealed.bias ? K::of(weights.biases[sealed.index][element])
                                                         : K::of(weights.weights[sealed.index][element]);
        });
    }
    return entries;
}

std::vector<K> data_entries(const Compiled& compiled, std::span<const int32_t> codes, std::span<const K> pads)
{
    const auto store = size_t(circuit::Store::data);
    const auto& circuit = compiled.circuit;
    std::vector<K> entries(circuit.rows[store] << circuit.log_columns[store], K::zero());
    const auto place = [&](uint32_t index, const std::vector<uint32_t>& extents, auto&& value) {
        const auto& column = circuit.columns[index];
        for_each_element(column, extents, 0, [&](size_t entry, size_t element, uint32_t) {
            entries[column.offset + entry] = value(element);
        });
    };
    place(*compiled.data_rows, compiled.data_row_extents, [&](size_t i) { return K::of(codes[i]); });
    if (compiled.data_pads)
        place(*compiled.data_pads, compiled.data_pad_extents, [&](size_t i) { return pads[i]; });
    return entries;
}

std::expected<Run, std::string> run(const Compiled& compiled, const model::Model& model, const Values& sealed,
                                    std::span<const std::vector<int32_t>> inputs)
{
    const auto& circuit = compiled.circuit;
    const auto store = size_t(circuit::Store::trace);
    Run result{.trace = std::vector<K>(circuit.rows[store] << circuit.log_columns[store], K::zero()), .outputs = {}};

    std::vector<model::Evaluation> evaluations;
    for (const auto& input : inputs)
    {
        auto evaluation = model::evaluate(model, input, model::Keep::traces);
        if (!evaluation)
            return std::unexpected(evaluation.error().words);
        result.outputs.push_back(evaluation->tensors[model.graph.output]);
        evaluations.push_back(std::move(*evaluation));
    }
    for (const auto& f : compiled.fills)
    {
        if (f.kind == Fill::Kind::maximum)
        {
            fill_maximum(compiled, f, sealed, result.trace);
            continue;
        }
        size_t a_row = 1;
        for (size_t d = 1; d != f.extents.size(); ++d)
            a_row *= f.extents[d];
        fill(compiled, f, result.trace,
             [&](size_t element) { return fill_value(f, evaluations[element / a_row], element % a_row); });
    }
    count_multiplicities(circuit, sealed, result.trace);
    return result;
}

std::vector<K> registration_trace(const Compiled& compiled, const model::Graph& graph, const model::Weights& weights,
                                  const Values& sealed)
{
    const auto& circuit = compiled.circuit;
    const auto store = size_t(circuit::Store::trace);
    std::vector<K> trace(circuit.rows[store] << circuit.log_columns[store], K::zero());
    for (const auto& f : compiled.fills)
        fill(compiled, f, trace, [&](size_t element) -> int64_t {
            if (f.kind == Fill::Kind::zero)
                return 0;
            const auto offset = -model::registered_bias(graph.biases[f.index].range).lo;
            const auto lifted = weights.biases[f.index][element] + offset;
            return f.kind == Fill::Kind::limb_low ? lifted & ((int64_t{1} << circuit::kBiasLimbBits) - 1)
                                                  : lifted >> circuit::kBiasLimbBits;
        });
    count_multiplicities(circuit, sealed, trace);
    return trace;
}

void count_multiplicities(const circuit::Circuit& circuit, Values values, std::vector<K>& trace)
{
    std::vector<std::vector<uint32_t>> counts;
    for (const auto& table : circuit.tables)
        counts.emplace_back(table.size, 0);
    values.stores[size_t(circuit::Store::trace)] = trace;
    for (const auto& lookup : circuit.lookups)
    {
        const auto ids = evaluate(lookup.id, lookup.outputs);
        const auto keys = evaluate(circuit, values, lookup.key, lookup.outputs);
        for (size_t i = 0; i != keys.size(); ++i)
        {
            const size_t id = ids[i].value();
            if (id == 0 || id > circuit.tables.size())
                continue;
            const auto row = (keys[i] - K::of(circuit.tables[id - 1].lo)).value();
            if (row < circuit.tables[id - 1].size)
                ++counts[id - 1][row];
        }
    }
    for (size_t t = 0; t != circuit.tables.size(); ++t)
    {
        const auto& column = circuit.columns[circuit.tables[t].multiplicity];
        for (size_t i = 0; i != counts[t].size(); ++i)
            trace[column.offset + i] = K(counts[t][i]);
    }
}

} // namespace prover
