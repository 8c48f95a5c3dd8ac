#include "circuit/work.hpp"

namespace circuit {

Work count_work(const Circuit& circuit)
{
    Work work;
    for (const auto& block : leaf_blocks(circuit))
        work.leaves += uint64_t{1} << block.log_size;
    for (const auto& column : circuit.columns)
        (column.store == Store::trace ? work.elements : work.weights) += column.size();
    for (const auto& relation : circuit.relations)
    {
        work.linear_terms += relation.form.terms.size() << bits_of(relation.outputs);
        for (const auto& product : relation.products)
            work.linear_terms +=
                circuit.columns[product.left.column].size() + circuit.columns[product.right.column].size();
    }
    return work;
}

uint64_t work_units(const Work& work) { return 4 * work.leaves + 2 * work.elements + work.weights + work.linear_terms; }

} // namespace circuit
