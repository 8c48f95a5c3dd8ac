// An ONNX file: read and reported on, or refused in words. Files over 64 KiB take too long to be worth it.
#include "onnx/import.hpp"

#include "base/invariant.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    constexpr size_t kBytesMax = 65536;
    if (size > kBytesMax)
        return 0;
    const auto report = onnx::inspect({data, size});
    base::invariant(report || !report.error().error.words.empty());
    return 0;
}
