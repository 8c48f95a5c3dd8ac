// A graph: what decodes is valid and has one encoding; every circuit of it exists or is refused.
#include "base/invariant.hpp"
#include "circuit/compile.hpp"
#include "model/codec.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const base::ByteView input(data, size);
    const auto graph = model::decode_graph(input);
    if (!graph)
        return 0;
    base::invariant(std::ranges::equal(model::encode_graph(*graph), input));
    circuit::Options options{.batch = 3, .input = circuit::Flag::open, .output = circuit::Flag::open, .data = {}};
    static_cast<void>(circuit::compile(*graph, options));
    options = {.batch = 1, .input = circuit::Flag::hidden, .output = circuit::Flag::masked, .data = {{5, true, 2}}};
    static_cast<void>(circuit::compile(*graph, options));
    static_cast<void>(circuit::compile_registration(*graph));
    static_cast<void>(circuit::compile_rotation(*graph));
    return 0;
}
