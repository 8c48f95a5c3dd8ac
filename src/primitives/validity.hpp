#pragma once

#include "primitives/keys.hpp"

#include <expected>
#include <vector>

/// What the runtime tells the pool about a transaction, and how applying one can fail before it is dispatched.
///
/// Source  sp_runtime::transaction_validity
namespace primitives {

// NOLINTBEGIN(readability-identifier-naming): Substrate's names, which the metadata shows
enum class TransactionSource : uint8_t
{
    InBlock,
    Local,
    External,
};
// NOLINTEND(readability-identifier-naming)

struct ValidTransaction
{
    uint64_t priority = 0;
    std::vector<Bytes> requires_; ///< tags that other transactions provide first
    std::vector<Bytes> provides;
    uint64_t longevity = 0; ///< blocks
    bool propagate = false;
    friend bool operator==(const ValidTransaction&, const ValidTransaction&) = default;
};

namespace detail {

/// A reason, and behind Custom the runtime's own code.
template <class Why>
constexpr void encode_reason(Why why, uint8_t code, scale::Writer& writer)
{
    scale::encode(why, writer);
    if (why == Why::Custom)
        writer.put(code);
}

template <class Why>
constexpr bool decode_reason(scale::Reader& reader, Why& why, uint8_t& code)
{
    code = 0;
    return scale::decode_into(reader, why) && (why != Why::Custom || reader.take(code));
}

} // namespace detail

/// The transaction can never be applied, or not now. `code` counts for Custom only.
struct InvalidTransaction
{
    // NOLINTBEGIN(readability-identifier-naming): Substrate's names, which the metadata shows
    enum class Why : uint8_t
    {
        Call,
        Payment,
        Future,
        Stale,
        BadProof,
        AncientBirthBlock,
        ExhaustsResources,
        Custom,
        BadMandatory,
        MandatoryValidation,
        BadSigner,
        IndeterminateImplicit,
        UnknownOrigin,
    };
    // NOLINTEND(readability-identifier-naming)
    Why why{};
    uint8_t code = 0;

    static constexpr size_t kEncodedMin = 1;
    constexpr void encode_to(scale::Writer& writer) const { detail::encode_reason(why, code, writer); }
    constexpr bool decode_from(scale::Reader& reader) { return detail::decode_reason(reader, why, code); }
    friend bool operator==(const InvalidTransaction&, const InvalidTransaction&) = default;
};

/// Validity cannot be told. `code` counts for Custom only.
struct UnknownTransaction
{
    // NOLINTBEGIN(readability-identifier-naming): Substrate's names, which the metadata shows
    enum class Why : uint8_t
    {
        CannotLookup,
        NoUnsignedValidator,
        Custom,
    };
    // NOLINTEND(readability-identifier-naming)
    Why why{};
    uint8_t code = 0;

    static constexpr size_t kEncodedMin = 1;
    constexpr void encode_to(scale::Writer& writer) const { detail::encode_reason(why, code, writer); }
    constexpr bool decode_from(scale::Reader& reader) { return detail::decode_reason(reader, why, code); }
    friend bool operator==(const UnknownTransaction&, const UnknownTransaction&) = default;
};

struct TransactionValidityError : scale::Variant<InvalidTransaction, UnknownTransaction>
{
    using Variant::Variant;
};

using TransactionValidity = std::expected<ValidTransaction, TransactionValidityError>;

} // namespace primitives
