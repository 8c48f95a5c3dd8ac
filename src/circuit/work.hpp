#pragma once

#include "circuit/circuit.hpp"

#include <cstdint>

namespace circuit {

/// What a circuit makes its prover do, counted; a function of the circuit alone (docs/specs/model.md §7).
struct Work
{
    uint64_t leaves = 0;       ///< of LogUp: lookups and table rows
    uint64_t elements = 0;     ///< entries of the trace's columns
    uint64_t weights = 0;      ///< entries of sealed columns
    uint64_t linear_terms = 0; ///< entries that relations read, one for each time

    friend bool operator==(const Work&, const Work&) = default;
};
Work count_work(const Circuit& circuit);

/// Work units, version 1: 4·leaves + 2·elements + weights + linear_terms.
uint64_t work_units(const Work& work);

} // namespace circuit
