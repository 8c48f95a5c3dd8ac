#include "signature/batch.hpp"

#include "crypto/blake3.hpp"
#include "signature/ed25519.hpp"
#include "signature/sr25519.hpp"

#include <algorithm>

namespace signature {
namespace {

std::expected<Equation, Refusal> claim(const Item& item)
{
    if (item.scheme == Scheme::ed25519)
        return ed25519::claim(item.message, item.signature, item.public_key);
    return sr25519::claim(sr25519::signing_transcript(sr25519::kContext, item.message), item.signature,
                          item.public_key);
}

/// Appends the culprits of at most kBatchItems items, the first of which has the index `first`.
void verify_some(std::span<const Item> items, size_t first, std::vector<Culprit>& culprits)
{
    crypto::Blake3 hash = crypto::Blake3::derive_key("zkp signature batch 2026-11");
    std::vector<Equation> claims;
    std::vector<size_t> indices;
    claims.reserve(items.size());
    indices.reserve(items.size());
    for (size_t i = 0; i != items.size(); ++i)
    {
        const auto made = claim(items[i]);
        if (!made)
        {
            culprits.push_back({first + i, made.error()});
            continue;
        }
        // The challenge stands for the message. The coefficients are fixed by all that they multiply.
        const uint8_t scheme = uint8_t(items[i].scheme);
        hash.update({&scheme, 1}).update(items[i].public_key).update(items[i].signature).update(made->c.bytes());
        claims.push_back(*made);
        indices.push_back(first + i);
    }
    if (claims.empty() || all_hold(claims, hash.digest()))
        return;

    // One by one: a sender of bad signatures can cost us a single verification each, and no more.
    for (size_t i = 0; i != claims.size(); ++i)
        if (!holds(claims[i]))
            culprits.push_back({indices[i], Refusal::equation});
}

} // namespace

std::expected<void, Refusal> verify(const Item& item)
{
    if (item.scheme == Scheme::ed25519)
        return ed25519::verify(item.message, item.signature, item.public_key);
    return sr25519::verify(item.message, item.signature, item.public_key);
}

std::vector<Culprit> verify_batch(std::span<const Item> items)
{
    std::vector<Culprit> culprits;
    for (size_t first = 0; first < items.size(); first += kBatchItems)
        verify_some(items.subspan(first, std::min(kBatchItems, items.size() - first)), first, culprits);
    std::ranges::sort(culprits, {}, &Culprit::index);
    return culprits;
}

} // namespace signature
