// A model identity: what decodes has one encoding, and is verified or refused.
#include "proof/identity.hpp"
#include "base/invariant.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const base::ByteView input(data, size);
    const auto identity = proof::decode_identity(input);
    if (!identity)
        return 0;
    base::invariant(std::ranges::equal(proof::encode(*identity), input));
    static_cast<void>(proof::verify(*identity, proof::Toy::accept));
    return 0;
}
