#pragma once

#include "base/bytes.hpp"
#include "signature/derive.hpp"

#include <array>
#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

namespace host {

using base::Bytes;
using base::ByteView;

/// What a key is for: "babe", "gran", "acco", …
using KeyType = std::array<uint8_t, 4>;

enum class KeystoreRefusal : uint8_t
{
    uri,          ///< the secret does not read
    mismatch,     ///< the secret's public key is not the one it was said to be
    unknown_kind, ///< the public key's length fits no scheme
    storage,      ///< the key could not be written
};

/// Where inserted keys outlive the process; the node keeps files, tests nothing.
class KeyVault
{
public:
    virtual ~KeyVault() = default;

    /// Keeps the secret of a key. False when it could not.
    virtual bool keep(const KeyType& type, ByteView public_key, std::string_view uri) = 0;
};

/// The node's secret keys, by type and public key. Safe from several threads; no method returns a secret.
class Keystore
{
public:
    using Pair = std::variant<signature::sr25519::Keypair, signature::ed25519::Keypair, signature::ecdsa::Keypair>;

    /// entropy  outlives the keystore; used by one call at a time
    /// vault    outlives it too; null: keys live as long as the process
    explicit Keystore(crypto::Entropy& entropy, KeyVault* vault = nullptr) : entropy_(entropy), vault_(vault) {}

    /// Adds the key of a secret URI, whose public key must be `public_key` where that is given.
    ///
    /// Errors  uri, mismatch, storage
    template <class Keypair>
    std::expected<Bytes, KeystoreRefusal> insert(const KeyType& type, std::string_view uri,
                                                 std::optional<ByteView> public_key = {});

    /// A new key; from a secret URI, or from fresh entropy.
    ///
    /// Errors  uri, storage
    template <class Keypair>
    std::expected<Bytes, KeystoreRefusal> generate(const KeyType& type, std::optional<std::string_view> uri);

    template <class Keypair>
    std::vector<Bytes> public_keys(const KeyType& type) const;

    bool has(const KeyType& type, ByteView public_key) const;

    /// Runs `use` on a key pair; nothing when the key is not here.
    template <class Keypair, class Use>
    auto with(const KeyType& type, ByteView public_key, Use use)
        -> std::optional<decltype(use(std::declval<const Keypair&>(), std::declval<crypto::Entropy&>()))>
    {
        const std::lock_guard lock(mutex_);
        const auto found = pairs_.find({type, Bytes(public_key.begin(), public_key.end())});
        if (found == pairs_.end())
            return std::nullopt;
        const auto* pair = std::get_if<Keypair>(&found->second);
        if (pair == nullptr)
            return std::nullopt;
        return use(*pair, entropy_);
    }

private:
    using Name = std::pair<KeyType, Bytes>;

    mutable std::mutex mutex_;
    std::map<Name, Pair> pairs_;
    crypto::Entropy& entropy_;
    KeyVault* vault_;
};

} // namespace host
