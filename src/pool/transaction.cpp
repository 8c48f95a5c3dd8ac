#include "pool/transaction.hpp"

#include "hash/blake2b.hpp"
#include "scale/scale.hpp"

#include <algorithm>

namespace pool {
namespace {

std::vector<Tag> sorted(std::vector<Tag> tags)
{
    std::ranges::sort(tags);
    const auto repeated = std::ranges::unique(tags);
    tags.erase(repeated.begin(), repeated.end());
    return tags;
}

} // namespace

size_t Transaction::size() const
{
    size_t sum = bytes->size();
    for (const auto& tag : requires_)
        sum += tag.size();
    for (const auto& tag : provides)
        sum += tag.size();
    return sum;
}

Hash transaction_hash(ByteView extrinsic)
{
    const auto length = scale::encode(scale::Compact<uint64_t>{extrinsic.size()});
    return hash::Blake2b<256>{}.update(ByteView{length}).update(extrinsic).digest();
}

Transaction make_transaction(const Hash& hash, std::shared_ptr<const Bytes> bytes,
                             const primitives::ValidTransaction& valid, BlockNumber at)
{
    const uint64_t till = valid.longevity > UINT64_MAX - at ? UINT64_MAX : at + valid.longevity;
    return {.hash = hash,
            .bytes = std::move(bytes),
            .priority = valid.priority,
            .valid_till = till,
            .requires_ = sorted(valid.requires_),
            .provides = sorted(valid.provides),
            .propagate = valid.propagate};
}

} // namespace pool
