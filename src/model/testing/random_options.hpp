#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace model::testing {

/// What one step of the generator adds.
enum class Kind : uint8_t
{
    conv, ///< any stride, pad, dilation and groups
    depthwise,
    dense,
    scale, ///< sum of one to three multiples, as a residual connection
    window,
    mixed, ///< a convolution and a multiple of another tensor
    max_pool,
    concat,
    slice,
    transpose,
    reshape,
    pad,
};

inline std::vector<Kind> all_kinds()
{
    return {Kind::conv,     Kind::depthwise, Kind::dense, Kind::scale,     Kind::window,  Kind::mixed,
            Kind::max_pool, Kind::concat,    Kind::slice, Kind::transpose, Kind::reshape, Kind::pad};
}

struct RandomOptions
{
    size_t nodes = 6; ///< steps tried; one more, dense, makes the output
    std::vector<Kind> kinds = all_kinds();
    uint64_t elements_max = 128; ///< in one tensor
    uint8_t shift_max = 8;       ///< the range table of shift s has 2^s rows
    int64_t table_max = 4096;    ///< entries
    bool ranges_without_zero = true;
    bool wide_output = true; ///< allow an output of 16 bits
};

} // namespace model::testing
