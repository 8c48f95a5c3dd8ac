#pragma once

#include "runtime/native/externalities.hpp"

#include <map>
#include <string>
#include <vector>

namespace runtime::testing {

using base::Bytes;
using base::ByteView;
using base::Digest;

/// Externalities in memory: a sorted map, copied for each storage layer; roots by `trie`, signatures by `signature`.
class Memory : public native::Externalities
{
public:
    std::map<Bytes, Bytes> top;
    std::vector<std::string> logs;
    /// What runtime_version() answers for any code.
    std::optional<Bytes> version_of_code;
    /// What was given to the pool.
    std::vector<Bytes> submitted;

    /// Back to `before`, whatever layers a call that panicked left open.
    void close_layers(std::map<Bytes, Bytes> before)
    {
        top = std::move(before);
        layers_.clear();
    }

    std::optional<Bytes> get(ByteView key) override;
    void set(ByteView key, ByteView value) override;
    void clear(ByteView key) override;
    void append(ByteView key, ByteView item) override;
    std::optional<Bytes> next_key(ByteView key) override;
    host::Cleared clear_prefix(ByteView prefix, std::optional<uint32_t> limit) override;
    Digest root(uint8_t state_version) override;
    void start_transaction() override { layers_.push_back(top); }
    void commit_transaction() override { layers_.pop_back(); }
    void rollback_transaction() override;

    Digest ordered_root(ByteView encoded_items, uint8_t state_version) override;
    bool sr25519_verify(const host::Signature64& signature, ByteView message, const Digest& key) override;
    bool ed25519_verify(const host::Signature64& signature, ByteView message, const Digest& key) override;
    std::optional<std::array<uint8_t, 33>> ecdsa_recover(const host::Signature65& signature,
                                                         const Digest& hash) override;
    Digest sr25519_generate(host::KeyType type, std::optional<ByteView> seed) override;
    Digest ed25519_generate(host::KeyType type, std::optional<ByteView> seed) override;
    std::optional<host::Signature64> sr25519_sign(host::KeyType type, const Digest& key, ByteView message) override;
    std::optional<host::Signature64> ed25519_sign(host::KeyType type, const Digest& key, ByteView message) override;
    bool submit_transaction(ByteView extrinsic) override
    {
        submitted.emplace_back(extrinsic.begin(), extrinsic.end());
        return true;
    }
    std::optional<Bytes> runtime_version(ByteView) override { return version_of_code; }
    void log(host::LogLevel, std::string_view message) override { logs.emplace_back(message); }

private:
    std::vector<std::map<Bytes, Bytes>> layers_;
    std::map<Digest, std::string> uris_; ///< of keys that were generated
};

} // namespace runtime::testing
