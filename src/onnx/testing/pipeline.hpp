#pragma once

#include "onnx/error_bound.hpp"
#include "onnx/import.hpp"

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

/// What tests share: the steps of import_model() with everything in between kept, and its error bound.
namespace onnx::testing {

base::Bytes read_file(const std::filesystem::path& path);

struct Pipeline
{
    FloatGraph graph; ///< as it was quantised
    Quantised quantised;

    /// As import_model(). Error: its words, for unsupported operators those of the first.
    static std::expected<Pipeline, std::string> make(base::ByteView file, const Array& samples,
                                                     const ImportOptions& options);

    struct Result
    {
        std::vector<double> exact;  ///< the float graph's output
        std::vector<double> output; ///< the integer graph's
        std::vector<double> bound;  ///< on their difference
    };
    Result run(const std::vector<double>& x) const;
};

} // namespace onnx::testing
