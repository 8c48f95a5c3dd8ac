#pragma once

#include "runtime/frame/transaction.hpp"
#include "runtime/pallets/system.hpp"

#include <limits>

/// The transaction extensions that check who sends what, when, on which chain, and whether it fits the block.
///
/// Source  frame_system::extensions
namespace runtime::system {

template <class R>
struct CheckNonZeroSender
{
    static constexpr std::string_view kPath = "frame_system::extensions::check_non_zero_sender::CheckNonZeroSender";
    static Validity<> validate(const Transaction& transaction, ValidTransaction&)
    {
        if (transaction.who == AccountId{})
            return invalid(InvalidTransaction::Why::BadSigner);
        return {};
    }
};

template <class R>
struct CheckSpecVersion
{
    static constexpr std::string_view kPath = "frame_system::extensions::check_spec_version::CheckSpecVersion";
    using Implicit = uint32_t;
    static Validity<Implicit> implicit() { return R::kSpecVersion; }
};

template <class R>
struct CheckTxVersion
{
    static constexpr std::string_view kPath = "frame_system::extensions::check_tx_version::CheckTxVersion";
    using Implicit = uint32_t;
    static Validity<Implicit> implicit() { return R::kTransactionVersion; }
};

template <class R>
struct CheckGenesis
{
    static constexpr std::string_view kPath = "frame_system::extensions::check_genesis::CheckGenesis";
    using Implicit = H256;
    static Validity<Implicit> implicit() { return BlockHash::get(0); }
};

template <class R>
struct CheckMortality
{
    static constexpr std::string_view kPath = "frame_system::extensions::check_mortality::CheckMortality";
    using Implicit = H256;
    primitives::Era value;

    Validity<Implicit> implicit() const
    {
        const auto hash = BlockHash::find(BlockNumber(value.birth(Number::get())));
        if (!hash)
            return invalid(InvalidTransaction::Why::AncientBirthBlock);
        return *hash;
    }
    Validity<> validate(const Transaction&, ValidTransaction& valid) const
    {
        const uint64_t now = Number::get();
        valid.longevity = std::min(valid.longevity, saturating_sub(value.death(now), now));
        return {};
    }
};

template <class R>
struct CheckNonce
{
    static constexpr std::string_view kPath = "frame_system::extensions::check_nonce::CheckNonce";
    Compact<Nonce> value;

    Validity<> validate(const Transaction& transaction, ValidTransaction& valid) const
    {
        const auto account = Account::get(transaction.who);
        if (account.providers + account.sufficients == 0)
            return invalid(InvalidTransaction::Why::Payment);
        if (value.value < account.nonce)
            return invalid(InvalidTransaction::Why::Stale);
        const auto tag = [&](Nonce nonce) { return scale::encode(std::tuple{transaction.who, nonce}); };
        valid.provides.push_back(tag(value.value));
        if (account.nonce < value.value)
            valid.requires_.push_back(tag(value.value - 1));
        return {};
    }
    Validity<> prepare(Transaction& transaction) const
    {
        return Account::mutate(transaction.who, [&](AccountInfo& account) -> Validity<> {
            if (value.value != account.nonce)
                return invalid(value.value < account.nonce ? InvalidTransaction::Why::Stale
                                                           : InvalidTransaction::Why::Future);
            ++account.nonce;
            return {};
        });
    }
};

/// Keeps blocks within R::kBlockWeights and R::kBlockLength.
template <class R>
struct CheckWeight
{
    static constexpr std::string_view kPath = "frame_system::extensions::check_weight::CheckWeight";
    static Validity<> validate(const Transaction& transaction, ValidTransaction&)
    {
        const auto& limits = R::kBlockWeights.per_class.at(transaction.info.dispatch_class);
        if (limits.max_extrinsic && transaction.info.weight.any_gt(*limits.max_extrinsic))
            return invalid(InvalidTransaction::Why::ExhaustsResources);
        if (transaction.length > R::kBlockLength.max.at(transaction.info.dispatch_class))
            return invalid(InvalidTransaction::Why::ExhaustsResources);
        return {};
    }

    static Validity<> prepare(Transaction& transaction)
    {
        const auto which = transaction.info.dispatch_class;
        const auto& limits = R::kBlockWeights.per_class.at(which);
        const uint64_t length = uint64_t{AllExtrinsicsLen::get().value_or(0)} + transaction.length;
        if (length > R::kBlockLength.max.at(which))
            return invalid(InvalidTransaction::Why::ExhaustsResources);

        auto used = BlockWeight::get();
        auto& of_class = used.at(which);
        of_class += transaction.info.weight + limits.base_extrinsic;
        if (limits.max_total && of_class.any_gt(*limits.max_total))
            return invalid(InvalidTransaction::Why::ExhaustsResources);
        const auto total = used.normal + used.operational + used.mandatory;
        if (total.any_gt(R::kBlockWeights.max_block) && limits.reserved && of_class.any_gt(*limits.reserved))
            return invalid(InvalidTransaction::Why::ExhaustsResources);

        AllExtrinsicsLen::put(uint32_t(length));
        BlockWeight::put(used);
        return {};
    }

    /// Gives back what the call did not use.
    static void post_dispatch(const Transaction& transaction, const PostInfo& post, const Result<>&)
    {
        if (!post.actual_weight)
            return;
        const auto unspent = transaction.info.weight - Weight::min(*post.actual_weight, transaction.info.weight);
        if (unspent == Weight{})
            return;
        BlockWeight::mutate([&](PerDispatchClass<Weight>& used) {
            auto& of_class = used.at(transaction.info.dispatch_class);
            of_class = of_class - unspent;
        });
    }
};

} // namespace runtime::system

namespace runtime::metadata_hash {

enum class Mode : uint8_t
{
    disabled,
    enabled,
};
constexpr std::string_view path_of(Mode) { return "frame_metadata_hash_extension::Mode"; }

/// Lets a signer commit to the metadata that it saw (RFC-78): in Mode::enabled its hash is part of what is signed, so
/// a signer that was shown other calls than the runtime has signs nothing that this runtime takes. R::metadata_hash()
/// is nothing in a build that carries no hash: the mode is refused there.
template <class R>
struct CheckMetadataHash
{
    static constexpr std::string_view kPath = "frame_metadata_hash_extension::CheckMetadataHash";
    using Implicit = std::optional<std::array<uint8_t, 32>>;
    Mode mode{};

    Validity<Implicit> implicit() const
    {
        if (mode == Mode::disabled)
            return Implicit{};
        const auto hash = R::metadata_hash();
        if (!hash)
            return unknown(UnknownTransaction::Why::CannotLookup);
        return hash;
    }
};

} // namespace runtime::metadata_hash
