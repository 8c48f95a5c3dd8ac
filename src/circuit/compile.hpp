#pragma once

#include "circuit/circuit.hpp"
#include "model/graph.hpp"

#include <expected>
#include <string>

/// model::Graph → Circuit, to the letter of docs/specs/circuit.md. Prover and verifier both call it.
namespace circuit {

/// Bits of the low limb of a bias in registration.
inline constexpr uint32_t kBiasLimbBits = 14;

/// Who may see a tensor.
enum class Flag : uint8_t
{
    hidden = 0, ///< private
    open = 1,   ///< public: its codes are part of the statement
    masked = 2, ///< codes + a one-time pad committed in the data set are part of the statement
};

/// A committed data set as a source: its rows are inputs; with pads, one one-time pad an output entry and row.
struct DataSource
{
    uint32_t rows = 0;
    bool pads = false;
    uint32_t row = 0; ///< the row that this proof is about
};

struct Options
{
    uint32_t batch = 1;
    Flag input = Flag::hidden, output = Flag::open;
    std::optional<DataSource> data;
};

/// Where the prover finds the values of a trace column. Entries outside the tensor are `padding`, by channel.
struct Fill
{
    enum class Kind : uint8_t
    {
        tensor,    ///< codes of tensor `index`, row-major over the extents
        quotient,  ///< q of node `index`
        remainder, ///< rem of node `index`; padding 2^(s−1)
        maximum,   ///< solved from lookup `index`: max(key, 0) − (value without this column)
        limb_low,  ///< registration: low limb of bias `index`
        limb_high, ///< registration: high limb
        zero,      ///< zeros
    };
    Kind kind = Kind::tensor;
    uint32_t index = 0;
    uint32_t column = 0;
    std::vector<uint32_t> extents; ///< batch first
    uint32_t channel_axis = 0;     ///< of extents; for padding
    std::vector<int32_t> padding;  ///< one for all, or one a channel (2^bits)
};

/// A private column and the model tensor that fills it.
struct Sealed
{
    uint32_t column = 0;
    bool bias = false;
    uint32_t index = 0;
    std::vector<uint32_t> extents;
};

struct Compiled
{
    Circuit circuit;
    std::vector<Fill> fills;                      ///< in column order; multiplicities and pads are the prover's own
    std::vector<Sealed> sealed;                   ///< columns of W
    std::optional<uint32_t> data_rows, data_pads; ///< columns of D
    std::vector<uint32_t> data_row_extents, data_pad_extents; ///< rows first
};

enum class CompileFault : uint8_t
{
    graph,   ///< R1, R3: an accumulator can leave the field
    reuse,   ///< a weight or bias used twice
    shape,   ///< a combination that the circuit does not express
    size,    ///< more leaves or rows than the profile's bounds
    options, ///< batch, data and flags do not fit together
};
struct CompileError
{
    CompileFault fault;
    uint32_t node = 0;
    std::string words;
};

inline constexpr uint32_t kBatchMax = 4096;
inline constexpr size_t kLogLeavesMax = 23;
inline constexpr uint64_t kEntriesMax = uint64_t{1} << 27;  ///< of all columns together
inline constexpr uint64_t kAxisWorkMax = uint64_t{1} << 26; ///< products to read one axis at a point

/// Caller  has validated the graph (model::validate)
std::expected<Compiled, CompileError> compile(const model::Graph& graph, const Options& options);

/// The circuit that proves every weight and bias in its declared range and every padding entry zero.
std::expected<Compiled, CompileError> compile_registration(const model::Graph& graph);

/// The circuit that proves two weight commitments equal (stores weights and fresh).
std::expected<Compiled, CompileError> compile_rotation(const model::Graph& graph);

} // namespace circuit
