#include "runtime/testing/world.hpp"

#include <gtest/gtest.h>

/// Calls of the Assets pallet one by one. Asset 7 is live, its minimum is 10; account 1 owns it, 2 issues, 3 is its
/// admin, 4 its freezer; 5 and 6 hold 100 each.
namespace runtime::assets {
namespace {

using namespace testing;

constexpr AssetId kAsset = 7;
constexpr Balance kMax = ~Balance{0};

struct Assets : ::testing::Test, World
{
    Assets()
    {
        EXPECT_EQ(by(1, Create{kAsset, account(2), 10}), kDone);
        EXPECT_EQ(by(1, SetTeam{kAsset, account(2), account(3), account(4)}), kDone);
        EXPECT_EQ(by(2, Mint{kAsset, account(5), Balance{100}}), kDone);
        EXPECT_EQ(by(2, Mint{kAsset, account(6), Balance{100}}), kDone);
        forget_events();
    }

    void expect(const std::vector<Case>& cases)
    {
        for (size_t i = 0; i != cases.size(); ++i)
            EXPECT_EQ(run(cases[i].origin, cases[i].call), cases[i].expect) << "case " << i;
    }

    static Balance held(uint8_t n) { return Account::get(kAsset, account(n)).value_or(AssetAccount{}).balance; }
    static AssetDetails details() { return Asset::get(kAsset).value_or(AssetDetails{}); }
};

TEST_F(Assets, are_made_by_anybody_against_a_deposit_and_by_root_without)
{
    EXPECT_EQ(by(5, Create{8, account(6), 1}), kDone);
    EXPECT_TRUE(saw(Created{8, account(5), account(6)}));
    EXPECT_EQ(reserved(5), Runtime::kAssetDeposit);
    EXPECT_EQ(Asset::get(8)->owner, account(5));
    EXPECT_EQ(Asset::get(8)->issuer, account(6));
    EXPECT_EQ(by_root(ForceCreate{9, account(6), true, Balance{kMax}}), kDone);
    EXPECT_TRUE(saw(ForceCreated{9, account(6)}));
    EXPECT_EQ(reserved(6), Balance{0});
    EXPECT_TRUE(Asset::get(9)->is_sufficient);
    EXPECT_EQ(Asset::get(9)->min_balance, kMax);
    expect({
        {signer(5), Create{kAsset, account(5), 1}, refused(Error::in_use)},
        {signer(5), Create{10, account(5), 0}, refused(Error::min_balance_zero)},
        {signer(5), Create{10, kNowhere, 1}, kCannotLookup},
        {signer(99), Create{10, account(5), 1}, refused(balances::Error::insufficient_balance)},
        {Origin::root(), Create{10, account(5), 1}, kBadOrigin},
        {Origin::none(), Create{10, account(5), 1}, kBadOrigin},
        {Origin::root(), ForceCreate{kAsset, account(5), true, Balance{1}}, refused(Error::in_use)},
        {Origin::root(), ForceCreate{10, account(5), true, Balance{0}}, refused(Error::min_balance_zero)},
        {Origin::root(), ForceCreate{10, kNowhere, true, Balance{1}}, kCannotLookup},
        {signer(5), ForceCreate{10, account(5), true, Balance{1}}, kBadOrigin},
    });
}

TEST_F(Assets, that_nobody_made_are_unknown_to_every_call)
{
    each_call<Pallet<Runtime>>([&](const Call<Runtime>& call) {
        if (call.get<Create>() || call.get<ForceCreate>())
            return;
        const auto result = by(1, call).has_value() ? kDone : by(1, call);
        const bool by_root_only =
            call.get<ForceSetMetadata>() || call.get<ForceClearMetadata>() || call.get<ForceAssetStatus>();
        const auto expected = call.get<Refund>() || call.get<RefundOther>() ? refused(Error::unknown)
                              : by_root_only                                ? kBadOrigin
                                                                            : refused(Error::unknown);
        EXPECT_EQ(result, expected);
        if (by_root_only)
            EXPECT_EQ(by_root(call), refused(Error::unknown));
    });
    EXPECT_EQ(Asset::get(0), std::nullopt);
}

TEST_F(Assets, are_run_by_their_team_alone)
{
    const auto no = refused(Error::no_permission);
    const auto six = account(6);
    expect({
        {signer(3), Mint{kAsset, six, Balance{1}}, no},
        {signer(2), Burn{kAsset, six, Balance{1}}, no},
        {signer(4), ForceTransfer{kAsset, six, account(5), Balance{1}}, no},
        {signer(3), Freeze{kAsset, six}, no},
        {signer(3), Block{kAsset, six}, no},
        {signer(4), Thaw{kAsset, six}, no},
        {signer(3), FreezeAsset{kAsset}, no},
        {signer(4), ThawAsset{kAsset}, no},
        {signer(2), TransferOwnership{kAsset, six}, no},
        {signer(2), SetTeam{kAsset, six, six, six}, no},
        {signer(2), SetMetadata{kAsset, {'a'}, {'b'}, 1}, no},
        {signer(2), ClearMetadata{kAsset}, no},
        {signer(2), SetMinBalance{kAsset, 1}, no},
        {signer(2), StartDestroy{kAsset}, no},
        {signer(2), ForceCancelApproval{kAsset, six, six}, no},
        {signer(1), ForceAssetStatus{kAsset, six, six, six, six, Balance{1}, true, false}, kBadOrigin},
        {signer(1), ForceSetMetadata{kAsset, {}, {}, 0, true}, kBadOrigin},
        {signer(1), ForceClearMetadata{kAsset}, kBadOrigin},
    });
}

TEST_F(Assets, ask_for_a_signature_and_for_addresses_that_name_accounts)
{
    each_call<Pallet<Runtime>>([&](const Call<Runtime>& call) { EXPECT_EQ(run(Origin::none(), call), kBadOrigin); });
    const auto five = account(5);
    for (const Call<Runtime>& call : std::vector<Call<Runtime>>{
             Mint{kAsset, kNowhere, Balance{1}}, Burn{kAsset, kNowhere, Balance{1}},
             Transfer{kAsset, kNowhere, Balance{1}}, TransferKeepAlive{kAsset, kNowhere, Balance{1}},
             ForceTransfer{kAsset, kNowhere, five, Balance{1}}, ForceTransfer{kAsset, five, kNowhere, Balance{1}},
             Freeze{kAsset, kNowhere}, Thaw{kAsset, kNowhere}, Block{kAsset, kNowhere},
             TransferOwnership{kAsset, kNowhere}, ApproveTransfer{kAsset, kNowhere, Balance{1}},
             CancelApproval{kAsset, kNowhere}, ForceCancelApproval{kAsset, kNowhere, five},
             TransferApproved{kAsset, kNowhere, five, Balance{1}}, TouchOther{kAsset, kNowhere},
             RefundOther{kAsset, kNowhere}, TransferAll{kAsset, kNowhere, false}})
        EXPECT_EQ(by(5, call), kCannotLookup);
    EXPECT_EQ(by(1, SetTeam{kAsset, five, kNowhere, five}), kCannotLookup);
    EXPECT_EQ(by_root(ForceAssetStatus{kAsset, kNowhere, five, five, five, Balance{1}, true, false}), kCannotLookup);
    EXPECT_EQ(by_root(ForceAssetStatus{kAsset, five, five, kNowhere, five, Balance{1}, true, false}), kCannotLookup);
}

TEST_F(Assets, minted_and_burned_change_the_supply_and_never_overflow)
{
    EXPECT_EQ(details().supply, Balance{200});
    EXPECT_EQ(by(2, Mint{kAsset, account(1), Balance{11}}), kDone);
    EXPECT_TRUE(saw(Issued{kAsset, account(1), 11}));
    EXPECT_EQ(by(3, Burn{kAsset, account(1), Balance{2}}), kDone); // the 9 that are left are below the minimum
    EXPECT_TRUE(saw(Burned{kAsset, account(1), 11}));
    EXPECT_EQ(by(3, Burn{kAsset, account(5), Balance{kMax}}), kDone); // as much as there is
    EXPECT_TRUE(saw(Burned{kAsset, account(5), 100}));
    EXPECT_EQ(details().supply, Balance{100});
    EXPECT_EQ(details().accounts, 1u);
    expect({
        {signer(3), Burn{kAsset, account(5), Balance{1}}, refused(Error::no_account)},
        {signer(2), Mint{kAsset, account(5), Balance{9}}, refused(TokenError::below_minimum)},
        {signer(2), Mint{kAsset, account(5), Balance{0}}, kDone},
        {signer(2), Mint{kAsset, account(99), Balance{10}}, refused(TokenError::cannot_create)},
        {signer(2), Mint{kAsset, account(6), Balance{kMax}}, refused(ArithmeticError::overflow)},
        {signer(2), Mint{kAsset, account(6), Balance{kMax - 100}}, kDone},
        {signer(2), Mint{kAsset, account(6), Balance{1}}, refused(ArithmeticError::overflow)},
        {signer(6), Transfer{kAsset, account(5), Balance{kMax}}, kDone},
        {signer(4), FreezeAsset{kAsset}, kDone},
        {signer(2), Mint{kAsset, account(5), Balance{1}}, refused(Error::asset_not_live)},
        {signer(3), Burn{kAsset, account(5), Balance{1}}, refused(Error::asset_not_live)},
    });
    EXPECT_EQ(held(5), kMax);
    EXPECT_FALSE(Account::contains(kAsset, account(6)));
}

TEST_F(Assets, move_and_leave_no_dust)
{
    expect({
        {signer(5), Transfer{kAsset, account(1), Balance{10}}, kDone},
        {signer(5), Transfer{kAsset, account(2), Balance{9}}, refused(TokenError::below_minimum)},
        {signer(5), Transfer{kAsset, account(6), Balance{91}}, refused(Error::balance_low)},
        {signer(5), Transfer{kAsset, account(6), Balance{0}}, kDone},
        {signer(4), Transfer{kAsset, account(6), Balance{1}}, refused(Error::no_account)},
        {signer(5), TransferKeepAlive{kAsset, account(6), Balance{81}}, refused(Error::balance_low)},
        {signer(5), TransferKeepAlive{kAsset, account(6), Balance{80}}, kDone},
        {signer(5), TransferKeepAlive{kAsset, account(6), Balance{1}}, refused(Error::balance_low)},
        {signer(5), Transfer{kAsset, account(99), Balance{10}}, refused(TokenError::cannot_create)},
        {signer(6), Transfer{kAsset, account(6), Balance{kMax}}, refused(Error::balance_low)},
        {signer(6), Transfer{kAsset, account(6), Balance{180}}, kDone}, // to himself
    });
    EXPECT_EQ(held(6), Balance{180});
    forget_events();
    EXPECT_EQ(by(5, Transfer{kAsset, account(6), Balance{1}}), kDone);
    EXPECT_TRUE(saw(Transferred{kAsset, account(5), account(6), 10}));
    EXPECT_EQ(held(6), Balance{190});
    EXPECT_FALSE(Account::contains(kAsset, account(5)));
    EXPECT_EQ(system::Account::get(account(5)).consumers, 0u);
    EXPECT_EQ(by(3, ForceTransfer{kAsset, account(6), account(5), Balance{50}}), kDone);
    EXPECT_EQ(by(6, TransferAll{kAsset, account(5), true}), kDone);
    EXPECT_EQ(held(6), Balance{10});
    EXPECT_EQ(by(6, TransferAll{kAsset, account(5), true}), kDone); // nothing is left to spare
    EXPECT_EQ(by(6, TransferAll{kAsset, account(5), false}), kDone);
    EXPECT_EQ(held(5), Balance{190});
    EXPECT_EQ(by(6, TransferAll{kAsset, account(5), false}), refused(Error::no_account));
    EXPECT_EQ(details().supply, Balance{200});
    EXPECT_EQ(details().accounts, 2u);
}

TEST_F(Assets, frozen_or_blocked_stay_where_they_are)
{
    const auto frozen = refused(Error::frozen);
    expect({
        {signer(4), Freeze{kAsset, account(2)}, refused(Error::no_account)},
        {signer(4), Freeze{kAsset, account(5)}, kDone},
        {signer(5), Transfer{kAsset, account(6), Balance{1}}, frozen},
        {signer(5), TransferAll{kAsset, account(6), false}, frozen},
        {signer(5), Refund{kAsset, true}, frozen},
        {signer(3), ForceTransfer{kAsset, account(5), account(6), Balance{1}}, frozen},
        {signer(3), Burn{kAsset, account(5), Balance{1}}, frozen},
        {signer(6), Transfer{kAsset, account(5), Balance{1}}, kDone},
        {signer(4), Block{kAsset, account(5)}, kDone},
        {signer(5), Transfer{kAsset, account(6), Balance{1}}, frozen},
        {signer(6), Transfer{kAsset, account(5), Balance{1}}, refused(TokenError::blocked)},
        {signer(2), Mint{kAsset, account(5), Balance{1}}, refused(TokenError::blocked)},
        {signer(3), Thaw{kAsset, account(2)}, refused(Error::no_account)},
        {signer(3), Thaw{kAsset, account(5)}, kDone},
        {signer(5), Transfer{kAsset, account(6), Balance{1}}, kDone},
        {signer(4), Block{kAsset, account(2)}, refused(Error::no_account)},
        {signer(3), ThawAsset{kAsset}, refused(Error::not_frozen)},
        {signer(4), FreezeAsset{kAsset}, kDone},
        {signer(4), FreezeAsset{kAsset}, refused(Error::asset_not_live)},
        {signer(5), Transfer{kAsset, account(6), Balance{1}}, refused(Error::asset_not_live)},
        {signer(5), TransferAll{kAsset, account(6), false}, refused(Error::asset_not_live)},
        {signer(5), ApproveTransfer{kAsset, account(6), Balance{1}}, refused(Error::asset_not_live)},
        {signer(5), Touch{kAsset}, refused(Error::asset_not_live)},
        {signer(4), Freeze{kAsset, account(5)}, kDone},
        {signer(3), Thaw{kAsset, account(5)}, kDone},
        {signer(3), ThawAsset{kAsset}, kDone},
        {signer(5), Transfer{kAsset, account(6), Balance{1}}, kDone},
    });
    EXPECT_TRUE(saw(Frozen{kAsset, account(5)}));
    EXPECT_TRUE(saw(Blocked{kAsset, account(5)}));
    EXPECT_TRUE(saw(Thawed{kAsset, account(5)}));
    EXPECT_TRUE(saw(AssetFrozen{kAsset}));
    EXPECT_TRUE(saw(AssetThawed{kAsset}));
}

TEST_F(Assets, are_moved_by_delegates_as_far_as_was_approved)
{
    const auto move = [](Balance amount) { return TransferApproved{kAsset, account(5), account(1), amount}; };
    expect({
        {signer(6), move(10), refused(Error::unapproved)},
        {signer(5), ApproveTransfer{kAsset, account(6), Balance{20}}, kDone},
        {signer(5), ApproveTransfer{kAsset, account(6), Balance{15}}, kDone},
        {signer(6), move(36), refused(Error::unapproved)},
        {signer(6), move(25), kDone},
        {signer(6), move(11), refused(Error::unapproved)},
    });
    EXPECT_TRUE(saw(ApprovedTransfer{kAsset, account(5), account(6), 15}));
    EXPECT_TRUE(saw(TransferredApproved{kAsset, account(5), account(6), account(1), 25}));
    EXPECT_EQ(reserved(5), Runtime::kApprovalDeposit);
    EXPECT_EQ(details().approvals, 1u);
    EXPECT_EQ(by(6, move(10)), kDone);
    EXPECT_EQ(reserved(5), Balance{0});
    EXPECT_EQ(details().approvals, 0u);
    EXPECT_EQ(held(1), Balance{35});
    expect({
        {signer(5), CancelApproval{kAsset, account(6)}, refused(Error::unknown)},
        {signer(5), ApproveTransfer{kAsset, account(6), Balance{kMax}}, kDone},
        {signer(5), ApproveTransfer{kAsset, account(6), Balance{kMax}}, kDone},
        {signer(6), move(66), refused(Error::balance_low)},
        {signer(5), CancelApproval{kAsset, account(6)}, kDone},
        {signer(5), ApproveTransfer{kAsset, account(6), Balance{1}}, kDone},
        {signer(3), ForceCancelApproval{kAsset, account(5), account(6)}, kDone},
        {signer(3), ForceCancelApproval{kAsset, account(5), account(6)}, refused(Error::unknown)},
        {signer(5), ApproveTransfer{kAsset, account(6), Balance{1}}, kDone},
        {Origin::root(), ForceCancelApproval{kAsset, account(5), account(6)}, kDone},
        {signer(99), ApproveTransfer{kAsset, account(6), Balance{1}}, refused(balances::Error::insufficient_balance)},
    });
    EXPECT_TRUE(saw(ApprovalCancelled{kAsset, account(5), account(6)}));
    EXPECT_EQ(reserved(5), Balance{0});
    EXPECT_EQ(details().approvals, 0u);
}

TEST_F(Assets, may_wait_for_accounts_made_against_a_deposit)
{
    expect({
        {signer(5), Touch{kAsset}, refused(Error::already_exists)},
        {signer(1), Touch{kAsset}, kDone},
        {signer(1), TouchOther{kAsset, account(99)}, kDone},
        {signer(99), Touch{kAsset}, refused(Error::already_exists)},
        {signer(98), Touch{kAsset}, refused(balances::Error::insufficient_balance)},
        {signer(5), Transfer{kAsset, account(1), Balance{1}}, kDone}, // below the minimum
        {signer(5), Transfer{kAsset, account(99), Balance{1}}, kDone},
        {signer(1), Refund{kAsset, false}, refused(Error::would_burn)},
        {signer(1), Refund{kAsset, true}, kDone},
        {signer(1), Refund{kAsset, true}, refused(Error::no_deposit)},
        {signer(99), Refund{kAsset, true}, refused(Error::no_deposit)}, // the deposit is another's
        {signer(5), RefundOther{kAsset, account(6)}, refused(Error::no_deposit)},
        {signer(5), RefundOther{kAsset, account(99)}, refused(Error::no_permission)},
        {signer(1), RefundOther{kAsset, account(99)}, refused(Error::would_burn)},
        {signer(99), Transfer{kAsset, account(5), Balance{1}}, kDone},
        {signer(4), Freeze{kAsset, account(99)}, kDone},
        {signer(1), RefundOther{kAsset, account(99)}, refused(Error::frozen)},
        {signer(3), Thaw{kAsset, account(99)}, kDone},
        {signer(4), FreezeAsset{kAsset}, kDone},
        {signer(1), RefundOther{kAsset, account(99)}, refused(Error::asset_not_live)},
        {signer(3), ThawAsset{kAsset}, kDone},
        {signer(1), RefundOther{kAsset, account(99)}, kDone},
        {signer(6), Refund{kAsset, true}, kDone}, // a consumer reference is given back too
    });
    EXPECT_TRUE(saw(Touched{kAsset, account(99), account(1)}));
    EXPECT_TRUE(saw(Burned{kAsset, account(1), 1}));
    EXPECT_TRUE(saw(Burned{kAsset, account(6), 100}));
    EXPECT_EQ(reserved(1), Runtime::kAssetDeposit);
    EXPECT_EQ(system::Account::get(account(6)).consumers, 0u);
    EXPECT_EQ(details().supply, Balance{99});
    EXPECT_EQ(details().accounts, 1u);
    EXPECT_FALSE(system::Account::contains(account(99)));
}

TEST_F(Assets, if_sufficient_keep_accounts_that_have_nothing_else)
{
    EXPECT_EQ(by_root(ForceCreate{9, account(2), true, Balance{1}}), kDone);
    EXPECT_EQ(by(2, Mint{9, account(99), Balance{5}}), kDone);
    EXPECT_TRUE(saw(system::NewAccount{account(99)}));
    EXPECT_EQ(system::Account::get(account(99)).sufficients, 1u);
    // An account that exists by an asset alone may not hold assets that need it to exist.
    EXPECT_EQ(by(5, Transfer{kAsset, account(99), Balance{10}}), refused(TokenError::cannot_create));
    EXPECT_EQ(by(99, Refund{9, true}), refused(Error::no_deposit));
    EXPECT_EQ(by(99, TransferAll{9, account(98), false}), kDone);
    EXPECT_TRUE(saw(system::KilledAccount{account(99)}));
    EXPECT_FALSE(system::Account::contains(account(99)));
    // With tokens of its own it may, and it stays when the asset goes.
    EXPECT_EQ(by(5, balances::TransferKeepAlive{account(98), Balance{7}}), kDone);
    EXPECT_EQ(by(5, Transfer{kAsset, account(98), Balance{10}}), kDone);
    EXPECT_EQ(by(98, TransferAll{9, account(97), false}), kDone);
    EXPECT_EQ(system::Account::get(account(98)).data.free, Balance{7});
    EXPECT_EQ(system::Account::get(account(98)).providers, 1u);
    EXPECT_EQ(Asset::get(9)->sufficients, 1u);
}

TEST_F(Assets, of_many_kinds_use_up_references_but_for_one)
{
    for (AssetId id = 100; id != 100 + system::kConsumersMax - 1; ++id)
    {
        ASSERT_EQ(by_root(ForceCreate{id, account(2), false, Balance{1}}), kDone);
        ASSERT_EQ(by(2, Mint{id, account(3), Balance{1}}), kDone) << id;
    }
    EXPECT_EQ(system::Account::get(account(3)).consumers, system::kConsumersMax - 1);
    EXPECT_EQ(by(2, Mint{kAsset, account(3), Balance{10}}), refused(TokenError::cannot_create));
    EXPECT_EQ(by(3, Touch{kAsset}), kDone);
    EXPECT_EQ(by(2, Mint{kAsset, account(3), Balance{10}}), kDone);
}

TEST_F(Assets, are_described_against_a_deposit)
{
    const auto deposit = [](size_t bytes) {
        return Runtime::kMetadataDepositBase + Runtime::kMetadataDepositPerByte * bytes;
    };
    expect({
        {signer(1), SetMetadata{kAsset, Bytes(51, 'n'), {}, 0}, refused(Error::bad_metadata)},
        {signer(1), SetMetadata{kAsset, {}, Bytes(51, 's'), 0}, refused(Error::bad_metadata)},
        {signer(1), ClearMetadata{kAsset}, refused(Error::unknown)},
        {signer(1), SetMetadata{kAsset, Bytes(50, 'n'), Bytes(50, 's'), 255}, kDone},
    });
    EXPECT_TRUE(saw(MetadataSet{kAsset, Bytes(50, 'n'), Bytes(50, 's'), 255, false}));
    EXPECT_EQ(reserved(1), Runtime::kAssetDeposit + deposit(100));
    EXPECT_EQ(by(1, SetMetadata{kAsset, {'a'}, {'b'}, 2}), kDone);
    EXPECT_EQ(reserved(1), Runtime::kAssetDeposit + deposit(2));
    EXPECT_EQ(by_root(ForceSetMetadata{kAsset, {'x', 'y'}, Bytes(51), 2, true}), refused(Error::bad_metadata));
    EXPECT_EQ(by_root(ForceSetMetadata{kAsset, {'x', 'y'}, {'b'}, 2, true}), kDone);
    EXPECT_EQ(reserved(1), Runtime::kAssetDeposit + deposit(2));
    expect({
        {signer(1), SetMetadata{kAsset, {'a'}, {'b'}, 2}, refused(Error::no_permission)},
        {signer(1), ClearMetadata{kAsset}, refused(Error::no_permission)},
        {Origin::root(), ForceClearMetadata{kAsset}, kDone},
        {Origin::root(), ForceClearMetadata{kAsset}, refused(Error::unknown)},
    });
    EXPECT_EQ(reserved(1), Runtime::kAssetDeposit);
    EXPECT_TRUE(saw(MetadataCleared{kAsset}));
}

TEST_F(Assets, change_hands_with_their_deposits)
{
    ASSERT_EQ(by(1, SetMetadata{kAsset, {'a'}, {'b'}, 2}), kDone);
    const auto all = reserved(1);
    expect({
        {signer(1), TransferOwnership{kAsset, account(1)}, kDone},
        {signer(1), TransferOwnership{kAsset, account(5)}, kDone},
        {signer(1), TransferOwnership{kAsset, account(5)}, refused(Error::no_permission)},
    });
    EXPECT_TRUE(saw(OwnerChanged{kAsset, account(5)}));
    EXPECT_EQ(reserved(1), Balance{0});
    EXPECT_EQ(reserved(5), all);
    const auto six = account(6);
    EXPECT_EQ(by_root(ForceAssetStatus{kAsset, six, six, six, six, Balance{0}, true, false}),
              refused(Error::min_balance_zero));
    EXPECT_EQ(by_root(ForceAssetStatus{kAsset, six, six, six, six, Balance{500}, true, true}), kDone);
    EXPECT_TRUE(saw(AssetStatusChanged{kAsset}));
    EXPECT_EQ(reserved(6), all);
    EXPECT_EQ(details().status, AssetStatus::frozen);
    EXPECT_EQ(by(6, SetTeam{kAsset, six, six, six}), refused(Error::asset_not_live));
    EXPECT_EQ(by_root(ForceAssetStatus{kAsset, six, six, six, six, Balance{500}, true, false}), kDone);
    // What is now below the minimum goes as one.
    EXPECT_EQ(by(5, Transfer{kAsset, account(6), Balance{1}}), kDone);
    EXPECT_EQ(held(6), Balance{200});
    EXPECT_EQ(by(6, SetMinBalance{kAsset, 1}), refused(Error::no_permission)); // sufficient
}

TEST_F(Assets, have_a_minimum_that_only_falls_while_somebody_holds_them)
{
    expect({
        {signer(1), SetMinBalance{kAsset, 11}, refused(Error::no_permission)},
        {signer(1), SetMinBalance{kAsset, 10}, refused(Error::no_permission)},
        {signer(1), SetMinBalance{kAsset, 0}, refused(Error::min_balance_zero)},
        {signer(1), SetMinBalance{kAsset, 9}, kDone},
        {signer(3), Burn{kAsset, account(5), Balance{100}}, kDone},
        {signer(3), Burn{kAsset, account(6), Balance{100}}, kDone},
        {signer(1), SetMinBalance{kAsset, kMax}, kDone},
        {signer(2), Mint{kAsset, account(5), Balance{kMax - 1}}, refused(TokenError::below_minimum)},
        {signer(2), Mint{kAsset, account(5), Balance{kMax}}, kDone},
    });
    EXPECT_TRUE(saw(AssetMinBalanceChanged{kAsset, 9}));
}

TEST_F(Assets, are_destroyed_step_by_step_and_leave_nothing)
{
    ASSERT_EQ(by(1, SetMetadata{kAsset, {'a'}, {'b'}, 2}), kDone);
    ASSERT_EQ(by(5, ApproveTransfer{kAsset, account(6), Balance{1}}), kDone);
    ASSERT_EQ(by(1, Touch{kAsset}), kDone);
    ASSERT_EQ(by(1, TouchOther{kAsset, account(99)}), kDone);
    expect({
        {signer(5), DestroyAccounts{kAsset}, refused(Error::incorrect_status)},
        {signer(5), DestroyApprovals{kAsset}, refused(Error::incorrect_status)},
        {signer(5), FinishDestroy{kAsset}, refused(Error::incorrect_status)},
        {signer(1), StartDestroy{kAsset}, kDone},
        {signer(5), FinishDestroy{kAsset}, refused(Error::in_use)},
        {signer(5), Transfer{kAsset, account(6), Balance{1}}, refused(Error::asset_not_live)},
        {signer(5), Refund{kAsset, true}, refused(Error::incorrect_status)},
        {signer(4), Freeze{kAsset, account(5)}, refused(Error::incorrect_status)},
        {signer(4), Block{kAsset, account(5)}, refused(Error::incorrect_status)},
        {signer(3), Thaw{kAsset, account(5)}, refused(Error::incorrect_status)},
        {signer(3), ThawAsset{kAsset}, refused(Error::not_frozen)},
        {signer(5), CancelApproval{kAsset, account(6)}, refused(Error::asset_not_live)},
        {Origin::root(), ForceCancelApproval{kAsset, account(5), account(6)}, refused(Error::asset_not_live)},
        {signer(6), TransferApproved{kAsset, account(5), account(1), Balance{1}}, refused(Error::asset_not_live)},
        {signer(1), SetMetadata{kAsset, {'a'}, {'b'}, 2}, refused(Error::asset_not_live)},
        {signer(1), ClearMetadata{kAsset}, refused(Error::asset_not_live)},
        {signer(1), SetMinBalance{kAsset, 1}, refused(Error::asset_not_live)},
        {signer(1), TransferOwnership{kAsset, account(5)}, refused(Error::asset_not_live)},
        {Origin::root(),
         ForceAssetStatus{kAsset, account(1), account(1), account(1), account(1), Balance{1}, true, false},
         refused(Error::asset_not_live)},
        {signer(5), DestroyAccounts{kAsset}, kDone},
        {signer(5), FinishDestroy{kAsset}, refused(Error::in_use)},
        {signer(5), DestroyApprovals{kAsset}, kDone},
        {signer(5), FinishDestroy{kAsset}, kDone},
        {signer(5), FinishDestroy{kAsset}, refused(Error::unknown)},
    });
    EXPECT_TRUE(saw(DestructionStarted{kAsset}));
    EXPECT_TRUE(saw(AccountsDestroyed{kAsset, 4, 0}));
    EXPECT_TRUE(saw(ApprovalsDestroyed{kAsset, 1, 0}));
    EXPECT_TRUE(saw(Destroyed{kAsset}));
    for (const auto& [key, value] : state.top)
        EXPECT_FALSE(std::ranges::equal(ByteView{key}.first(std::min<size_t>(key.size(), 16)),
                                        ByteView{Asset::prefix}.first(16)));
    for (uint8_t n = 1; n <= kPeople; ++n)
    {
        EXPECT_EQ(reserved(n), Balance{0});
        EXPECT_EQ(free(n), kEndowment);
        EXPECT_EQ(system::Account::get(account(n)).consumers, 0u);
    }
}

TEST_F(Assets, with_many_holders_are_destroyed_in_several_calls_that_weigh_what_they_do)
{
    EXPECT_EQ(by_root(ForceCreate{9, account(2), true, Balance{1}}), kDone);
    for (uint32_t i = 0; i != kRemoveItemsMax + 3; ++i)
    {
        AccountId who;
        who.bytes = host::blake2_256(scale::encode(i));
        ASSERT_EQ(by(2, Mint{9, who, Balance{1}}), kDone);
    }
    EXPECT_EQ(by_root(StartDestroy{9}), kDone);
    const auto first = dispatch(signer(5), DestroyAccounts{9});
    EXPECT_TRUE(saw(AccountsDestroyed{9, kRemoveItemsMax, 3}));
    const auto second = dispatch(signer(5), DestroyAccounts{9});
    EXPECT_TRUE(saw(AccountsDestroyed{9, 3, 0}));
    EXPECT_TRUE(second->actual_weight->ref_time.value * 50 < first->actual_weight->ref_time.value);
    EXPECT_EQ(by(5, FinishDestroy{9}), kDone);
    EXPECT_EQ(Asset::get(kAsset)->accounts, 2u);
}

} // namespace
} // namespace runtime::assets
