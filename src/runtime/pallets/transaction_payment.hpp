#pragma once

#include "runtime/frame/limits.hpp"
#include "runtime/frame/transaction.hpp"
#include "runtime/pallets/authorship.hpp"
#include "runtime/pallets/balances.hpp"

/// Fees: a base, so much a byte, so much for the weight times a multiplier that follows how full blocks are. Fees of a
/// block go to its author.
///
/// Source  pallet_transaction_payment; the multiplier is its TargetedFeeAdjustment
namespace runtime::transaction_payment {

struct InitialMultiplier
{
    static constexpr FixedU128 value() { return {FixedU128::kOne}; }
};
using NextFeeMultiplier = StorageValue<"TransactionPayment", "NextFeeMultiplier", FixedU128, InitialMultiplier>;
/// Fees of the block under construction, paid out at its end.
using CollectedFees = StorageValue<"TransactionPayment", "CollectedFees", Balance>;

struct TransactionFeePaid
{
    AccountId who;
    Balance actual_fee = 0;
    Balance tip = 0;
};

struct InclusionFee
{
    static constexpr std::string_view kPath = "pallet_transaction_payment::types::InclusionFee";
    Balance base_fee = 0;
    Balance len_fee = 0;
    Balance adjusted_weight_fee = 0;
    constexpr Balance total() const { return saturating_add(saturating_add(base_fee, len_fee), adjusted_weight_fee); }
};
struct FeeDetails
{
    static constexpr std::string_view kPath = "pallet_transaction_payment::types::FeeDetails";
    std::optional<InclusionFee> inclusion_fee;
};
struct RuntimeDispatchInfo
{
    static constexpr std::string_view kPath = "pallet_transaction_payment::types::RuntimeDispatchInfo";
    Weight weight;
    DispatchClass class_ = DispatchClass::normal;
    Balance partial_fee = 0;
};

/// a · b of numbers in units of 10⁻¹⁸; saturates.
constexpr u128 times(u128 a, u128 b)
{
    u128 product = 0;
    if (!__builtin_mul_overflow(a, b, &product))
        return product / FixedU128::kOne;
    return a > b ? saturating_mul(a / FixedU128::kOne, b) : saturating_mul(b / FixedU128::kOne, a);
}

/// The multiplier after a block that used `used` of `limit`:
///     m · (1 + v·d + v²·d²/2),   d = used/limit − target,   v = 75·10⁻⁶,   target = 1/4,   at least 1/10.
/// Blocks full for a day of 3 s slots raise it about fivefold.
constexpr FixedU128 next_multiplier(FixedU128 multiplier, uint64_t used, uint64_t limit)
{
    constexpr u128 target = FixedU128::kOne / 4;
    constexpr u128 v = 75'000'000'000'000;
    constexpr u128 least = FixedU128::kOne / 10;
    const u128 full = u128{std::min(used, limit)} * FixedU128::kOne / std::max<uint64_t>(limit, 1);
    const bool rises = full >= target;
    const u128 d = rises ? full - target : target - full;
    const u128 first = times(v, d);
    const u128 second = times(times(v, v) / 2, times(d, d));
    const u128 step = times(multiplier.value, rises ? first + second : saturating_sub(first, second));
    return {std::max(rises ? saturating_add(multiplier.value, step) : saturating_sub(multiplier.value, step), least)};
}

/// R gives kFeePerByte, kFeePerPicosecond and kOperationalFeeMultiplier.
template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "TransactionPayment";
    static constexpr std::string_view kCrate = "pallet_transaction_payment";
    using Storage = List<NextFeeMultiplier, CollectedFees>;
    using Event = scale::Variant<TransactionFeePaid>;

    struct OperationalFeeMultiplier
    {
        static uint8_t value() { return R::kOperationalFeeMultiplier; }
    };
    using Constants = List<OperationalFeeMultiplier>;

    static void on_finalize(BlockNumber)
    {
        const auto used = system::BlockWeight::get().normal.ref_time;
        const auto limit = R::kBlockWeights.per_class.normal.max_total->ref_time;
        NextFeeMultiplier::put(next_multiplier(NextFeeMultiplier::get(), used, limit));
        pay_out();
    }

    static Balance weight_to_fee(const Weight& weight)
    {
        return saturating_mul(R::kFeePerPicosecond, Weight::min(weight, R::kBlockWeights.max_block).ref_time.value);
    }
    static Balance length_to_fee(uint32_t length) { return saturating_mul(R::kFeePerByte, length); }

    /// What a call of this weight pays, before any tip; nothing if it pays nothing.
    static std::optional<InclusionFee> inclusion_fee(const DispatchInfo& info, const Weight& weight, Pays pays,
                                                     uint32_t length)
    {
        if (pays == Pays::no)
            return std::nullopt;
        return InclusionFee{weight_to_fee(R::kBlockWeights.per_class.at(info.dispatch_class).base_extrinsic),
                            length_to_fee(length), times(NextFeeMultiplier::get().value, weight_to_fee(weight))};
    }

    static Balance fee(const DispatchInfo& info, const Weight& weight, Pays pays, uint32_t length, Balance tip)
    {
        const auto inclusion = inclusion_fee(info, weight, pays, length);
        return saturating_add(inclusion ? inclusion->total() : 0, tip);
    }

private:
    static void pay_out()
    {
        const auto collected = CollectedFees::get();
        if (collected == 0)
            return;
        CollectedFees::kill();
        const auto author = authorship::Author::get();
        if (author && balances::Pallet<R>::give(*author, collected))
            return system::deposit_event<R>(balances::Deposit{*author, collected});
        balances::TotalIssuance::mutate([&](Balance& total) { total = saturating_sub(total, collected); });
    }
};

/// Withdraws the fee before the call, gives back what it did not use.
template <class R>
struct ChargeTransactionPayment
{
    static constexpr std::string_view kPath = "pallet_transaction_payment::ChargeTransactionPayment";
    Compact<Balance> value; ///< the tip

    Validity<> validate(const Transaction& transaction, ValidTransaction& valid) const
    {
        const auto due = full_fee(transaction);
        if (balances::spendable(system::Account::get(transaction.who).data) < due)
            return invalid(InvalidTransaction::Why::Payment);
        valid.priority = priority(transaction, due);
        return {};
    }

    Validity<> prepare(Transaction& transaction) const
    {
        transaction.fee = full_fee(transaction);
        if (transaction.fee == 0)
            return {};
        if (!balances::Pallet<R>::take(transaction.who, transaction.fee))
            return invalid(InvalidTransaction::Why::Payment);
        system::deposit_event<R>(balances::Withdraw{transaction.who, transaction.fee});
        return {};
    }

    void post_dispatch(const Transaction& transaction, const PostInfo& post, const Result<>&) const
    {
        const auto& info = transaction.info;
        const auto weight = post.actual_weight ? Weight::min(*post.actual_weight, info.weight) : info.weight;
        const auto pays = info.pays_fee == Pays::no ? Pays::no : post.pays_fee;
        const auto due = std::min(transaction.fee, Pallet<R>::fee(info, weight, pays, transaction.length, value));
        if (const auto refund = transaction.fee - due;
            refund != 0 && balances::Pallet<R>::give(transaction.who, refund))
            system::deposit_event<R>(balances::Deposit{transaction.who, refund});
        if (due != 0)
            CollectedFees::mutate([&](Balance& collected) { collected = saturating_add(collected, due); });
        system::deposit_event<R>(TransactionFeePaid{transaction.who, due, value});
    }

private:
    Balance full_fee(const Transaction& transaction) const
    {
        return Pallet<R>::fee(transaction.info, transaction.info.weight, transaction.info.pays_fee, transaction.length,
                              value);
    }

    /// The tip for as much of a block as the transaction could fill; operational ones add a part of their fee.
    uint64_t priority(const Transaction& transaction, Balance due) const
    {
        const auto which = transaction.info.dispatch_class;
        const auto& limit = R::kBlockWeights.per_class.at(which).max_total.value_or(R::kBlockWeights.max_block);
        const auto most = R::kBlockLength.max.at(which);
        const auto weight = std::clamp<uint64_t>(transaction.info.weight.ref_time, 1, limit.ref_time);
        const auto length = std::clamp<uint32_t>(transaction.length, 1, most);
        const auto fitting = std::min<uint64_t>(limit.ref_time / weight, most / length);
        auto scaled = saturating_mul(saturating_add(value.value, 1), fitting);
        if (which == DispatchClass::operational)
            scaled = saturating_add(scaled, saturating_mul(saturating_mul(due, R::kOperationalFeeMultiplier), fitting));
        return scaled >> 64 != 0 ? std::numeric_limits<uint64_t>::max() : uint64_t(scaled);
    }
};

} // namespace runtime::transaction_payment
