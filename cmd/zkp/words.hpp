#pragma once

#include "circuit/compile.hpp"
#include "model/graph.hpp"
#include "report.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Numbers and results in words.
namespace cmd {

std::string count(uint64_t number);                ///< 1,234,567
std::string bytes(uint64_t number);                ///< 12 KB, 3.4 MB
std::string seconds(double number);                ///< 12 ms, 3.4 s, 5 min
std::string real(double number);                   ///< five significant digits
std::string shape(std::span<const uint32_t> dims); ///< 3 x 32 x 32
const char* name_of(circuit::Flag flag);           ///< private, public, masked

/// One row of a model's output: codes and real values, and what the reader still has to do (class, probabilities).
struct Outcome
{
    std::string text;
    Json json;
};
Outcome outcome(const model::Graph& graph, std::span<const int32_t> codes);

/// Several rows; as text the first few, as JSON all.
Outcome outcomes(const model::Graph& graph, std::span<const std::vector<int32_t>> rows);

/// Layers, parameters and shapes of a graph, and what it shows of private weights.
Outcome describe(const model::Graph& graph);

} // namespace cmd
