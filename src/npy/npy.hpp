#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

/// NumPy's .npy files: one array, little-endian, C order.
///
/// Source  NEP 1 and the numpy.lib.format documentation, versions 1.0 and 2.0
namespace npy {

enum class Type : uint8_t
{
    f4,
    f8,
    i1,
    i2,
    i4,
    i8,
    u1,
    u2,
    u4,
    boolean,
};

/// Why a file was refused. Untrusted bytes can reach every case.
enum class Refusal : uint8_t
{
    not_npy,       ///< the first six bytes are not \x93NUMPY
    version,       ///< neither 1.0 nor 2.0
    header,        ///< the header is not a dictionary of descr, fortran_order and shape
    type,          ///< element type outside Type, or big-endian
    fortran_order, ///< column-major
    too_large,     ///< more than kElementsMax elements or kRankMax dimensions
    length,        ///< the data are shorter or longer than the shape says
};

inline constexpr uint64_t kElementsMax = uint64_t{1} << 31;
inline constexpr size_t kRankMax = 32;

/// Elements in row-major order, as doubles: exact for every type, for integers up to 2⁵³.
struct Array
{
    Type type = Type::f4;
    std::vector<uint64_t> shape; ///< empty for a scalar
    std::vector<double> values;

    /// Number of rows: the first dimension; 1 for a scalar.
    uint64_t rows() const { return shape.empty() ? 1 : shape[0]; }
    friend bool operator==(const Array&, const Array&) = default;
};

/// Reads one array.
///
/// Errors  as in Refusal, the first that applies in that order
/// Bound   8 bytes of memory for each element present in `file`; shapes that the file does not fill are refused first
std::expected<Array, Refusal> read(base::ByteView file);

/// Writes version 1.0. Values are converted to `array.type` (rounded and saturated for integers).
base::Bytes write(const Array& array);

/// One line: what is wrong and what to do.
std::string_view words(Refusal why);

} // namespace npy
