#pragma once

#include "commit/weight.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

/// A circuit: committed columns, relations that are linear or bilinear in them, and lookups in public tables.
/// It is a function of public data alone. Formal definition: docs/specs/proof.md §5.
namespace circuit {

using commit::F;
using commit::K;

/// The oracle a column lives in. `fresh` is the re-committed weights of a rotation.
enum class Store : uint8_t
{
    trace,
    weights,
    data,
    fresh,
};
inline constexpr size_t kStores = 4;

/// A block of 2^(Σ bits) values, dimensions most significant first.
struct Column
{
    Store store = Store::trace;
    std::vector<uint8_t> bits;
    uint64_t offset = 0; ///< first entry in the oracle; set by place()

    size_t log_size() const
    {
        size_t sum = 0;
        for (const auto b : bits)
            sum += b;
        return sum;
    }
    size_t size() const { return size_t{1} << log_size(); }
};

/// An index variable with values 0 ≤ o < extent, held in `bits` bits.
struct Variable
{
    uint32_t extent = 1;
    uint8_t bits = 0;

    static Variable of(uint32_t extent);
};

/// Contributes stride·⌊o / div⌋ to an index.
struct Binding
{
    uint32_t variable = 0; ///< outputs first, then the product's sums
    uint32_t stride = 1;
    uint32_t div = 1;
};

/// How one dimension of a column is indexed: offset + Σ bindings + d, summed over 0 ≤ d < window.
struct Axis
{
    uint32_t extent = 1; ///< indices ≥ extent do not count
    int64_t offset = 0;
    std::vector<Binding> bound;
    uint32_t window = 1;
    bool plain = false; ///< one variable, index = variable, every one of the 2^bits values counts
    bool absent =
        false; ///< not a dimension of the column: only index 0 exists (a window over a height that is not there)

    static Axis identity(uint32_t variable);
    static Axis restricted(uint32_t extent, uint32_t variable, uint32_t stride = 1, int64_t offset = 0);
};

/// Public factor by the value of a variable (2^bits entries).
struct Scaling
{
    uint32_t variable = 0;
    std::vector<K> by;
};

/// A column read through index variables.
struct View
{
    uint32_t column = 0;
    std::vector<Axis> axes; ///< one a dimension, and absent ones between
    std::vector<Scaling> scalings;

    /// Bits of the column's dimension behind each axis; 0 for absent ones.
    std::vector<uint8_t> axis_bits(const Column& column) const;
};

/// coefficient · view. Output variables that the view does not bind are broadcast over their extent.
struct LinearTerm
{
    K coefficient;
    View view;
};

/// value · Π over variables; an empty vector stands for all ones.
struct Constant
{
    K value;
    std::vector<std::vector<K>> by;
};

/// Affine form over the output variables.
struct Form
{
    std::vector<LinearTerm> terms;
    std::vector<Constant> constants;
    std::optional<uint32_t> minus_public; ///< subtract this public tensor of the statement
};

/// Σ over the sum variables of left · right. Each output variable is bound by exactly one side, or appears in
/// `diagonal`.
struct Product
{
    std::vector<Variable> sums;
    View left, right;
    std::vector<std::pair<uint32_t, uint32_t>> diagonal; ///< (output, sum): left is multiplied by eq(output, sum)

    size_t sum_bits() const;
};

/// form + Σ products = 0 at every value of the output variables.
struct Relation
{
    std::vector<Variable> outputs;
    Form form;
    std::vector<Product> products;
};

/// Row i: key = lo + min(i, size−1), value = values[min(i, size−1)], or 0 without values.
struct Table
{
    int64_t lo = 0;
    uint32_t size = 1;
    std::vector<int32_t> values;
    uint32_t multiplicity = 0; ///< column of the counts, 2^m rows

    friend bool operator==(const Table& a, const Table& b)
    {
        return a.lo == b.lo && a.size == b.size && a.values == b.values;
    }
};

/// At every position (all 2^bits), (id, key, value) is a row of table number id (from 1).
struct Lookup
{
    std::vector<Variable> outputs;
    std::vector<Constant> id;
    Form key, value;
};

/// Where the values that a witness must supply come from; filled by the compiler in the order of trace columns.
struct Circuit
{
    std::vector<Column> columns;
    std::vector<Relation> relations;
    std::vector<Lookup> lookups;
    std::vector<Table> tables;
    uint32_t pads = 0; ///< column of one-time pads, created last

    std::array<uint32_t, kStores> log_columns{}; ///< a of each oracle; 0 rows when absent
    std::array<uint64_t, kStores> rows{};        ///< ℓ of each oracle
};

size_t bits_of(const std::vector<Variable>& variables);

/// Number of messages and of products of messages: what the pads column holds (docs/specs/proof.md §6).
struct Masks
{
    size_t messages = 0, products = 0;
};
Masks count_masks(const Circuit& circuit);

/// Which messages are multiplied with which, by number, in order of use (docs/specs/proof.md §6.5).
std::vector<std::pair<uint32_t, uint32_t>> multiplied_messages(const Circuit& circuit);

/// log2 of the number of LogUp leaves, at least 2.
size_t log_leaves(const Circuit& circuit);

/// A lookup or table as a block of leaves.
struct LeafBlock
{
    bool table = false;
    uint32_t index = 0;
    size_t log_size = 0;
    uint64_t offset = 0;
};
/// In leaf order: descending size, lookups before tables.
std::vector<LeafBlock> leaf_blocks(const Circuit& circuit);

/// Adds multiplicity columns and the pads column, then gives every column its place. Call once, last.
void finish(Circuit& circuit);

} // namespace circuit
