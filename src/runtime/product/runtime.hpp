#pragma once

#include "primitives/version.hpp"
#include "runtime/frame/executive.hpp"
#include "runtime/pallets/authority_discovery.hpp"
#include "runtime/pallets/authorship.hpp"
#include "runtime/pallets/babe.hpp"
#include "runtime/pallets/balances.hpp"
#include "runtime/pallets/evm_chain_id.hpp"
#include "runtime/pallets/grandpa.hpp"
#include "runtime/pallets/liveness.hpp"
#include "runtime/pallets/preimage.hpp"
#include "runtime/pallets/scheduler.hpp"
#include "runtime/pallets/session.hpp"
#include "runtime/pallets/sudo.hpp"
#include "runtime/pallets/timestamp.hpp"
#include "runtime/pallets/transaction_payment.hpp"
#include "runtime/pallets/utility.hpp"
#include "runtime/product/metadata_hash.hpp"
#include "runtime/product/proxy_type.hpp"
#include "runtime/product/weights.hpp"

#ifdef ZKP_NEXT_RUNTIME
#include "runtime/next/release.hpp"
#else
#include "runtime/product/release.hpp"
#endif

/// The chain's runtime: its pallets, its constants, and how pallets hear of one another.
namespace runtime::product {

/// What is reserved for state that stays: a tenth of a token an entry and a thousandth a byte.
constexpr Balance deposit(uint32_t entries, uint32_t bytes)
{
    return FixedU128::kOne / 10 * entries + FixedU128::kOne / 1000 * bytes;
}

struct Runtime
{
    static constexpr std::string_view kPath = "zkp_runtime::Runtime";

    /// In the order in which hooks run: fees are paid to the author before Authorship forgets it, and the author is
    /// found after Session changed the seats, because the first block of an epoch names a seat of the new one. Indices
    /// never change; a pallet that goes leaves its index unused.
    using Pallets = Release<At<0, system::Pallet<Runtime>>,               //
                            At<8, utility::Pallet<Runtime>>,              //
                            At<1, timestamp::Pallet<Runtime>>,            //
                            At<2, babe::Pallet<Runtime>>,                 //
                            At<6, balances::Pallet<Runtime>>,             //
                            At<7, transaction_payment::Pallet<Runtime>>,  //
                            At<3, grandpa::Pallet<Runtime>>,              //
                            At<5, session::Pallet<Runtime>>,              //
                            At<4, authorship::Pallet<Runtime>>,           //
                            At<9, sudo::Pallet<Runtime>>,                 //
                            At<10, multisig::Pallet<Runtime>>,            //
                            At<11, proxy::Pallet<Runtime>>,               //
                            At<12, preimage::Pallet<Runtime>>,            //
                            At<13, scheduler::Pallet<Runtime>>,           //
                            At<14, assets::Pallet<Runtime>>,              //
                            At<15, evm_chain_id::Pallet<Runtime>>,        //
                            At<16, historical::Pallet<Runtime>>,          //
                            At<17, offences::Pallet<Runtime>>,            //
                            At<18, authority_discovery::Pallet<Runtime>>, //
                            At<19, liveness::Pallet<Runtime>>>;

    using Extra =
        std::tuple<system::CheckNonZeroSender<Runtime>, system::CheckSpecVersion<Runtime>,
                   system::CheckTxVersion<Runtime>, system::CheckGenesis<Runtime>, system::CheckMortality<Runtime>,
                   system::CheckNonce<Runtime>, system::CheckWeight<Runtime>,
                   transaction_payment::ChargeTransactionPayment<Runtime>, metadata_hash::CheckMetadataHash<Runtime>>;

    static constexpr std::string_view kSpecName = "zkp";
    static constexpr uint32_t kSpecVersion = kReleaseVersion;
    using Migrations = ReleaseMigrations;
    static constexpr uint32_t kTransactionVersion = 1;
    /// Values longer than 32 bytes are stored by hash. Light clients refuse anything above 1.
    static constexpr uint8_t kStateVersion = 1;
    static constexpr uint16_t kSs58Prefix = 42;
    static constexpr BlockNumber kBlockHashCount = 4096;

    /// What calls cost, as measured: product/weights.hpp.
    static constexpr RuntimeDbWeight kDbWeight = weights::kDb;
    static constexpr std::span<const CallCost> kCosts = weights::kCosts;
    static constexpr std::span<const CallCost> kHooks = weights::kHooks;

    /// Two thirds of a 3 s slot to execute; 75 % of a block for normal transactions.
    static constexpr runtime::BlockWeights kBlockWeights =
        block_weights(weigh(weights::kBaseBlock, kDbWeight), weigh(weights::kBaseExtrinsic, kDbWeight),
                      {2'000'000 * kPicosecondsPerMicrosecond, std::numeric_limits<uint64_t>::max()}, 75);
    static constexpr runtime::BlockLength kBlockLength{
        {.normal = 5 * 1024 * 1024 / 4 * 3, .operational = 5 * 1024 * 1024, .mandatory = 5 * 1024 * 1024}};

    /// One token for a second of computation, one for a megabyte.
    static constexpr Balance kFeePerPicosecond = 1'000'000;
    static constexpr Balance kFeePerByte = 1'000'000'000'000;
    static constexpr uint8_t kOperationalFeeMultiplier = 5;
    /// Held while a preimage is stored: a tenth of a token, and a hundred for a megabyte.
    static constexpr Balance kPreimageDepositBase = FixedU128::kOne / 10;
    static constexpr Balance kPreimageDepositPerByte = FixedU128::kOne / 10'000;

    static constexpr Balance kMultisigDepositBase = deposit(1, 88);
    static constexpr Balance kMultisigDepositFactor = deposit(0, 32);
    static constexpr Balance kProxyDepositBase = deposit(1, 8);
    static constexpr Balance kProxyDepositFactor = deposit(0, 37);
    static constexpr Balance kAnnouncementDepositBase = deposit(1, 8);
    static constexpr Balance kAnnouncementDepositFactor = deposit(0, 68);
    static constexpr Balance kAssetDeposit = deposit(1, 190);
    static constexpr Balance kAssetAccountDeposit = deposit(1, 16);
    static constexpr Balance kMetadataDepositBase = deposit(1, 68);
    static constexpr Balance kMetadataDepositPerByte = deposit(0, 1);
    static constexpr Balance kApprovalDeposit = deposit(1, 32);

    using ProxyType = product::ProxyType;
    static bool proxy_allows(ProxyType kind, const Call<Runtime>& call) { return allows(kind, call); }
    static bool proxy_is_superset(ProxyType a, ProxyType b) { return is_superset(a, b); }

    static primitives::RuntimeVersion version();
    static std::optional<base::Digest> metadata_hash() { return product::metadata_hash(); }

    static Moment minimum_period() { return babe::SlotDuration::get() / 2; }
    static void on_timestamp_set(Moment now) { babe::Pallet<Runtime>::on_timestamp_set(now); }

    static bool should_end_session(BlockNumber now)
    {
        babe::Pallet<Runtime>::initialize();
        return babe::Pallet<Runtime>::should_epoch_change(now);
    }
    static void set_genesis_seats(const session::Queued& seats)
    {
        babe::Pallet<Runtime>::set_genesis_authorities(babe_authorities(seats));
        grandpa::Pallet<Runtime>::set_genesis_authorities(grandpa_authorities(seats));
        historical::Pallet<Runtime>::on_new_session(0, seats);
        authority_discovery::Pallet<Runtime>::on_new_session(seats, seats);
    }
    static void on_block_authored(const AccountId& who) { liveness::Pallet<Runtime>::note_author(who); }
    static void on_end_session(SessionIndex index) { liveness::Pallet<Runtime>::on_end_session(index); }
    /// The same allocation; its keys may change.
    static std::optional<std::vector<session::Allotment>> new_session(SessionIndex) { return std::nullopt; }

    static void on_new_session(bool changed, const session::Queued& seats, const session::Queued& queued,
                               SessionIndex index)
    {
        babe::Pallet<Runtime>::enact_epoch_change(babe_authorities(seats), babe_authorities(queued), index);
        grandpa::Pallet<Runtime>::on_new_session(changed, grandpa_authorities(seats), index);
        historical::Pallet<Runtime>::on_new_session(index, seats);
        authority_discovery::Pallet<Runtime>::on_new_session(seats, queued);
    }

    /// Offenders lose their seats from the next session on that is not announced yet. What they lose beside is for the
    /// pallet that keeps their stake.
    static void on_offence(const std::vector<offences::Offender>& offenders, Perbill, SessionIndex)
    {
        for (const auto& [who, seats] : offenders)
            session::Pallet<Runtime>::drop_seats(who);
    }
    static void on_session_forgotten(SessionIndex index) { offences::Pallet<Runtime>::forget(index); }
    /// As long as the session can be proved, if there is a block in every slot.
    static uint64_t report_longevity() { return historical::kSessionsKept * babe::EpochDuration::get(); }

    static std::vector<primitives::babe::Authority> babe_authorities(const session::Queued& seats)
    {
        std::vector<primitives::babe::Authority> authorities;
        for (const auto& [who, keys] : seats)
            authorities.push_back({keys.babe, 1});
        return authorities;
    }
    static primitives::grandpa::AuthorityList grandpa_authorities(const session::Queued& seats)
    {
        primitives::grandpa::AuthorityList authorities;
        for (const auto& [who, keys] : seats)
            authorities.push_back({keys.grandpa, 1});
        return authorities;
    }
};

} // namespace runtime::product

// Once for all files: in product/calls.cpp.
namespace runtime {

extern template struct Call<product::Runtime>;
extern template DispatchInfo info_of<product::Runtime>(const Call<product::Runtime>&);
extern template Outcome dispatch<product::Runtime>(const Call<product::Runtime>&, const Origin&);

} // namespace runtime
