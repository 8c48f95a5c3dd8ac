#include "host/keystore.hpp"

#include <algorithm>
#include <utility>

namespace host {
namespace {

using signature::UriRefusal;

std::expected<signature::sr25519::Keypair, UriRefusal> read(std::string_view uri, signature::sr25519::Keypair*)
{
    return signature::sr25519::from_uri(uri);
}
std::expected<signature::ed25519::Keypair, UriRefusal> read(std::string_view uri, signature::ed25519::Keypair*)
{
    return signature::ed25519::from_uri(uri);
}
std::expected<signature::ecdsa::Keypair, UriRefusal> read(std::string_view uri, signature::ecdsa::Keypair*)
{
    return signature::ecdsa::from_uri(uri);
}

constexpr size_t kFreshBytes = 16; // twelve words, as Substrate's nodes make

} // namespace

std::string_view words(KeystoreRefusal why)
{
    switch (why)
    {
    case KeystoreRefusal::uri:
        return "the secret does not read; like //Alice, twelve words, or 0x and 64 hexadecimal digits";
    case KeystoreRefusal::mismatch:
        return "the secret belongs to another public key";
    case KeystoreRefusal::unknown_kind:
        return "a public key has 32 bytes (sr25519, ed25519) or 33 (ecdsa)";
    case KeystoreRefusal::storage:
        return "the key could not be written to the keystore's folder";
    case KeystoreRefusal::full:
        return "the keystore is full; take keys out of its folder that nobody uses";
    }
    std::unreachable();
}

template <class Keypair>
std::expected<Bytes, KeystoreRefusal> Keystore::insert(const KeyType& type, std::string_view uri,
                                                       std::optional<ByteView> public_key)
{
    const auto whole = vault_ == nullptr ? signature::SecretText(uri) : vault_->unlocked(uri);
    auto pair = read(whole.expose(), static_cast<Keypair*>(nullptr));
    if (!pair)
        return std::unexpected(KeystoreRefusal::uri);
    Bytes made(pair->public_key().begin(), pair->public_key().end());
    if (public_key && !std::ranges::equal(made, *public_key))
        return std::unexpected(KeystoreRefusal::mismatch);
    const std::lock_guard one(keeping_);
    {
        const std::lock_guard lock(mutex_);
        if (pairs_.contains({type, made}))
            return made;
        if (pairs_.size() == kKeysMax)
            return std::unexpected(KeystoreRefusal::full);
    }
    if (vault_ != nullptr && !vault_->keep(type, made, uri))
        return std::unexpected(KeystoreRefusal::storage);
    const std::lock_guard lock(mutex_);
    pairs_.emplace(Name{type, made}, std::move(*pair));
    return made;
}

std::expected<Bytes, KeystoreRefusal> Keystore::insert_matching(const KeyType& type, std::string_view uri,
                                                                ByteView public_key)
{
    if (public_key.size() == std::tuple_size_v<signature::ecdsa::PublicKey>)
        return insert<signature::ecdsa::Keypair>(type, uri, public_key);
    if (public_key.size() != std::tuple_size_v<signature::Bytes32>)
        return std::unexpected(KeystoreRefusal::unknown_kind);
    auto made = insert<signature::sr25519::Keypair>(type, uri, public_key);
    if (made || made.error() != KeystoreRefusal::mismatch)
        return made;
    made = insert<signature::ed25519::Keypair>(type, uri, public_key);
    if (!made && made.error() == KeystoreRefusal::uri) // soft junctions, which sr25519 read
        return std::unexpected(KeystoreRefusal::mismatch);
    return made;
}

template <class Keypair>
std::expected<Bytes, KeystoreRefusal> Keystore::generate(const KeyType& type, std::optional<std::string_view> uri)
{
    if (uri)
        return insert<Keypair>(type, *uri);
    signature::Secret<kFreshBytes> fresh;
    {
        const std::lock_guard lock(mutex_); // the entropy source serves one call at a time
        entropy_.fill(fresh.expose(), "keystore");
    }
    return insert<Keypair>(type, signature::phrase_of(fresh.expose()).expose());
}

template <class Keypair>
std::vector<Bytes> Keystore::public_keys(const KeyType& type) const
{
    const std::lock_guard lock(mutex_);
    std::vector<Bytes> found;
    for (const auto& [name, pair] : pairs_)
        if (name.first == type && std::holds_alternative<Keypair>(pair))
            found.push_back(name.second);
    return found;
}

bool Keystore::has(const KeyType& type, ByteView public_key) const
{
    const std::lock_guard lock(mutex_);
    return pairs_.contains({type, Bytes(public_key.begin(), public_key.end())});
}

#define KEYS_OF(Pair)                                                                                                  \
    template std::expected<Bytes, KeystoreRefusal> Keystore::insert<Pair>(const KeyType&, std::string_view,            \
                                                                          std::optional<ByteView>);                    \
    template std::expected<Bytes, KeystoreRefusal> Keystore::generate<Pair>(const KeyType&,                            \
                                                                            std::optional<std::string_view>);          \
    template std::vector<Bytes> Keystore::public_keys<Pair>(const KeyType&) const
KEYS_OF(signature::sr25519::Keypair);
KEYS_OF(signature::ed25519::Keypair);
KEYS_OF(signature::ecdsa::Keypair);
#undef KEYS_OF

} // namespace host
