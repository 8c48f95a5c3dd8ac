#include "base/invariant.hpp"
#include "hash/blake2b.hpp"
#include "hash/keccak.hpp"
#include "runtime/native/externalities.hpp"

#include <algorithm>
#include <new>

namespace runtime::native {
namespace {

thread_local Externalities* current = nullptr;

} // namespace

Enter::Enter(Externalities& externalities) : outer_(std::exchange(current, &externalities)) {}
Enter::~Enter() { current = outer_; }

} // namespace runtime::native

/// The host behind the thread's Externalities.
namespace runtime::host {
namespace {

native::Externalities& here()
{
    base::invariant(native::current != nullptr);
    return *native::current;
}

std::optional<Buffer> buffer(const std::optional<Bytes>& bytes)
{
    if (!bytes)
        return std::nullopt;
    auto* owned = static_cast<uint8_t*>(::operator new(bytes->size() + 1));
    std::ranges::copy(*bytes, owned);
    return Buffer{owned, {owned, bytes->size()}};
}

} // namespace

Buffer::~Buffer() { ::operator delete(owned_); }

std::optional<Buffer> get(ByteView key) { return buffer(here().get(key)); }
void set(ByteView key, ByteView value) { here().set(key, value); }
void clear(ByteView key) { here().clear(key); }
bool exists(ByteView key) { return here().get(key).has_value(); }
void append(ByteView key, ByteView item) { here().append(key, item); }
std::optional<Buffer> next_key(ByteView key) { return buffer(here().next_key(key)); }
Cleared clear_prefix(ByteView prefix, std::optional<uint32_t> limit) { return here().clear_prefix(prefix, limit); }
Digest root(uint8_t state_version) { return here().root(state_version); }

void start_transaction() { here().start_transaction(); }
void commit_transaction() { here().commit_transaction(); }
void rollback_transaction() { here().rollback_transaction(); }

std::array<uint8_t, 16> blake2_128(ByteView bytes) { return hash::blake2_128(bytes); }
Digest blake2_256(ByteView bytes) { return hash::blake2_256(bytes); }
Digest keccak_256(ByteView bytes) { return hash::keccak_256(bytes); }
Digest ordered_root(ByteView items, uint8_t state_version) { return here().ordered_root(items, state_version); }

bool sr25519_verify(const Signature64& signature, ByteView message, const Digest& key)
{
    return here().sr25519_verify(signature, message, key);
}
bool ed25519_verify(const Signature64& signature, ByteView message, const Digest& key)
{
    return here().ed25519_verify(signature, message, key);
}
std::optional<std::array<uint8_t, 33>> ecdsa_recover(const Signature65& signature, const Digest& hash)
{
    return here().ecdsa_recover(signature, hash);
}
Digest sr25519_generate(KeyType type, std::optional<ByteView> seed) { return here().sr25519_generate(type, seed); }
Digest ed25519_generate(KeyType type, std::optional<ByteView> seed) { return here().ed25519_generate(type, seed); }
std::optional<Signature64> sr25519_sign(KeyType type, const Digest& key, ByteView message)
{
    return here().sr25519_sign(type, key, message);
}
std::optional<Signature64> ed25519_sign(KeyType type, const Digest& key, ByteView message)
{
    return here().ed25519_sign(type, key, message);
}
bool submit_transaction(ByteView extrinsic) { return here().submit_transaction(extrinsic); }
std::optional<Bytes> runtime_version(ByteView code) { return here().runtime_version(code); }
void log(LogLevel level, std::string_view message) { here().log(level, message); }
void panic(std::string_view message) { throw native::Panic{std::string{message}}; }

} // namespace runtime::host
