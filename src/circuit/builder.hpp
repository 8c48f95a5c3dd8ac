#pragma once

#include "circuit/compile.hpp"

/// What the parts of the compiler share; not for other libraries.
namespace circuit {

class Builder
{
public:
    Builder(const model::Graph& graph, uint32_t batch) : graph(graph), batch(batch) {}

    const model::Graph& graph;
    uint32_t batch;
    Compiled out;
    std::optional<CompileError> error;                  ///< the first
    std::vector<uint32_t> tensor_columns;               ///< by TensorId, once committed
    std::vector<uint32_t> weight_columns, bias_columns; ///< by id

    void fail(CompileFault fault, uint32_t node, std::string words);
    /// Count towards the bounds of one proof, so that a hostile graph is refused before it costs memory.
    void count_entries(uint64_t entries);
    void count_leaves(uint64_t leaves);
    void count_axes(const View& view, const std::vector<Variable>& variables);

    /// Batch, then the shape.
    std::vector<uint32_t> extents_of(model::TensorId tensor) const;
    static std::vector<Variable> variables_of(const std::vector<uint32_t>& extents);

    uint32_t add_column(Store store, const std::vector<uint32_t>& extents);
    uint32_t add_trace(Fill fill);
    /// Shares equal tables. Returns the id, from 1.
    uint32_t add_table(Table table);
    uint32_t add_range(const model::Range& range);
    void add_lookup(std::vector<Variable> outputs, std::vector<Constant> id, Form key, Form value);

    /// Dimension d ← variable d, all values.
    static View plain(uint32_t column, size_t dimensions);
    /// Dimension d ← variable d, within the extents.
    static View restricted(uint32_t column, const std::vector<uint32_t>& extents);
    static Form of(View view, int64_t coefficient = 1);

private:
    uint64_t entries_ = 0, leaves_ = 0;
};

/// 1 on values below `extent`, 0 on the rest of 2^bits.
std::vector<K> indicator(const Variable& variable);

void add_sealed_columns(Builder& build, Store store);
void add_linear(Builder& build, uint32_t node, const model::Linear& linear);
void add_max_pool(Builder& build, const model::MaxPool& pool);
void add_rearrangement(Builder& build, const model::Node& node);

} // namespace circuit
