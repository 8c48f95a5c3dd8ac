#pragma once

#include "primitives/babe.hpp"
#include "primitives/grandpa.hpp"
#include "runtime/frame/transaction.hpp"
#include "runtime/pallets/historical.hpp"
#include "runtime/pallets/offences.hpp"

/// Proofs that a key signed two things of which it may sign one.
///
/// Source  sp_consensus_babe::check_equivocation_proof, sp_consensus_grandpa::check_equivocation_proof; stricter than
///         the first, which takes one block sealed twice for two
namespace runtime::equivocation {

namespace detail {

/// What the author of `header` claimed, if `key` sealed it.
struct Sealed
{
    primitives::babe::PreDigest claim;
    primitives::Hash hash; ///< without the seal: what was signed
};
inline std::optional<Sealed> sealed_by(const primitives::Sr25519Public& key, const primitives::Header& header)
{
    const auto* data = primitives::only_item<primitives::digest::PreRuntime>(header.digest, primitives::kBabeEngine);
    const auto open = primitives::unseal(header);
    if (data == nullptr || !open || open->seal.engine != primitives::kBabeEngine || open->seal.data.size() != 64)
        return std::nullopt;
    const auto claim = scale::decode<primitives::babe::PreDigest>(ByteView{*data});
    if (!claim)
        return std::nullopt;
    host::Signature64 seal;
    std::ranges::copy(open->seal.data, seal.begin());
    const auto hash = host::blake2_256(scale::encode(open->header));
    if (!host::sr25519_verify(seal, hash, key.bytes))
        return std::nullopt;
    return Sealed{*claim, hash};
}

} // namespace detail

/// True if the offender sealed two blocks, not one block twice, as the same seat in the slot that the proof names.
///
/// Cost  two hashes of headers and two verifications by the host
inline bool holds(const primitives::babe::EquivocationProof& proof)
{
    const auto first = detail::sealed_by(proof.offender, proof.first_header);
    if (!first || first->claim.slot() != proof.slot)
        return false;
    const auto second = detail::sealed_by(proof.offender, proof.second_header);
    return second && second->claim.slot() == proof.slot &&
           second->claim.authority_index() == first->claim.authority_index() && first->hash != second->hash;
}

/// True if the voter signed two different votes of one sort in the round and set that the proof names.
///
/// Cost  two verifications by the host
inline bool holds(const primitives::grandpa::EquivocationProof& proof)
{
    return proof.equivocation.visit([&](const auto& two) {
        const auto is_signed = [&](const auto& vote) {
            const auto payload = primitives::grandpa::signed_payload(vote.first, two.round_number, proof.set_id);
            return host::ed25519_verify(vote.second.bytes, payload, two.identity.bytes);
        };
        return two.first.first != two.second.first && is_signed(two.first) && is_signed(two.second);
    });
}

/// Reports to an engine's pallet. E gives kKind, kTag for the pool, Error, key_of(proof), time_slot(proof) and
/// is_of(proof, session): whether the offence happened in that session. R gives report_longevity(), in blocks.
///
/// Checks, in this order  the owner of the key, the session, that it is news, the two signatures
template <class R, class E>
struct Reports
{
    using Error = E::Error;
    using Offences = offences::Pallet<R>;

    /// Signed: costs nothing if it is true, news, and not one of too many (offences.hpp).
    static Outcome take_signed(const Origin& origin, const auto& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        return take(call, *who);
    }

    static Outcome take_unsigned(const Origin& origin, const auto& call)
    {
        if (const auto none = ensure_none(origin); !none)
            return std::unexpected(none.error());
        return take(call, std::nullopt);
    }

    /// Unsigned reports come from this node or lie in a block.
    static Validity<ValidTransaction> validate(primitives::TransactionSource source, const auto& call)
    {
        using Why = InvalidTransaction::Why;
        if (source == primitives::TransactionSource::External)
            return invalid(Why::Call);
        const auto report = judge(call);
        if (!report)
            return invalid(report.error() == Error::duplicate_offence_report ? Why::Stale : Why::BadProof);
        const auto& offender = report->offenders.front().first;
        if (!Offences::is_free(report->session, offender))
            return invalid(Why::ExhaustsResources);
        ValidTransaction valid;
        valid.priority = ~uint64_t{0};
        valid.longevity = R::report_longevity();
        valid.propagate = false;
        valid.provides.push_back(scale::encode(std::tuple{E::kTag, offender, report->time_slot}));
        return valid;
    }

private:
    static std::expected<offences::Report, Error> judge(const auto& call)
    {
        const auto& proof = *call.equivocation_proof;
        const auto member = historical::check(E::key_of(proof), call.key_owner_proof);
        if (!member)
            return std::unexpected(Error::invalid_key_ownership_proof);
        if (!E::is_of(proof, member->session))
            return std::unexpected(Error::invalid_equivocation_proof);
        auto time_slot = E::time_slot(proof);
        if (Offences::is_known(E::kKind, time_slot, member->owner))
            return std::unexpected(Error::duplicate_offence_report);
        if (!holds(proof))
            return std::unexpected(Error::invalid_equivocation_proof);
        return offences::Report{.kind = E::kKind,
                                .time_slot = std::move(time_slot),
                                .session = member->session,
                                .seats = member->seats,
                                .offenders = {{member->owner, member->owner_seats}},
                                .reporter = std::nullopt,
                                .fraction = offences::equivocation_fraction};
    }

    static Outcome take(const auto& call, const std::optional<AccountId>& reporter)
    {
        auto report = judge(call);
        if (!report)
            return fail<R>(report.error());
        const bool free = Offences::is_free(report->session, report->offenders.front().first);
        report->reporter = reporter;
        if (!Offences::file(*report))
            return fail<R>(Error::duplicate_offence_report);
        return PostInfo{std::nullopt, free ? Pays::no : Pays::yes};
    }
};

} // namespace runtime::equivocation
