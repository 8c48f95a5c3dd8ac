#include "crypto/blake3.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <new>
#include <type_traits>

extern "C" {
#include <blake3.h>
#include <blake3_impl.h>
}

namespace crypto {
namespace {

using base::invariant;

// The library detects the CPU lazily, through a plain global: do it before any thread can race for it.
[[maybe_unused]] const size_t detected_lanes = blake3_simd_degree();

// Rows handed to the library at a time: a multiple of every SIMD width it has (at most 16).
constexpr size_t kRowsAtOnce = 64;

static_assert(std::is_trivially_copyable_v<blake3_hasher>);
static_assert(std::is_trivially_destructible_v<blake3_hasher>);
static_assert(kRowBytesMax == BLAKE3_CHUNK_LEN);

blake3_hasher* state_of(std::byte* raw) { return std::launder(reinterpret_cast<blake3_hasher*>(raw)); }
const blake3_hasher* state_of(const std::byte* raw)
{
    return std::launder(reinterpret_cast<const blake3_hasher*>(raw));
}

std::array<uint32_t, 8> key_words(const Digest& key)
{
    std::array<uint32_t, 8> words{};
    for (size_t i = 0; i != key.size(); ++i)
        words[i / 4] |= uint32_t(key[i]) << (8 * (i % 4));
    return words;
}

} // namespace

Blake3::Blake3()
{
    static_assert(sizeof(blake3_hasher) <= kStateBytes && alignof(blake3_hasher) <= 8);
    blake3_hasher_init(new (state_.data()) blake3_hasher);
}

Blake3 Blake3::keyed(const Digest& key)
{
    Blake3 hash{Untouched{}};
    blake3_hasher_init_keyed(new (hash.state_.data()) blake3_hasher, key.data());
    return hash;
}

Blake3 Blake3::derive_key(std::string_view context)
{
    Blake3 hash{Untouched{}};
    blake3_hasher_init_derive_key_raw(new (hash.state_.data()) blake3_hasher, context.data(), context.size());
    return hash;
}

Blake3& Blake3::update(ByteView bytes)
{
    if (!bytes.empty())
        blake3_hasher_update(state_of(state_.data()), bytes.data(), bytes.size());
    return *this;
}

Digest Blake3::digest() const
{
    Digest out;
    xof(0, out);
    return out;
}

void Blake3::xof(uint64_t offset, std::span<uint8_t> out) const
{
    blake3_hasher_finalize_seek(state_of(state_.data()), offset, out.data(), out.size());
}

Digest blake3(ByteView bytes) { return Blake3{}.update(bytes).digest(); }

Digest derive_key(std::string_view context, ByteView material)
{
    return Blake3::derive_key(context).update(material).digest();
}

void hash_rows(const Digest& key, ByteView rows, size_t row_bytes, std::span<Digest> out)
{
    invariant(row_bytes != 0 && row_bytes % BLAKE3_BLOCK_LEN == 0 && row_bytes <= kRowBytesMax);
    invariant(rows.size() == out.size() * row_bytes);

    // A row is a whole chunk that is also the root: its first block starts the chunk, its last ends chunk and tree.
    const auto words = key_words(key);
    std::array<const uint8_t*, kRowsAtOnce> inputs;
    for (size_t first = 0; first < out.size(); first += kRowsAtOnce)
    {
        const size_t count = std::min(kRowsAtOnce, out.size() - first);
        for (size_t i = 0; i != count; ++i)
            inputs[i] = rows.data() + (first + i) * row_bytes;
        blake3_hash_many(inputs.data(), count, row_bytes / BLAKE3_BLOCK_LEN, words.data(), 0, false, KEYED_HASH,
                         CHUNK_START, CHUNK_END | ROOT, out[first].data());
    }
}

void hash_pairs(const Digest& key, std::span<const Digest> children, std::span<Digest> parents)
{
    invariant(children.size() == 2 * parents.size());
    const auto* bytes = reinterpret_cast<const uint8_t*>(children.data());
    hash_rows(key, {bytes, children.size() * sizeof(Digest)}, 2 * sizeof(Digest), parents);
}

} // namespace crypto
