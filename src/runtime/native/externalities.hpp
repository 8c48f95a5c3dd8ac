#pragma once

#include "runtime/frame/host.hpp"

#include <string>

/// The host of a native runtime: what the imports are to WebAssembly, as one interface.
namespace runtime::native {

using base::Bytes;
using base::ByteView;
using base::Digest;

/// One method for each host function that frame/host.hpp names; meanings are told there.
class Externalities
{
public:
    virtual ~Externalities() = default;

    virtual std::optional<Bytes> get(ByteView key) = 0;
    virtual void set(ByteView key, ByteView value) = 0;
    virtual void clear(ByteView key) = 0;
    virtual void append(ByteView key, ByteView item) = 0;
    virtual std::optional<Bytes> next_key(ByteView key) = 0;
    virtual host::Cleared clear_prefix(ByteView prefix, std::optional<uint32_t> limit) = 0;
    virtual Digest root(uint8_t state_version) = 0;
    virtual void start_transaction() = 0;
    virtual void commit_transaction() = 0;
    virtual void rollback_transaction() = 0;

    virtual Digest ordered_root(ByteView encoded_items, uint8_t state_version) = 0;
    virtual bool sr25519_verify(const host::Signature64& signature, ByteView message, const Digest& key) = 0;
    virtual bool ed25519_verify(const host::Signature64& signature, ByteView message, const Digest& key) = 0;
    virtual std::optional<std::array<uint8_t, 33>> ecdsa_recover(const host::Signature65& signature,
                                                                 const Digest& hash) = 0;
    virtual Digest sr25519_generate(host::KeyType type, std::optional<ByteView> seed) = 0;
    virtual Digest ed25519_generate(host::KeyType type, std::optional<ByteView> seed) = 0;
    virtual std::optional<host::Signature64> sr25519_sign(host::KeyType type, const Digest& key, ByteView message) = 0;
    virtual std::optional<host::Signature64> ed25519_sign(host::KeyType type, const Digest& key, ByteView message) = 0;
    virtual bool submit_transaction(ByteView extrinsic) = 0;
    virtual std::optional<Bytes> runtime_version(ByteView code) = 0;
    virtual void log(host::LogLevel level, std::string_view message) = 0;
};

/// What host::panic throws, so that one call ends and the process goes on, as a trap ends a WebAssembly instance.
struct Panic
{
    std::string message;
};

/// The externalities of this thread while it lives; nests.
class Enter
{
public:
    explicit Enter(Externalities& externalities);
    ~Enter();
    Enter(const Enter&) = delete;
    Enter& operator=(const Enter&) = delete;

private:
    Externalities* outer_;
};

} // namespace runtime::native
