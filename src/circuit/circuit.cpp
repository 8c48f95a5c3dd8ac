#include "circuit/circuit.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <tuple>

namespace circuit {
namespace {

constexpr size_t kSmallLogColumns = 4, kLargeLogColumns = 6;
constexpr uint64_t kLargeFrom = uint64_t{1} << 20;

uint64_t total(const Circuit& circuit, Store store, size_t least_log)
{
    uint64_t sum = 0;
    for (const auto& column : circuit.columns)
        if (column.store == store)
            sum += uint64_t{1} << std::max(column.log_size(), least_log);
    return sum;
}

/// Chooses a, widens small columns to 2^a, and lays columns out by descending size.
void place(Circuit& circuit, Store store)
{
    const bool large = total(circuit, store, kSmallLogColumns) >= kLargeFrom;
    const size_t a = large ? kLargeLogColumns : kSmallLogColumns;

    std::vector<uint32_t> order;
    for (uint32_t i = 0; i != circuit.columns.size(); ++i)
    {
        auto& column = circuit.columns[i];
        if (column.store != store)
            continue;
        if (column.log_size() < a)
            column.bits.front() = uint8_t(column.bits.front() + (a - column.log_size()));
        order.push_back(i);
    }
    std::ranges::sort(order, std::less{},
                      [&](uint32_t i) { return std::pair{-int64_t(circuit.columns[i].log_size()), i}; });
    uint64_t next = 0;
    for (const auto i : order)
    {
        circuit.columns[i].offset = next;
        next += circuit.columns[i].size();
    }
    circuit.log_columns[size_t(store)] = uint32_t(a);
    circuit.rows[size_t(store)] = next >> a;
}

} // namespace

Variable Variable::of(uint32_t extent)
{
    base::invariant(extent >= 1);
    return {.extent = extent, .bits = uint8_t(std::bit_width(extent - 1))};
}

Axis Axis::identity(uint32_t variable)
{
    return {.extent = 0, .offset = 0, .bound = {{.variable = variable}}, .window = 1, .plain = true, .absent = false};
}

Axis Axis::restricted(uint32_t extent, uint32_t variable, uint32_t stride, int64_t offset)
{
    return {.extent = extent,
            .offset = offset,
            .bound = {{.variable = variable, .stride = stride}},
            .window = 1,
            .plain = false,
            .absent = false};
}

size_t bits_of(const std::vector<Variable>& variables)
{
    return std::accumulate(variables.begin(), variables.end(), size_t{0},
                           [](size_t sum, const Variable& v) { return sum + v.bits; });
}

std::vector<uint8_t> View::axis_bits(const Column& of) const
{
    std::vector<uint8_t> bits;
    size_t next = 0;
    for (const auto& axis : axes)
        bits.push_back(axis.absent ? uint8_t{0} : of.bits[next++]);
    base::invariant(next == of.bits.size());
    return bits;
}

size_t Product::sum_bits() const { return bits_of(sums); }

std::vector<LeafBlock> leaf_blocks(const Circuit& circuit)
{
    std::vector<LeafBlock> blocks;
    for (uint32_t i = 0; i != circuit.lookups.size(); ++i)
        blocks.push_back({.table = false, .index = i, .log_size = bits_of(circuit.lookups[i].outputs)});
    for (uint32_t i = 0; i != circuit.tables.size(); ++i)
        blocks.push_back(
            {.table = true, .index = i, .log_size = circuit.columns[circuit.tables[i].multiplicity].log_size()});
    std::ranges::sort(blocks, std::less{}, [](const LeafBlock& block) {
        return std::tuple{-int64_t(block.log_size), block.table, block.index};
    });
    uint64_t next = 0;
    for (auto& block : blocks)
    {
        block.offset = next;
        next += uint64_t{1} << block.log_size;
    }
    return blocks;
}

size_t log_leaves(const Circuit& circuit)
{
    uint64_t leaves = 0;
    for (const auto& block : leaf_blocks(circuit))
        leaves += uint64_t{1} << block.log_size;
    return std::max<size_t>(2, size_t(std::bit_width(std::max<uint64_t>(leaves, 1) - 1)));
}

Masks count_masks(const Circuit& circuit)
{
    const size_t v = log_leaves(circuit);
    // Root: 4 values; layer k: 2 a round, k rounds, 4 values.
    Masks masks{.messages = 4 + v * (v - 1) + 4 * (v - 1), .products = 2 + 3 * (v - 1)};
    size_t longest = 0, products = 0;
    for (const auto& relation : circuit.relations)
        for (const auto& product : relation.products)
        {
            longest = std::max(longest, product.sum_bits());
            ++products;
        }
    masks.messages += 2 * longest + 2 * products;
    masks.products += products;
    return masks;
}

std::vector<std::pair<uint32_t, uint32_t>> multiplied_messages(const Circuit& circuit)
{
    std::vector<std::pair<uint32_t, uint32_t>> pairs{{0, 3}, {1, 2}}; // p₀q₁, p₁q₀
    uint32_t next = 4;
    for (uint32_t k = 1; k != log_leaves(circuit); ++k)
    {
        next += 2 * k;
        pairs.insert(pairs.end(), {{next, next + 3}, {next + 1, next + 2}, {next + 2, next + 3}});
        next += 4;
    }
    size_t longest = 0, products = 0;
    for (const auto& relation : circuit.relations)
        for (const auto& product : relation.products)
        {
            longest = std::max(longest, product.sum_bits());
            ++products;
        }
    next += uint32_t(2 * longest);
    for (size_t i = 0; i != products; ++i, next += 2)
        pairs.emplace_back(next, next + 1);
    return pairs;
}

void finish(Circuit& circuit)
{
    constexpr auto extension_degree = sizeof(F) / sizeof(K);
    // A table of 2^b rows fills a column of at least one row of the oracle; which a that is depends on the total.
    for (auto& table : circuit.tables)
    {
        table.multiplicity = uint32_t(circuit.columns.size());
        circuit.columns.push_back({.store = Store::trace, .bits = {uint8_t(std::bit_width(table.size - 1))}});
    }
    circuit.pads = uint32_t(circuit.columns.size());
    circuit.columns.push_back({.store = Store::trace, .bits = {0}});

    // The pads depend on the number of leaves, that on the width of the smallest tables, that on a, and a on the size
    // of the pads. All of them only grow, so the least fixed point is reached.
    const auto pads_bits = [&] {
        const auto masks = count_masks(circuit);
        const auto entries = extension_degree * (masks.messages + 4 * masks.products);
        return uint8_t(std::bit_width(entries - 1));
    };
    for (uint8_t bits = 0; bits != pads_bits();)
    {
        bits = pads_bits();
        circuit.columns[circuit.pads].bits = {bits};
        place(circuit, Store::trace);
    }
    for (const auto store : {Store::weights, Store::data, Store::fresh})
        place(circuit, store);
}

} // namespace circuit
