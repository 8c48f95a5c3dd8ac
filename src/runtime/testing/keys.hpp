#pragma once

#include "crypto/random.hpp"
#include "runtime/pallets/session_types.hpp"
#include "signature/derive.hpp"

#include <algorithm>

/// Keys for tests, from secret URIs.
namespace runtime::testing {

/// Signing needs entropy, but not secrecy here.
class Constant : public crypto::Entropy
{
public:
    explicit Constant(uint8_t byte) : byte_(byte) {}
    void fill(std::span<uint8_t> out, std::string_view) override { std::ranges::fill(out, byte_); }

private:
    uint8_t byte_;
};

inline host::Signature64 sign_with(const signature::sr25519::Keypair& pair, ByteView message, uint8_t entropy_byte = 7)
{
    Constant entropy{entropy_byte};
    return signature::sr25519::sign(pair, message, entropy);
}

/// The keys of one seat, all from one URI.
class SeatKeys
{
public:
    explicit SeatKeys(std::string_view uri)
        : ed25519_(signature::ed25519::from_uri(uri).value()), sr25519_(signature::sr25519::from_uri(uri).value())
    {
    }

    session::SessionKeys keys() const
    {
        return {{ed25519_.public_key()}, {sr25519_.public_key()}, {sr25519_.public_key()}};
    }
    host::Signature64 vote(ByteView message) const { return signature::ed25519::sign(ed25519_, message); }
    host::Signature64 seal(ByteView message, uint8_t entropy = 7) const
    {
        return sign_with(sr25519_, message, entropy);
    }

    /// The encoded proof that `owner` has these keys.
    Bytes possession(const AccountId& owner) const
    {
        const auto statement = session::statement_of_ownership(owner);
        return scale::encode(session::PossessionProof{{vote(statement)}, {seal(statement)}, {seal(statement)}});
    }

private:
    signature::ed25519::Keypair ed25519_;
    signature::sr25519::Keypair sr25519_;
};

/// The calls that register seats for `owner`.
inline session::SetKeys set_keys(const AccountId& owner, const SeatKeys& seat)
{
    return {seat.keys(), seat.possession(owner)};
}
inline session::SetSeatKeys set_seat_keys(const AccountId& owner, std::span<const SeatKeys> seats)
{
    session::SetSeatKeys call;
    for (const auto& seat : seats)
    {
        (void)call.keys.try_push(seat.keys());
        std::ranges::copy(seat.possession(owner), std::back_inserter(call.proof));
    }
    return call;
}

} // namespace runtime::testing
