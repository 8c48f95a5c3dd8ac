#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace onnx {

/// Why a model was not imported. Untrusted bytes can reach every case.
enum class Refusal : uint8_t
{
    not_onnx,      ///< the bytes do not parse as an ONNX model
    too_large,     ///< a size is above its bound
    external_data, ///< weights lie in another file
    not_finite,    ///< a weight or a sample is NaN or infinite
    damaged,       ///< a graph that contradicts itself: cycles, missing values, tensors of the wrong length
    unsupported,   ///< operators or forms that cannot be proven; Report::unsupported lists all of them
    calibration,   ///< the samples are missing or do not fit the input
    quantisation,  ///< no integer graph within the proof's ranges represents the model
};

/// What is wrong and what to do, in one line.
struct Error
{
    Refusal why;
    std::string node; ///< name of the offending node or tensor, or empty
    std::string words;
    friend bool operator==(const Error&, const Error&) = default;
};

/// A name from an untrusted file made fit to print: ASCII without control characters, at most 128 bytes.
std::string printable(std::string_view name);

} // namespace onnx
