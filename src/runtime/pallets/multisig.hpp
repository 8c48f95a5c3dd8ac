#pragma once

#include "runtime/frame/compose.hpp"
#include "runtime/pallets/balances.hpp"
#include "runtime/pallets/timepoint.hpp"

/// Calls made by several accounts together, from an account that is theirs.
///
/// Source  pallet_multisig; layouts, numbers and names are its own. Stricter here: filters of a signatory's origin hold
///         for the call that he approves and for the call that runs
namespace runtime::multisig {

/// Under which the pallet reserves what it has in deposit: it gives back what is its own.
inline constexpr balances::Identifier kDeposits{'p', 'y', '/', 'm', 'u', 'l', 't', 'i'};

using CallHash = std::array<uint8_t, 32>; ///< BLAKE2b-256 of the encoded call

inline constexpr uint32_t kSignatoriesMax = 100;

/// An operation that waits for approvals.
struct Multisig
{
    static constexpr std::string_view kPath = "pallet_multisig::Multisig";
    Timepoint when;
    Balance deposit = 0;                                     ///< reserved of the depositor
    AccountId depositor;                                     ///< the first to approve
    scale::BoundedVec<AccountId, kSignatoriesMax> approvals; ///< in ascending order
};

using Multisigs =
    OptionalDoubleMap<"Multisig", "Multisigs", Twox64Concat, AccountId, Blake2_128Concat, CallHash, Multisig>;

template <class R>
struct AsMultiThreshold1
{
    static constexpr std::string_view kName = "as_multi_threshold_1";
    static constexpr std::string_view kDocs =
        "Immediately dispatch a multi-signature call using a single approval from the caller.";
    std::vector<AccountId> other_signatories;
    scale::Box<Call<R>> call;
    friend bool operator==(const AsMultiThreshold1&, const AsMultiThreshold1&) = default;
};
template <class R>
struct AsMulti
{
    static constexpr std::string_view kDocs =
        "Approve a call of a composite account; dispatch it if enough of `other_signatories` have approved.";
    uint16_t threshold = 0;
    std::vector<AccountId> other_signatories;
    std::optional<Timepoint> maybe_timepoint;
    scale::Box<Call<R>> call;
    Weight max_weight;
    friend bool operator==(const AsMulti&, const AsMulti&) = default;
};
struct ApproveAsMulti
{
    static constexpr std::string_view kDocs = "Approve a call of a composite account, known by its hash.";
    uint16_t threshold = 0;
    std::vector<AccountId> other_signatories;
    std::optional<Timepoint> maybe_timepoint;
    CallHash call_hash{};
    Weight max_weight;
    friend bool operator==(const ApproveAsMulti&, const ApproveAsMulti&) = default;
};
struct CancelAsMulti
{
    static constexpr std::string_view kDocs = "Cancel an operation that the sender began; its deposit is returned.";
    uint16_t threshold = 0;
    std::vector<AccountId> other_signatories;
    Timepoint timepoint;
    CallHash call_hash{};
    friend bool operator==(const CancelAsMulti&, const CancelAsMulti&) = default;
};
struct PokeDeposit
{
    static constexpr std::string_view kDocs =
        "Adjust the deposit of an operation to today's price; free if it changes.";
    uint16_t threshold = 0;
    std::vector<AccountId> other_signatories;
    CallHash call_hash{};
    friend bool operator==(const PokeDeposit&, const PokeDeposit&) = default;
};

struct NewMultisig
{
    AccountId approving;
    AccountId multisig;
    CallHash call_hash{};
};
struct MultisigApproval
{
    AccountId approving;
    Timepoint timepoint;
    AccountId multisig;
    CallHash call_hash{};
};
struct MultisigExecuted
{
    AccountId approving;
    Timepoint timepoint;
    AccountId multisig;
    CallHash call_hash{};
    Result<> result;
};
struct MultisigCancelled
{
    AccountId cancelling;
    Timepoint timepoint;
    AccountId multisig;
    CallHash call_hash{};
};
struct DepositPoked
{
    AccountId who;
    CallHash call_hash{};
    Balance old_deposit = 0;
    Balance new_deposit = 0;
};

enum class Error : uint8_t
{
    minimum_threshold,
    already_approved,
    no_approvals_needed,
    too_few_signatories,
    too_many_signatories,
    signatories_out_of_order,
    sender_in_signatories,
    not_found,
    not_owner,
    no_timepoint,
    wrong_timepoint,
    unexpected_timepoint,
    max_weight_too_low,
    already_stored,
};
constexpr std::string_view path_of(Error) { return "pallet_multisig::pallet::Error"; }

/// The account of `signatories`, in ascending order, of whom `threshold` must agree.
inline AccountId account_of(std::span<const AccountId> signatories, uint16_t threshold)
{
    scale::Writer seed;
    seed.put(base::view("modlpy/utilisuba"));
    scale::encode(signatories, seed);
    scale::encode(threshold, seed);
    return {host::blake2_256(seed.bytes())};
}

template <class R>
CallHash hash_of(const Call<R>& call)
{
    return host::blake2_256(scale::encode(call));
}

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Multisig";
    static constexpr std::string_view kCrate = "pallet_multisig";
    using Storage = List<Multisigs>;
    using Call = scale::Variant<AsMultiThreshold1<R>, AsMulti<R>, ApproveAsMulti, CancelAsMulti, PokeDeposit>;
    using Event = scale::Variant<NewMultisig, MultisigApproval, MultisigExecuted, MultisigCancelled, DepositPoked>;
    using Error = multisig::Error;

    struct DepositBase
    {
        static Balance value() { return R::kMultisigDepositBase; }
    };
    struct DepositFactor
    {
        static Balance value() { return R::kMultisigDepositFactor; }
    };
    struct MaxSignatories
    {
        static uint32_t value() { return kSignatoriesMax; }
    };
    using Constants = List<DepositBase, DepositFactor, MaxSignatories>;

    static DispatchInfo info(const AsMultiThreshold1<R>& call)
    {
        const auto inner = info_of<R>(*call.call);
        return {own_weight(call) + inner.weight, inner.dispatch_class};
    }
    static Weight weight(const AsMulti<R>& call) { return own_weight(call) + call.max_weight; }
    static Weight weight(const ApproveAsMulti& call) { return own_weight(call) + call.max_weight; }
    static Weight weight(const CancelAsMulti& call) { return own_weight(call); }
    static Weight weight(const PokeDeposit& call) { return own_weight(call); }

    static Outcome dispatch(const Origin& origin, const AsMultiThreshold1<R>& call)
    {
        const auto group = group_of(origin, call.other_signatories, 1);
        if (!group)
            return std::unexpected(Failure{group.error()});
        auto outcome = runtime::dispatch<R>(*call.call, origin.acting_as(group->account));
        auto& post = outcome ? *outcome : outcome.error().post;
        if (post.actual_weight)
            *post.actual_weight += own_weight(call);
        return outcome;
    }

    static Outcome dispatch(const Origin& origin, const AsMulti<R>& call)
    {
        // What is approved today may run under another's origin tomorrow.
        if (!permits<R>(origin, *call.call))
            return call_filtered<R>();
        return operate(origin, call, hash_of<R>(*call.call), &*call.call);
    }
    static Outcome dispatch(const Origin& origin, const ApproveAsMulti& call)
    {
        return operate(origin, call, call.call_hash, nullptr);
    }

    static Result<> dispatch(const Origin& origin, const CancelAsMulti& call)
    {
        const auto group = threshold_group_of(origin, call);
        if (!group)
            return std::unexpected(group.error());
        const auto open = Multisigs::get(group->account, call.call_hash);
        if (!open)
            return fail<R>(Error::not_found);
        if (open->when != call.timepoint)
            return fail<R>(Error::wrong_timepoint);
        if (open->depositor != group->sender)
            return fail<R>(Error::not_owner);
        close(*group, call.call_hash, *open);
        system::deposit_event<R>(MultisigCancelled{group->sender, call.timepoint, group->account, call.call_hash});
        return {};
    }

    static Outcome dispatch(const Origin& origin, const PokeDeposit& call)
    {
        const auto group = threshold_group_of(origin, call);
        if (!group)
            return std::unexpected(Failure{group.error()});
        auto open = Multisigs::get(group->account, call.call_hash);
        if (!open)
            return fail<R>(Error::not_found);
        if (open->depositor != group->sender)
            return fail<R>(Error::not_owner);
        const auto old = std::exchange(open->deposit, deposit_of(call.threshold));
        if (old == open->deposit)
            return PostInfo{};
        if (open->deposit > old)
        {
            if (const auto reserved = Token::reserve_named(kDeposits, group->sender, open->deposit - old); !reserved)
                return std::unexpected(Failure{reserved.error()});
        }
        else
            Token::unreserve_named(kDeposits, group->sender, old - open->deposit);
        Multisigs::insert(group->account, call.call_hash, *open);
        system::deposit_event<R>(DepositPoked{group->sender, call.call_hash, old, open->deposit});
        return PostInfo{.actual_weight = std::nullopt, .pays_fee = Pays::no};
    }

private:
    using Token = balances::Pallet<R>;

    /// Who sends, and the account of those he sends with.
    struct Group
    {
        AccountId sender;
        AccountId account;
    };

    /// Of a call without the call in it.
    static Weight own_weight(const auto& call) { return measured<R, Pallet>(call, call.other_signatories.size()); }
    static Balance deposit_of(uint16_t threshold)
    {
        return saturating_add(R::kMultisigDepositBase, saturating_mul(R::kMultisigDepositFactor, threshold));
    }

    static Result<Group> group_of(const Origin& origin, const std::vector<AccountId>& others, uint16_t threshold)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        if (others.empty())
            return fail<R>(Error::too_few_signatories);
        if (others.size() >= kSignatoriesMax)
            return fail<R>(Error::too_many_signatories);
        if (std::ranges::adjacent_find(others, std::greater_equal{}) != others.end())
            return fail<R>(Error::signatories_out_of_order);
        auto all = others;
        const auto place = std::ranges::lower_bound(all, *who);
        if (place != all.end() && *place == *who)
            return fail<R>(Error::sender_in_signatories);
        all.insert(place, *who);
        return Group{*who, account_of(all, threshold)};
    }

    static Result<Group> threshold_group_of(const Origin& origin, const auto& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        if (call.threshold < 2)
            return fail<R>(Error::minimum_threshold);
        return group_of(origin, call.other_signatories, call.threshold);
    }

    static void close(const Group& group, const CallHash& hash, const Multisig& open)
    {
        Multisigs::remove(group.account, hash);
        Token::unreserve_named(kDeposits, open.depositor, open.deposit);
    }

    static bool completes(const Multisig& open, const AccountId& sender, uint16_t threshold)
    {
        const auto& approvals = open.approvals.items();
        return approvals.size() + !std::ranges::binary_search(approvals, sender) >= threshold;
    }

    /// One approval: opens the operation, adds to it, or runs the call if it is known and enough have approved.
    ///
    /// Holds  an origin with limits leaves no approval behind: whoever completes it runs the call without them
    static Outcome operate(const Origin& origin, const auto& call, const CallHash& hash, const runtime::Call<R>* inner)
    {
        const auto group = threshold_group_of(origin, call);
        if (!group)
            return std::unexpected(Failure{group.error()});
        const auto used = own_weight(call);
        auto open = Multisigs::get(group->account, hash);
        const bool runs = open && inner != nullptr && completes(*open, group->sender, call.threshold);
        if (!runs && !origin.filters().empty())
            return call_filtered<R>();
        if (!open)
            return begin(*group, call, hash, used);
        if (!call.maybe_timepoint)
            return fail<R>(Error::no_timepoint);
        if (open->when != *call.maybe_timepoint)
            return fail<R>(Error::wrong_timepoint);

        auto approvals = open->approvals.items();
        const auto place = std::ranges::lower_bound(approvals, group->sender);
        const bool approved = place != approvals.end() && *place == group->sender;
        const bool counts = !approved && approvals.size() < call.threshold;
        if (inner != nullptr && approvals.size() + counts >= call.threshold)
            return run(origin, *group, *open, hash, *inner, call.max_weight, used);
        if (!counts)
            return fail<R>(Error::already_approved);
        approvals.insert(place, group->sender);
        auto bounded = decltype(open->approvals)::from(std::move(approvals));
        if (!bounded)
            return fail<R>(Error::too_many_signatories);
        open->approvals = std::move(*bounded);
        Multisigs::insert(group->account, hash, *open);
        system::deposit_event<R>(MultisigApproval{group->sender, open->when, group->account, hash});
        return PostInfo{used};
    }

    static Outcome begin(const Group& group, const auto& call, const CallHash& hash, Weight used)
    {
        if (call.maybe_timepoint)
            return fail<R>(Error::unexpected_timepoint);
        const auto deposit = deposit_of(call.threshold);
        if (const auto reserved = Token::reserve_named(kDeposits, group.sender, deposit); !reserved)
            return std::unexpected(Failure{reserved.error()});
        decltype(Multisig::approvals) approvals;
        if (!approvals.try_push(group.sender))
            return fail<R>(Error::too_many_signatories);
        Multisigs::insert(group.account, hash, {Timepoint::now(), deposit, group.sender, std::move(approvals)});
        system::deposit_event<R>(NewMultisig{group.sender, group.account, hash});
        return PostInfo{used};
    }

    /// The operation is closed before the call runs, so that the call cannot meet it again.
    static Outcome run(const Origin& origin, const Group& group, const Multisig& open, const CallHash& hash,
                       const runtime::Call<R>& inner, Weight max_weight, Weight used)
    {
        const auto estimated = info_of<R>(inner).weight;
        if (estimated.any_gt(max_weight))
            return fail<R>(Error::max_weight_too_low);
        close(group, hash, open);
        const auto outcome = runtime::dispatch<R>(inner, origin.acting_as(group.account));
        const auto result = outcome ? Result<>{} : Result<>{std::unexpected(outcome.error().error)};
        system::deposit_event<R>(MultisigExecuted{group.sender, open.when, group.account, hash, result});
        const auto& post = outcome ? *outcome : outcome.error().post;
        return PostInfo{used + post.actual_weight.value_or(estimated)};
    }
};

} // namespace runtime::multisig
