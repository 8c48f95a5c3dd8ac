#pragma once

#include "primitives/era.hpp"
#include "primitives/keys.hpp"

#include <optional>
#include <utility>

namespace primitives {

/// A call that only the runtime understands: all bytes up to the end of the extrinsic.
struct OpaqueCall
{
    Bytes bytes;

    static constexpr size_t kEncodedMin = 0;
    constexpr void encode_to(scale::Writer& writer) const { writer.put(ByteView{bytes}); }
    constexpr bool decode_from(scale::Reader& reader)
    {
        const auto rest = reader.rest();
        bytes.assign(rest.begin(), rest.end());
        return !reader.failed();
    }
    friend bool operator==(const OpaqueCall&, const OpaqueCall&) = default;
};

/// Whether the hash of the metadata is part of what is signed (RFC-78).
// NOLINTBEGIN(readability-identifier-naming): Substrate's names, which the metadata shows
enum class MetadataHashMode : uint8_t
{
    Disabled,
    Enabled,
};
// NOLINTEND(readability-identifier-naming)

/// What the transaction extensions of this chain put into an extrinsic, in order: CheckMortality, CheckNonce,
/// ChargeTransactionPayment, CheckMetadataHash; the others put nothing.
struct Extra
{
    Era era;
    scale::Compact<uint32_t> nonce;
    scale::Compact<scale::u128> tip;
    MetadataHashMode metadata_hash{};
    friend bool operator==(const Extra&, const Extra&) = default;
};

/// What the extensions sign beside it, in order: CheckSpecVersion, CheckTxVersion, CheckGenesis, CheckMortality,
/// CheckMetadataHash.
struct Implicit
{
    uint32_t spec_version = 0;
    uint32_t transaction_version = 0;
    Hash genesis{};
    Hash birth{}; ///< hash of the block at which the era begins; the genesis hash if immortal
    std::optional<Hash> metadata_hash;
    friend bool operator==(const Implicit&, const Implicit&) = default;
};

inline constexpr uint8_t kExtrinsicVersion = 4;
/// Whether nobody signed an extrinsic, given without its length: an inherent, or a transaction that stands for itself.
constexpr bool is_bare(ByteView extrinsic) { return extrinsic.empty() || (extrinsic[0] & 0xc0) == 0; }
/// Longer payloads are hashed before signing, so that small devices can sign them.
inline constexpr size_t kSignedPayloadMax = 256;

/// The bytes that the sender signs: call ‖ extra ‖ implicit, or their BLAKE2b-256 if there are more than 256.
///
/// Source  sp_runtime::generic::SignedPayload
template <class Call, class X, class I>
constexpr Bytes signing_payload(const Call& call, const X& extra, const I& implicit)
{
    scale::Writer writer;
    scale::encode(call, writer);
    scale::encode(extra, writer);
    scale::encode(implicit, writer);
    if (writer.bytes().size() <= kSignedPayloadMax)
        return writer.take();
    const auto hash = hash::blake2_256(ByteView{writer.bytes()});
    return Bytes(hash.begin(), hash.end());
}

template <class X = Extra>
struct ExtrinsicSignature
{
    MultiAddress address;
    MultiSignature signature;
    X extra;
    friend bool operator==(const ExtrinsicSignature&, const ExtrinsicSignature&) = default;
};

/// An extrinsic of version 4: compact length ‖ version, top bit set if signed ‖ address, signature, extra if signed ‖
/// call. The host leaves the call opaque, the runtime names its type.
///
/// Errors  invalid: another version, or an empty extrinsic; trailing: bytes after the call; those of the parts
/// Source  sp_runtime::generic::UncheckedExtrinsic, version 4
template <class Call = OpaqueCall, class X = Extra>
struct Extrinsic
{
    std::optional<ExtrinsicSignature<X>> signature;
    Call call;

    /// Without the length in front.
    constexpr void encode_body(scale::Writer& writer) const
    {
        writer.put(uint8_t(kExtrinsicVersion | (signature ? kSignedBit : 0)));
        if (signature)
            scale::encode(*signature, writer);
        scale::encode(call, writer);
    }
    constexpr bool decode_body(scale::Reader& reader)
    {
        signature.reset();
        const auto at = reader.at();
        uint8_t version = 0;
        if (!reader.take(version))
            return false;
        if ((version & ~kSignedBit) != kExtrinsicVersion)
            return reader.fail(scale::Fault::invalid, at);
        if ((version & kSignedBit) != 0 && !scale::decode_into(reader, signature.emplace()))
            return false;
        return scale::decode_into(reader, call);
    }

    static constexpr size_t kEncodedMin = 2;
    constexpr void encode_to(scale::Writer& writer) const
    {
        scale::Writer body;
        encode_body(body);
        scale::encode(body.bytes(), writer);
    }
    constexpr bool decode_from(scale::Reader& reader)
    {
        ByteView body;
        if (!scale::decode_into(reader, body))
            return false;
        scale::Reader inner{body};
        if (decode_body(inner) && inner.left() != 0)
            inner.fail(scale::Fault::trailing);
        const auto begin = reader.at() - body.size();
        return !inner.failed() || reader.fail(inner.error().what, begin + inner.error().at);
    }
    friend bool operator==(const Extrinsic&, const Extrinsic&) = default;

private:
    static constexpr uint8_t kSignedBit = 0x80;
};

} // namespace primitives
