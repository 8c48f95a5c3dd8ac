#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

/// What the runtime asks of its host. Two back ends: abi/host.cpp calls the host's imports and is part of the
/// WebAssembly build; native/host.cpp calls the Externalities of the thread, for unit tests and the differential build.
namespace runtime::host {

using base::Bytes;
using base::ByteView;
using base::Digest;

/// Bytes from the host, freed with this object. Spares the copy into a vector on every storage read.
class Buffer
{
public:
    Buffer(uint8_t* owned, ByteView bytes) : owned_(owned), bytes_(bytes) {}
    Buffer(Buffer&& other) noexcept : owned_(std::exchange(other.owned_, nullptr)), bytes_(other.bytes_) {}
    Buffer& operator=(Buffer&&) = delete;
    ~Buffer();

    ByteView bytes() const { return bytes_; }

private:
    uint8_t* owned_; ///< what to free; `bytes_` may lie inside
    ByteView bytes_;
};

/// Storage of the block under construction.
std::optional<Buffer> get(ByteView key);
void set(ByteView key, ByteView value);
void clear(ByteView key);
bool exists(ByteView key);
/// Appends one encoded item to the encoded vector at `key`, without reading it.
void append(ByteView key, ByteView item);
/// The first key after `key` in lexicographic order.
std::optional<Buffer> next_key(ByteView key);
/// Removes keys that begin with `prefix`, at most `limit` of them (none: all). Returns how many went and whether more
/// are left.
struct Cleared
{
    bool all;
    uint32_t count;
};
Cleared clear_prefix(ByteView prefix, std::optional<uint32_t> limit);
/// Root of the storage trie with everything written so far.
Digest root(uint8_t state_version);

/// Storage layers: what is written after start() is kept by commit() and undone by rollback().
void start_transaction();
void commit_transaction();
void rollback_transaction();

std::array<uint8_t, 16> blake2_128(ByteView bytes);
Digest blake2_256(ByteView bytes);
std::array<uint8_t, 32> keccak_256(ByteView bytes);
/// Root of the trie that maps compact(i) to the i-th of `encoded_items`, an encoded vector of byte strings.
Digest ordered_root(ByteView encoded_items, uint8_t state_version);

using Signature64 = std::array<uint8_t, 64>;
using Signature65 = std::array<uint8_t, 65>;
bool sr25519_verify(const Signature64& signature, ByteView message, const Digest& key);
bool ed25519_verify(const Signature64& signature, ByteView message, const Digest& key);
/// The compressed public key that signed `hash`.
std::optional<std::array<uint8_t, 33>> ecdsa_recover(const Signature65& signature, const Digest& hash);

using KeyType = std::array<uint8_t, 4>;
/// New keys in the node's keystore, from the seed phrase if one is given. Off-chain only.
Digest sr25519_generate(KeyType type, std::optional<ByteView> seed);
Digest ed25519_generate(KeyType type, std::optional<ByteView> seed);
/// A signature by a key of the node's keystore; nothing if it is not there. Off-chain only.
std::optional<Signature64> sr25519_sign(KeyType type, const Digest& key, ByteView message);
std::optional<Signature64> ed25519_sign(KeyType type, const Digest& key, ByteView message);
/// Gives an encoded extrinsic, its length in front, to the node's pool; false if the pool refused. Off-chain only.
bool submit_transaction(ByteView extrinsic);

/// The encoded RuntimeVersion of a runtime blob; nothing if the blob does not run.
std::optional<Bytes> runtime_version(ByteView code);

enum class LogLevel : uint8_t
{
    error,
    warn,
    info,
    debug,
    trace,
};
void log(LogLevel level, std::string_view message);

/// Ends the call: the block is invalid or the runtime is at fault. In WebAssembly a trap; natively the exception
/// `Panic`, which only native/call.cpp catches.
[[noreturn]] void panic(std::string_view message);

} // namespace runtime::host
