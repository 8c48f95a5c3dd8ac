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
    full,         ///< there are kKeysMax keys
};

/// One line: what is wrong and what to do.
std::string_view words(KeystoreRefusal why);

/// A node of 128 seats, two keys each, holds 256; the rest is for keys of off-chain workers.
inline constexpr size_t kKeysMax = 1024;

/// Where inserted keys outlive the process; the node keeps files, tests nothing.
class KeyVault
{
public:
    virtual ~KeyVault() = default;

    /// Keeps the secret of a key for good. False when it could not. One call at a time.
    virtual bool keep(const KeyType& type, ByteView public_key, std::string_view uri) = 0;

    /// The secret that a kept URI stands for: itself, or with the vault's password.
    virtual signature::SecretText unlocked(std::string_view uri) const { return signature::SecretText(uri); }
};

/// The node's secret keys, by type and public key. Safe from several threads; no method returns a secret. Signing waits
/// for no disk: while a key is being written, the others serve.
class Keystore
{
public:
    using Pair = std::variant<signature::sr25519::Keypair, signature::ed25519::Keypair, signature::ecdsa::Keypair>;

    /// entropy  outlives the keystore; used by one call at a time
    explicit Keystore(crypto::Entropy& entropy) : entropy_(entropy) {}

    /// From now on new keys are kept there too; without a vault keys live as long as the process. Called before other
    /// threads use the keystore; the vault outlives it.
    void keep_in(KeyVault& vault) { vault_ = &vault; }

    /// Adds the key of a secret URI, whose public key must be `public_key` where that is given.
    ///
    /// Errors  uri, mismatch, full, storage
    template <class Keypair>
    std::expected<Bytes, KeystoreRefusal> insert(const KeyType& type, std::string_view uri,
                                                 std::optional<ByteView> public_key = {});

    /// Adds a key of the scheme that `public_key` shows: sr25519 or ed25519 with 32 bytes, ECDSA with 33.
    ///
    /// Errors  unknown_kind, uri, mismatch, full, storage
    std::expected<Bytes, KeystoreRefusal> insert_matching(const KeyType& type, std::string_view uri,
                                                          ByteView public_key);

    /// A new key; from a secret URI, or from a fresh phrase of twelve words.
    ///
    /// Errors  uri, full, storage
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

    std::mutex keeping_;       ///< one insertion at a time; taken before mutex_
    mutable std::mutex mutex_; ///< of pairs_ and entropy_
    std::map<Name, Pair> pairs_;
    crypto::Entropy& entropy_;
    KeyVault* vault_ = nullptr;
};

} // namespace host
