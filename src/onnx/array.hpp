#pragma once

#include "onnx/error.hpp"

#include <algorithm>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace onnx {

using Dims = std::vector<int64_t>;

/// Element kinds that import tells apart. All floating types are read as float, all integers and booleans as int64.
enum class Kind : uint8_t
{
    real,
    integer,
    text,
};

inline constexpr int64_t kElementsMax = int64_t{1} << 28; ///< in one constant of a file
inline constexpr int64_t kFoldedMax = int64_t{1} << 26;   ///< in one constant that folding makes larger
inline constexpr size_t kRankMax = 8;                     ///< of a constant

/// A constant tensor, row-major. Exactly the vector that `kind` names is filled.
struct Array
{
    Kind kind = Kind::real;
    Dims dims;
    std::vector<float> reals;
    std::vector<int64_t> integers;
    std::vector<std::string> texts;

    size_t size() const;
    /// Element as a number; texts are 0.
    double at(size_t index) const
    {
        return kind == Kind::real ? double(reals[index]) : kind == Kind::integer ? double(integers[index]) : 0;
    }

    static Array of_reals(Dims dims, std::vector<float> values);
    static Array of_integers(Dims dims, std::vector<int64_t> values);
    static Array scalar(double value) { return of_reals({}, {float(value)}); }

    friend bool operator==(const Array&, const Array&) = default;
};

/// Product of the dimensions; nothing if one is negative or the product is above the limit.
std::optional<int64_t> count(std::span<const int64_t> dims, int64_t limit = kElementsMax);

/// Row-major strides.
Dims strides_of(std::span<const int64_t> dims);

/// NumPy's broadcasting; nothing if the shapes do not agree.
std::optional<Dims> broadcast(const Dims& a, const Dims& b);

/// For each element of `target` in row-major order, the index of the element of `dims` that broadcasts to it.
///
/// Caller  broadcast(dims, target) == target
std::vector<size_t> broadcast_indices(const Dims& dims, const Dims& target);

/// An empty array of the same kind.
Array like(const Array& array, Dims dims);

/// Appends element `index` of an array of the same kind.
void push(Array& to, const Array& from, size_t index);

/// Appends a number; integers saturate, NaN becomes 0.
void push_number(Array& to, double value);

/// The array broadcast to a shape. Caller: broadcast(array.dims, target) == target
Array expanded(const Array& array, const Dims& target);

/// -rank ≤ axis < rank, as an index from the front; nothing outside.
std::optional<size_t> normal_axis(int64_t axis, size_t rank);

/// True if the range holds the value.
template <typename Range, typename T>
constexpr bool contains(const Range& range, const T& value)
{
    return std::ranges::find(range, value) != std::ranges::end(range);
}

/// True if all elements are finite numbers.
bool is_finite(const Array& array);

} // namespace onnx
