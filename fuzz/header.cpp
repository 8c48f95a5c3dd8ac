// A block with its header, and what the consensus engines put into its digest.
#include "canonical.hpp"

#include "primitives/babe.hpp"
#include "primitives/grandpa.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace primitives;
    const base::ByteView bytes{data, size};
    fuzz::canonical<Block>(bytes);
    fuzz::canonical<Header>(bytes);
    const auto header = scale::decode<Header>(bytes);
    if (!header)
        return 0;
    for (const auto& log : header->digest.logs)
    {
        if (const auto* item = log.get<digest::PreRuntime>())
            fuzz::canonical<babe::PreDigest>(item->data);
        if (const auto* item = log.get<digest::Consensus>())
        {
            fuzz::canonical<babe::ConsensusLog>(item->data);
            fuzz::canonical<grandpa::ConsensusLog>(item->data);
        }
    }
    if (const auto unsealed = unseal(*header))
        base::invariant(unsealed->header.digest.logs.size() + 1 == header->digest.logs.size());
    return 0;
}
