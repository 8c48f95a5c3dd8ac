#pragma once

#include "base/bytes.hpp"
#include "model/graph.hpp"
#include "npy/npy.hpp"
#include "onnx/encode.hpp"
#include "onnx/error.hpp"
#include "onnx/quantise.hpp"
#include "onnx/translate.hpp"

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <vector>

/// ONNX files as integer graphs: import, folding, calibration, quantisation.
namespace onnx {

/// Bound on what one evaluation of a model takes: some minutes on one core.
inline constexpr uint64_t kOperationsMax = uint64_t{1} << 38;

struct ImportOptions
{
    TranslateOptions translate;
    QuantiseOptions quantise;
    Encoding encoding = Encoding::automatic;
    double percentile = 99.99; ///< share of the calibration values that activations' ranges hold, 50 to 100
    size_t samples_max = 4096; ///< rows of the calibration data that are used
    uint64_t operations_max = kOperationsMax;
};

/// The integer graph beside the float model, on the calibration data.
struct Accuracy
{
    size_t samples = 0;
    double error_max = 0, error_mean = 0; ///< of the output's elements, in its own units
    double output_max = 0;                ///< largest magnitude that the float model put out
    double class_agreement = 1;           ///< share of samples with the same class; 1 where the output has no classes
    bool has_classes = false;
};

/// What `zkp model import` prints.
struct Report
{
    std::string producer;
    int64_t opset = 0;
    std::vector<uint32_t> input_shape;       ///< of one record; empty if the file was not understood that far
    std::map<std::string, size_t> operators; ///< by type, as in the file
    uint64_t operations = 0;                 ///< of one evaluation: multiplications, comparisons, elements moved
    std::vector<Unsupported> unsupported;    ///< all of them; not empty only beside an error
    std::vector<std::string> notes;          ///< what is left to the reader of the output
    uint64_t parameters = 0;                 ///< weights and biases of the integer graph
    std::vector<Layer> layers;
    Accuracy accuracy;
};

struct Imported
{
    model::Model model;
    Report report;
};

/// Why there is no model, and what was learnt before: operators and everything unsupported.
struct ImportError
{
    Error error;
    Report report;
};

/// Reads an ONNX file and quantises it after the samples.
///
/// Shapes  calibration: (rows, …the input without batch…), or one record without batch
/// Errors  as in Refusal; `unsupported` lists every operator that is not supported
/// Holds   the model passes validate, check_declared and check_actual: a proof never fails for a value's size
/// Bound   file ≤ 2 GiB; memory a small multiple of the weights plus samples_max rows; operations_max an evaluation
/// Cost    three evaluations of each sample in float, one in integers, over all threads
std::expected<Imported, ImportError> import_model(base::ByteView file, const npy::Array& calibration,
                                                  const ImportOptions& options = {});

/// Reads an ONNX file and reports its operators, without samples or quantisation.
std::expected<Report, ImportError> inspect(base::ByteView file, const TranslateOptions& options = {});

/// Rows of an array as records of the graph, in doubles.
///
/// Errors  calibration: no row, not finite, or not the input's shape
std::expected<std::vector<double>, Error> records(const npy::Array& array, const std::vector<uint32_t>& shape);

/// The class that a reading finds in an output: the index of the first maximum, or the sign of a single score.
size_t class_of(model::Reading reading, std::span<const double> output);

} // namespace onnx
