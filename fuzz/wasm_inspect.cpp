// A runtime binary, packed or not: what inspect() accepts can be prepared, and the prepared module is accepted again
// with the same functions; custom sections can be read and written.
#include "executor/blob.hpp"
#include "executor/inspect.hpp"
#include "executor/prepare.hpp"

#include "base/invariant.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    constexpr uint64_t kUnpackedMax = 1 << 20;
    const auto code = executor::unpack({data, size}, kUnpackedMax);
    if (!code)
        return 0;
    if (const auto added = executor::with_custom_section(*code, "runtime_version", base::ByteView{data, size}))
        base::invariant(
            std::ranges::equal(*executor::custom_section(*added, "runtime_version"), base::ByteView{data, size}));
    const auto shape = executor::inspect(*code, executor::Rules{});
    if (!shape)
    {
        base::invariant(shape.error().offset <= code->size() && !executor::words(shape.error()).empty());
        return 0;
    }
    const auto prepared = executor::prepare(*code, *shape, 16);
    if (!prepared)
        return 0;
    const auto again = executor::inspect(*prepared, executor::Rules{});
    // An export that is itself called `memory` now stands there twice, which only the engine refuses.
    base::invariant(again && again->instructions == shape->instructions && again->functions == shape->functions &&
                    again->imports.size() == shape->imports.size() && !again->memory_import);
    base::invariant(again->memory_pages == executor::memory_pages(*shape, 16));
    return 0;
}
