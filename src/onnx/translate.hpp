#pragma once

#include "onnx/float_graph.hpp"
#include "onnx/source.hpp"

#include <expected>
#include <map>
#include <string>
#include <vector>

namespace onnx {

/// An operator, or a form of one, that cannot be proven.
struct Unsupported
{
    std::string node, type, reason;
    friend bool operator==(const Unsupported&, const Unsupported&) = default;
};

struct TranslateOptions
{
    std::string output;         ///< which of several outputs; empty: all must agree
    bool first_is_batch = true; ///< the first dimension counts records; false: the whole input is one record
};

struct Translated
{
    FloatGraph graph;                        ///< complete only if nothing is unsupported
    std::map<std::string, size_t> operators; ///< how often each type occurs
    std::vector<Unsupported> unsupported;    ///< every one, in file order
    std::vector<std::string> notes;          ///< what is left to the reader of the output, in words
};

/// Turns ONNX operators into a float graph, one record at a time: shapes are inferred, constants folded, one-input
/// operators composed into activation functions, the last Softmax or ArgMax left to the reader.
///
/// Errors  damaged, not_finite, too_large, unsupported (no single float input)
/// Cost    linear in nodes and weights
std::expected<Translated, Error> translate(const Source& source, const TranslateOptions& options);

} // namespace onnx
