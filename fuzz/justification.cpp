// A GRANDPA justification, and proofs that an authority voted or sealed twice.
#include "canonical.hpp"

#include "primitives/babe.hpp"
#include "primitives/grandpa.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace primitives;
    const base::ByteView bytes{data, size};
    fuzz::canonical<grandpa::Justification>(bytes);
    fuzz::canonical<grandpa::Commit>(bytes);
    fuzz::canonical<grandpa::EquivocationProof>(bytes);
    fuzz::canonical<babe::EquivocationProof>(bytes);
    fuzz::canonical<Justifications>(bytes);
    return 0;
}
