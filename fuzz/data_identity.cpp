// A data identity: what decodes has one encoding.
#include "base/invariant.hpp"
#include "proof/identity.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const base::ByteView input(data, size);
    if (const auto identity = proof::decode_data_identity(input))
        base::invariant(std::ranges::equal(proof::encode(*identity), input));
    return 0;
}
