#pragma once

#include "primitives/keys.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

/// SS58: accounts as text, with the network's number and a checksum.
///
/// Source  the SS58 registry's specification; sp_core::crypto::Ss58Codec
namespace primitives::ss58 {

enum class Refusal : uint8_t
{
    character, ///< not a letter of base 58
    length,    ///< not an address of a 32-byte account, or of a 33-byte key
    prefix,    ///< a reserved number, or one written in two bytes that fits in one
    checksum,  ///< mistyped
};

/// One line: what is wrong and what to do.
std::string_view words(Refusal why);

inline constexpr uint16_t kPrefixMax = 16383;
/// Development chains, and any Substrate chain.
inline constexpr uint16_t kPrefixSubstrate = 42;
/// Longest text that is looked at; the longest address has 50 letters.
inline constexpr size_t kTextMax = 64;

struct Address
{
    uint16_t prefix = kPrefixSubstrate;
    Bytes bytes; ///< 32, or 33 for a bare ECDSA key
    friend bool operator==(const Address&, const Address&) = default;
};

/// Caller  prefix ≤ kPrefixMax and neither 46 nor 47; 32 or 33 bytes
std::string encode(ByteView bytes, uint16_t prefix = kPrefixSubstrate);
std::string encode(const AccountId32& account, uint16_t prefix = kPrefixSubstrate);

/// Errors  as in Refusal, in that order
std::expected<Address, Refusal> decode(std::string_view text);

/// The account of an address; refuses (length) what is not 32 bytes long.
std::expected<AccountId32, Refusal> decode_account(std::string_view text);

} // namespace primitives::ss58
