#include "runtime/frame/host.hpp"

#include "runtime/abi/imports.hpp"

#include <algorithm>

/// The host behind WebAssembly imports. What the host returns comes from its own allocator and is freed here or by
/// Buffer.
namespace runtime::host {
namespace {

using namespace abi;

Pointer address(const void* at) { return Pointer(reinterpret_cast<uintptr_t>(at)); }
Span span(ByteView bytes) { return Span(address(bytes.data())) | Span(bytes.size()) << 32; }

uint8_t* pointer(uint64_t at) { return reinterpret_cast<uint8_t*>(uintptr_t(uint32_t(at))); }
ByteView view(Span result) { return {pointer(result), size_t(result >> 32)}; }

template <size_t n>
std::array<uint8_t, n> copy_out(uint64_t at)
{
    std::array<uint8_t, n> out;
    std::copy_n(pointer(at), n, out.begin());
    ext_allocator_free_version_1(Pointer(at));
    return out;
}

/// Bytes taken by the compact length that `first` begins: 1, 2, 4; 5 in the mode for large numbers.
constexpr size_t compact_size(uint8_t first) { return size_t((first & 3) == 3 ? 5 : 1 << (first & 3)); }

/// An encoded Option<Vec<u8>>, opened in place.
std::optional<Buffer> optional_bytes(Span result)
{
    const auto encoded = view(result);
    const bool some = encoded.size() > 1 && encoded[0] == 1;
    Buffer buffer{pointer(result), some ? encoded.subspan(1 + compact_size(encoded[1])) : ByteView{}};
    if (!some)
        return std::nullopt;
    return buffer;
}

/// An encoded Option<Vec<u8>>, for arguments. Seeds are phrases: their length fits two bytes of compact encoding.
Bytes encode_seed(std::optional<ByteView> seed)
{
    if (!seed)
        return {0};
    if (seed->size() >= 1 << 14)
        panic("host: seed too long");
    Bytes out{1};
    const auto two = uint16_t(seed->size() << 2 | 1);
    if (seed->size() < 64)
        out.push_back(uint8_t(seed->size() << 2));
    else
        out.insert(out.end(), {uint8_t(two), uint8_t(two >> 8)});
    out.insert(out.end(), seed->begin(), seed->end());
    return out;
}

Digest generate(auto import, KeyType type, std::optional<ByteView> seed)
{
    return copy_out<32>(import(address(type.data()), span(encode_seed(seed))));
}

/// An encoded Option<[u8; 64]>.
std::optional<Signature64> sign(auto import, KeyType type, const Digest& key, ByteView message)
{
    const auto result = import(address(type.data()), address(key.data()), span(message));
    const Buffer buffer{pointer(result), view(result)};
    if (buffer.bytes().size() != 65 || buffer.bytes()[0] != 1)
        return std::nullopt;
    Signature64 signature;
    std::copy_n(buffer.bytes().begin() + 1, signature.size(), signature.begin());
    return signature;
}

} // namespace

Buffer::~Buffer()
{
    if (owned_ != nullptr)
        ext_allocator_free_version_1(address(owned_));
}

std::optional<Buffer> get(ByteView key) { return optional_bytes(ext_storage_get_version_1(span(key))); }
void set(ByteView key, ByteView value) { ext_storage_set_version_1(span(key), span(value)); }
void clear(ByteView key) { ext_storage_clear_version_1(span(key)); }
bool exists(ByteView key) { return ext_storage_exists_version_1(span(key)) != 0; }
void append(ByteView key, ByteView item) { ext_storage_append_version_1(span(key), span(item)); }
std::optional<Buffer> next_key(ByteView key) { return optional_bytes(ext_storage_next_key_version_1(span(key))); }

Cleared clear_prefix(ByteView prefix, std::optional<uint32_t> limit)
{
    Bytes encoded{uint8_t(limit.has_value())};
    for (size_t i = 0; limit && i != 4; ++i)
        encoded.push_back(uint8_t(*limit >> (8 * i)));
    // KillStorageResult: 0 all removed, 1 some remain; then how many went.
    const auto result = copy_out<5>(ext_storage_clear_prefix_version_2(span(prefix), span(encoded)));
    uint32_t count = 0;
    for (size_t i = 0; i != 4; ++i)
        count |= uint32_t(result[1 + i]) << (8 * i);
    return {result[0] == 0, count};
}

Digest root(uint8_t state_version) { return copy_out<32>(ext_storage_root_version_2(state_version)); }

void start_transaction() { ext_storage_start_transaction_version_1(); }
void commit_transaction() { ext_storage_commit_transaction_version_1(); }
void rollback_transaction() { ext_storage_rollback_transaction_version_1(); }

std::array<uint8_t, 16> blake2_128(ByteView bytes)
{
    return copy_out<16>(ext_hashing_blake2_128_version_1(span(bytes)));
}
Digest blake2_256(ByteView bytes) { return copy_out<32>(ext_hashing_blake2_256_version_1(span(bytes))); }
Digest keccak_256(ByteView bytes) { return copy_out<32>(ext_hashing_keccak_256_version_1(span(bytes))); }

Digest ordered_root(ByteView encoded_items, uint8_t state_version)
{
    return copy_out<32>(ext_trie_blake2_256_ordered_root_version_2(span(encoded_items), state_version));
}

bool sr25519_verify(const Signature64& signature, ByteView message, const Digest& key)
{
    return ext_crypto_sr25519_verify_version_2(address(signature.data()), span(message), address(key.data())) == 1;
}

bool ed25519_verify(const Signature64& signature, ByteView message, const Digest& key)
{
    return ext_crypto_ed25519_verify_version_1(address(signature.data()), span(message), address(key.data())) == 1;
}

std::optional<std::array<uint8_t, 33>> ecdsa_recover(const Signature65& signature, const Digest& hash)
{
    // Result<[u8; 33], EcdsaVerifyError>
    const auto result =
        ext_crypto_secp256k1_ecdsa_recover_compressed_version_2(address(signature.data()), address(hash.data()));
    const Buffer buffer{pointer(result), view(result)};
    if (buffer.bytes().size() != 34 || buffer.bytes()[0] != 0)
        return std::nullopt;
    std::array<uint8_t, 33> key;
    std::copy_n(buffer.bytes().begin() + 1, key.size(), key.begin());
    return key;
}

Digest sr25519_generate(KeyType type, std::optional<ByteView> seed)
{
    return generate(ext_crypto_sr25519_generate_version_1, type, seed);
}

Digest ed25519_generate(KeyType type, std::optional<ByteView> seed)
{
    return generate(ext_crypto_ed25519_generate_version_1, type, seed);
}

std::optional<Signature64> sr25519_sign(KeyType type, const Digest& key, ByteView message)
{
    return sign(ext_crypto_sr25519_sign_version_1, type, key, message);
}

std::optional<Signature64> ed25519_sign(KeyType type, const Digest& key, ByteView message)
{
    return sign(ext_crypto_ed25519_sign_version_1, type, key, message);
}

bool submit_transaction(ByteView extrinsic)
{
    const auto result = ext_offchain_submit_transaction_version_1(span(extrinsic));
    const Buffer buffer{pointer(result), view(result)};
    return buffer.bytes().size() == 1 && buffer.bytes()[0] == 0;
}

std::optional<Bytes> runtime_version(ByteView code)
{
    const auto version = optional_bytes(ext_misc_runtime_version_version_1(span(code)));
    if (!version)
        return std::nullopt;
    return Bytes(version->bytes().begin(), version->bytes().end());
}

void log(LogLevel level, std::string_view message)
{
    ext_logging_log_version_1(uint32_t(level), span(base::view("runtime")), span(base::view(message)));
}

void panic(std::string_view message)
{
    log(LogLevel::error, message);
    __builtin_trap();
}

} // namespace runtime::host
