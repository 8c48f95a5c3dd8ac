// A .npy file: what is read has as many values as its shape says, and reads the same once written.
#include "npy/npy.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <bit>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const auto array = npy::read({data, size});
    if (!array)
        return 0;
    uint64_t count = 1;
    for (const auto extent : array->shape)
        count *= extent;
    base::invariant(array->values.size() == count);
    const auto again = npy::read(npy::write(*array));
    base::invariant(again && again->type == array->type && again->shape == array->shape);
    // Bit for bit, but that a NaN may lose its payload.
    base::invariant(std::ranges::equal(again->values, array->values, [](double a, double b) {
        return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b) || (a != a && b != b);
    }));
    return 0;
}
