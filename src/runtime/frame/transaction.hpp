#pragma once

#include "primitives/era.hpp"
#include "primitives/validity.hpp"
#include "runtime/frame/compose.hpp"

#include <tuple>

/// Extrinsics as the runtime sees them, and what transaction extensions are.
namespace runtime {

using primitives::InvalidTransaction;
using primitives::TransactionValidityError;
using primitives::UnknownTransaction;
using primitives::ValidTransaction;

template <class T = void>
using Validity = std::expected<T, TransactionValidityError>;

inline std::unexpected<TransactionValidityError> invalid(InvalidTransaction::Why why, uint8_t code = 0)
{
    return std::unexpected(TransactionValidityError{InvalidTransaction{why, code}});
}
inline std::unexpected<TransactionValidityError> unknown(UnknownTransaction::Why why)
{
    return std::unexpected(TransactionValidityError{UnknownTransaction{why}});
}

/// One extrinsic on its way through the extensions.
struct Transaction
{
    AccountId who;
    DispatchInfo info;
    uint32_t length = 0; ///< encoded bytes, the length in front included
    Balance fee = 0;     ///< withdrawn before the call, set by ChargeTransactionPayment
};

/// An extension is a struct of what it adds to the extrinsic, with any of
///     Implicit, implicit() -> Validity<Implicit>        what it only signs
///     validate(transaction, valid) -> Validity<>        may raise requirements in `valid`; writes nothing
///     prepare(transaction) -> Validity<>                just before the call
///     post_dispatch(transaction, post, result)          just after it

/// step(extension) for each in order, until one refuses.
template <class... E>
Validity<> each_extension(const std::tuple<E...>& extensions, auto step)
{
    Validity<> outcome;
    std::apply([&](const E&... extension) { (void)((outcome = step(extension), outcome.has_value()) && ...); },
               extensions);
    return outcome;
}

template <class... E>
Validity<> validate(const std::tuple<E...>& extensions, const Transaction& transaction, ValidTransaction& valid)
{
    return each_extension(extensions, [&](const auto& extension) -> Validity<> {
        if constexpr (requires { extension.validate(transaction, valid); })
            return extension.validate(transaction, valid);
        else
            return {};
    });
}

template <class... E>
Validity<> prepare(const std::tuple<E...>& extensions, Transaction& transaction)
{
    return each_extension(extensions, [&](const auto& extension) -> Validity<> {
        if constexpr (requires { extension.prepare(transaction); })
            return extension.prepare(transaction);
        else
            return {};
    });
}

template <class... E>
void post_dispatch(const std::tuple<E...>& extensions, const Transaction& transaction, const PostInfo& post,
                   const Result<>& result)
{
    (void)each_extension(extensions, [&](const auto& extension) -> Validity<> {
        if constexpr (requires { extension.post_dispatch(transaction, post, result); })
            extension.post_dispatch(transaction, post, result);
        return {};
    });
}

/// Appends what the extensions sign beyond their own bytes.
template <class... E>
Validity<> put_implicit(const std::tuple<E...>& extensions, scale::Writer& out)
{
    return each_extension(extensions, [&](const auto& extension) -> Validity<> {
        if constexpr (requires { extension.implicit(); })
        {
            const auto implicit = extension.implicit();
            if (!implicit)
                return std::unexpected(implicit.error());
            scale::encode(*implicit, out);
        }
        return {};
    });
}

/// How deep calls may hold calls and lists in an extrinsic.
inline constexpr uint32_t kCallDepthMax = 32;

/// A decoded extrinsic of version 4. What was signed is kept as bytes.
///
/// Source  sp_runtime::generic::UncheckedExtrinsic
template <class R>
struct Extrinsic
{
    using Extra = typename R::Extra;
    struct Signature
    {
        MultiAddress address;
        primitives::MultiSignature signature;
        Extra extra;
    };

    std::optional<Signature> signature;
    Call<R> call;
    ByteView extra_bytes;
    ByteView call_bytes;
    uint32_t length = 0; ///< with the compact length in front

    static constexpr uint8_t kVersion = 4;
    static constexpr uint8_t kSignedBit = 0x80;

    /// Decodes an extrinsic without the length in front.
    ///
    /// Caller  keeps `body` alive
    static std::expected<Extrinsic, scale::Error> decode(ByteView body)
    {
        scale::Reader reader{body, kCallDepthMax};
        Extrinsic extrinsic;
        uint8_t version = 0;
        if (!reader.take(version))
            return std::unexpected(reader.error());
        if ((version & ~kSignedBit) != kVersion)
            reader.fail(scale::Fault::invalid, 0);
        if ((version & kSignedBit) != 0)
            extrinsic.decode_signature(reader, body);
        extrinsic.call_bytes = body.subspan(std::min(reader.at(), body.size()));
        if (!scale::decode_into(reader, extrinsic.call))
            return std::unexpected(reader.error());
        if (reader.left() != 0)
        {
            reader.fail(scale::Fault::trailing);
            return std::unexpected(reader.error());
        }
        extrinsic.length = uint32_t(body.size() + scale::encode(Compact<uint32_t>{uint32_t(body.size())}).size());
        return extrinsic;
    }

    /// The account that the address names: accounts only, there are no indices.
    Validity<AccountId> signer() const
    {
        if (const auto* id = signature->address.template get<primitives::address::Id>())
            return id->account;
        return unknown(UnknownTransaction::Why::CannotLookup);
    }

    /// True if `who` signed this call with these extensions on this chain.
    Validity<bool> verify(const AccountId& who) const
    {
        scale::Writer message{call_bytes.size() + 128};
        message.put(call_bytes);
        message.put(extra_bytes);
        if (const auto good = put_implicit(signature->extra, message); !good)
            return std::unexpected(good.error());
        auto bytes = message.take();
        if (bytes.size() > kSignedPayloadMax)
        {
            const auto hash = host::blake2_256(bytes);
            bytes.assign(hash.begin(), hash.end());
        }
        return verify_signature(signature->signature, bytes, who);
    }

    static bool verify_signature(const primitives::MultiSignature& signature, ByteView message, const AccountId& who)
    {
        if (const auto* sr25519 = signature.get<primitives::Sr25519Signature>())
            return host::sr25519_verify(sr25519->bytes, message, who.bytes);
        if (const auto* ed25519 = signature.get<primitives::Ed25519Signature>())
            return host::ed25519_verify(ed25519->bytes, message, who.bytes);
        const auto* ecdsa = signature.get<primitives::EcdsaSignature>();
        const auto key = host::ecdsa_recover(ecdsa->bytes, host::blake2_256(message));
        return key && host::blake2_256(*key) == who.bytes;
    }

private:
    static constexpr size_t kSignedPayloadMax = 256;

    void decode_signature(scale::Reader& reader, ByteView body)
    {
        auto& signed_by = signature.emplace();
        if (!scale::decode_into(reader, signed_by.address) || !scale::decode_into(reader, signed_by.signature))
            return;
        const auto extra_at = reader.at();
        if (scale::decode_into(reader, signed_by.extra))
            extra_bytes = body.subspan(extra_at, reader.at() - extra_at);
    }
};

} // namespace runtime
