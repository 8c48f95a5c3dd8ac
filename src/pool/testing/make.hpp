#pragma once

#include "pool/pool.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

/// Transactions for tests: bytes that a number names, tags that are words.
namespace pool::testing {

inline Tag tag(std::string_view word) { return {word.begin(), word.end()}; }

inline std::vector<Tag> tags(std::initializer_list<std::string_view> words)
{
    std::vector<Tag> made;
    for (const auto word : words)
        made.push_back(tag(word));
    return made;
}

inline Bytes extrinsic(uint32_t number, size_t size = 8)
{
    Bytes bytes(std::max<size_t>(size, 4));
    for (size_t i = 0; i != 4; ++i)
        bytes[i] = uint8_t(number >> (8 * i));
    return bytes;
}

inline Hash hash_of(uint32_t number, size_t size = 8) { return transaction_hash(extrinsic(number, size)); }

inline Hash block(uint8_t number)
{
    Hash hash{};
    hash[0] = number;
    hash[31] = 0xb1;
    return hash;
}

inline primitives::ValidTransaction valid(uint64_t priority, std::initializer_list<std::string_view> needs,
                                          std::initializer_list<std::string_view> gives, uint64_t longevity = 64)
{
    return {.priority = priority,
            .requires_ = tags(needs),
            .provides = tags(gives),
            .longevity = longevity,
            .propagate = true};
}

/// What the runtime says about a signed transaction: the tag of a nonce is "ACCOUNT:NONCE", and all but the account's
/// next one require the one before.
inline primitives::ValidTransaction by_nonce(std::string_view account, uint32_t nonce, uint32_t next, uint64_t priority)
{
    const auto name = [&](uint32_t n) { return tag(std::string(account) + ":" + std::to_string(n)); };
    primitives::ValidTransaction made{.priority = priority, .longevity = 64, .propagate = true};
    made.provides = {name(nonce)};
    if (nonce > next)
        made.requires_ = {name(nonce - 1)};
    return made;
}

/// The hashes in the order of a block.
inline std::vector<Hash> walk(Order order)
{
    std::vector<Hash> hashes;
    while (const auto txn = order.next())
        hashes.push_back(txn->hash);
    return hashes;
}

inline std::vector<Hash> hashes(std::initializer_list<uint32_t> numbers)
{
    std::vector<Hash> made;
    for (const auto number : numbers)
        made.push_back(hash_of(number));
    return made;
}

inline primitives::TransactionValidityError stale()
{
    return primitives::InvalidTransaction{.why = primitives::InvalidTransaction::Why::Stale};
}

} // namespace pool::testing
