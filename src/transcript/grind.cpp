#include "transcript/grind.hpp"

#include "base/invariant.hpp"
#include "base/parallel.hpp"
#include "crypto/blake3.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <span>

namespace transcript {
namespace {

using base::Digest;
using base::invariant;

constexpr size_t kMessageBytes = 64;
constexpr size_t kBatch = 64;                   // nonces hashed side by side
constexpr size_t kGrain = 1024;                 // least work worth a thread: about 15 µs
constexpr uint64_t kWindow = uint64_t{1} << 14; // searched between looks at the result
constexpr uint64_t kNone = std::numeric_limits<uint64_t>::max();

void put_nonce(uint8_t* message, uint64_t nonce)
{
    for (size_t i = 0; i != sizeof nonce; ++i)
        message[i] = uint8_t(nonce >> (8 * i));
}

bool is_valid(const Digest& digest, uint32_t bits)
{
    uint64_t word = 0;
    for (size_t i = 0; i != sizeof word; ++i)
        word |= uint64_t{digest[i]} << (8 * i);
    return (word & ((uint64_t{1} << bits) - 1)) == 0;
}

/// The least valid nonce in [begin, end), or kNone.
uint64_t least_in(const Digest& seed, uint32_t bits, uint64_t begin, uint64_t end)
{
    std::array<uint8_t, kBatch * kMessageBytes> messages{};
    std::array<Digest, kBatch> digests;
    for (uint64_t first = begin; first < end; first += kBatch)
    {
        const size_t count = size_t(std::min<uint64_t>(kBatch, end - first));
        for (size_t i = 0; i != count; ++i)
            put_nonce(&messages[i * kMessageBytes], first + i);
        crypto::hash_rows(seed, std::span(messages).first(count * kMessageBytes), kMessageBytes,
                          std::span(digests).first(count));
        for (size_t i = 0; i != count; ++i)
            if (is_valid(digests[i], bits))
                return first + i;
    }
    return kNone;
}

} // namespace

bool check_nonce(const Digest& seed, uint32_t bits, uint64_t nonce)
{
    invariant(bits <= kGrindBitsMax);
    std::array<uint8_t, kMessageBytes> message{};
    put_nonce(message.data(), nonce);
    return is_valid(crypto::Blake3::keyed(seed).update(message).digest(), bits);
}

uint64_t find_nonce(const Digest& seed, uint32_t bits)
{
    invariant(bits <= kGrindBitsMax);
    for (uint64_t first = 0;; first += kWindow)
    {
        // Windows one after the other, and the least of a window: no thread's luck shows in the result.
        std::atomic<uint64_t> least = kNone;
        base::parallel(kWindow, kGrain, [&](size_t begin, size_t end) {
            if (first + begin > least.load())
                return;
            const uint64_t found = least_in(seed, bits, first + begin, first + end);
            uint64_t known = least.load();
            while (found < known && !least.compare_exchange_weak(known, found))
                ;
        });
        if (least != kNone)
            return least;
    }
}

} // namespace transcript
