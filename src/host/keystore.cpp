#include "host/keystore.hpp"

#include <algorithm>

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

/// A fresh seed as a secret URI, wiped with the object.
class FreshUri
{
public:
    explicit FreshUri(crypto::Entropy& entropy)
    {
        signature::Seed seed;
        entropy.fill(seed.expose(), "keystore");
        constexpr std::string_view digits = "0123456789abcdef";
        text_ = "0x";
        for (const auto byte : seed.expose())
        {
            text_ += digits[byte >> 4];
            text_ += digits[byte & 15];
        }
    }
    ~FreshUri() { crypto::wipe({reinterpret_cast<uint8_t*>(text_.data()), text_.size()}); }
    FreshUri(const FreshUri&) = delete;
    FreshUri& operator=(const FreshUri&) = delete;

    std::string_view text() const { return text_; }

private:
    std::string text_;
};

} // namespace

template <class Keypair>
std::expected<Bytes, KeystoreRefusal> Keystore::insert(const KeyType& type, std::string_view uri,
                                                       std::optional<ByteView> public_key)
{
    auto pair = read(uri, static_cast<Keypair*>(nullptr));
    if (!pair)
        return std::unexpected(KeystoreRefusal::uri);
    const Bytes made(pair->public_key().begin(), pair->public_key().end());
    if (public_key && !std::ranges::equal(made, *public_key))
        return std::unexpected(KeystoreRefusal::mismatch);
    const std::lock_guard lock(mutex_);
    if (vault_ != nullptr && !vault_->keep(type, made, uri))
        return std::unexpected(KeystoreRefusal::storage);
    pairs_.insert_or_assign({type, made}, std::move(*pair));
    return made;
}

template <class Keypair>
std::expected<Bytes, KeystoreRefusal> Keystore::generate(const KeyType& type, std::optional<std::string_view> uri)
{
    if (uri)
        return insert<Keypair>(type, *uri);
    std::unique_lock lock(mutex_); // the entropy source serves one call at a time
    const FreshUri fresh(entropy_);
    lock.unlock();
    return insert<Keypair>(type, fresh.text());
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
