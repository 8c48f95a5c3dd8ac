#pragma once

#include "runtime/frame/iterate.hpp"
#include "runtime/frame/perbill.hpp"
#include "runtime/pallets/session_types.hpp"

/// What validators did wrong: reports, each taken once, and what they cost.
///
/// Size     all seats of the offending validators, whichever key offended
/// Report   one for each kind, time slot and offender; those of one kind and slot are punished together, so that the
///          fraction grows with their number
/// Bounds   reports stay for ever, or votes could be reported again in a later session of the same GRANDPA set. The
///          first kFreeReports of a validator and a session are taken for nothing; after them reports are signed and
///          pay as other calls do, so that nobody fills storage for nothing by signing on and on against itself, and
///          nobody hides an offence behind lesser ones.
/// Source   pallet_offences, whose storage names these are; what it costs: polkadot-sdk's formulas
namespace runtime::offences {

using Kind = std::array<uint8_t, 16>;
inline constexpr uint32_t kFreeReports = 16;

constexpr Kind kind(const char (&text)[17])
{
    Kind kind{};
    std::copy_n(text, kind.size(), kind.begin());
    return kind;
}
inline constexpr Kind kBabeEquivocation = kind("babe:equivocatio");
inline constexpr Kind kGrandpaEquivocation = kind("grandpa:equivoca");
inline constexpr Kind kUnresponsive = kind("zkp:unresponsive");

/// An account and how many seats it held.
using Offender = std::pair<AccountId, uint32_t>;

struct OffenceDetails
{
    static constexpr std::string_view kPath = "sp_staking::offence::OffenceDetails";
    Offender offender;
    std::vector<AccountId> reporters;
    friend bool operator==(const OffenceDetails&, const OffenceDetails&) = default;
};

/// What is told of an offence.
struct Report
{
    Kind kind{};
    Bytes time_slot; ///< encoded: which slot, round or session
    SessionIndex session = 0;
    uint32_t seats = 0; ///< of that session
    std::vector<Offender> offenders;
    std::optional<AccountId> reporter;
    /// What it costs when offenders hold k of n seats.
    Perbill (*fraction)(uint32_t k, uint32_t n);
};

/// min((3k ÷ n)², 1): one that errs loses little, a third together lose all.
constexpr Perbill equivocation_fraction(uint32_t k, uint32_t n)
{
    const auto thrice = Perbill::of(uint64_t{3} * k, n);
    return thrice * thrice;
}

/// min(3(k − (n ÷ 10 + 1)) ÷ n, 1) × 7 %: a tenth may be away at no cost.
constexpr Perbill unresponsive_fraction(uint32_t k, uint32_t n)
{
    const uint64_t free = n / 10 + 1;
    return k < free ? Perbill{} : Perbill::of(3 * (k - free), n) * Perbill::percent(7);
}

using Reports = OptionalMap<"Offences", "Reports", Twox64Concat, H256, OffenceDetails>;
/// What was reported of one kind and time slot.
using ConcurrentReportsIndex =
    StorageDoubleMap<"Offences", "ConcurrentReportsIndex", Twox64Concat, Kind, Twox64Concat, Bytes, std::vector<H256>>;
/// Reports of a validator and a session, while that session can be proved (historical.hpp).
using ReportCount =
    StorageDoubleMap<"Offences", "ReportCount", Twox64Concat, SessionIndex, Twox64Concat, AccountId, uint32_t>;

struct Offence
{
    Kind kind{};
    Bytes timeslot;
};

inline H256 report_id(const Kind& kind, const Bytes& time_slot, const AccountId& offender)
{
    return {host::blake2_256(scale::encode(std::tuple{kind, time_slot, offender}))};
}

/// R gives on_offence(offenders, fraction, session): what becomes of them. It is told all offenders of one kind and
/// time slot each time that one more is reported, with the fraction that holds for them all.
template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Offences";
    static constexpr std::string_view kCrate = "pallet_offences";
    using Storage = List<Reports, ConcurrentReportsIndex, ReportCount>;
    using Event = scale::Variant<Offence>;

    static bool is_known(const Kind& kind, const Bytes& time_slot, const AccountId& offender)
    {
        return Reports::contains(report_id(kind, time_slot, offender));
    }

    /// True if one more report of this validator and session costs its reporter nothing.
    static bool is_free(SessionIndex session, const AccountId& offender)
    {
        return ReportCount::get(session, offender) < kFreeReports;
    }

    /// Takes a report; false if nothing in it is new.
    static bool file(const Report& report)
    {
        auto concurrent = ConcurrentReportsIndex::get(report.kind, report.time_slot);
        const auto before = concurrent.size();
        for (const auto& offender : report.offenders)
        {
            const auto id = report_id(report.kind, report.time_slot, offender.first);
            if (Reports::contains(id))
                continue;
            std::vector<AccountId> reporters;
            if (report.reporter)
                reporters.push_back(*report.reporter);
            Reports::insert(id, {offender, std::move(reporters)});
            ReportCount::mutate(report.session, offender.first, [](uint32_t& count) { ++count; });
            concurrent.push_back(id);
        }
        if (concurrent.size() == before)
            return false;
        ConcurrentReportsIndex::insert(report.kind, report.time_slot, concurrent);

        std::vector<Offender> all;
        uint32_t seats = 0;
        for (const auto& id : concurrent)
            if (const auto details = Reports::get(id))
            {
                all.push_back(details->offender);
                seats += details->offender.second;
            }
        R::on_offence(all, report.fraction(seats, report.seats), report.session);
        system::deposit_event<R>(Offence{report.kind, report.time_slot});
        return true;
    }

    /// Nothing of this session is reported any more.
    static void forget(SessionIndex session)
    {
        (void)host::clear_prefix(prefix_under<ReportCount, Twox64Concat>(session), std::nullopt);
    }
};

} // namespace runtime::offences
