#include "primitives/ss58.hpp"
#include "runtime/testing/world.hpp"
#include "scale/testing/hex.hpp"

#include <gtest/gtest.h>

/// Calls of the Multisig pallet one by one. Accounts 1, 2 and 3 are a group of whom two must agree; 9 is nobody.
namespace runtime::multisig {
namespace {

using namespace testing;

const Call<Runtime> kPay = balances::TransferKeepAlive{account(6), Balance{5}};
const Weight kEnough{1'000'000'000'000, 1'000'000};

std::vector<AccountId> people(std::initializer_list<uint8_t> list)
{
    std::vector<AccountId> all;
    for (const auto n : list)
        all.push_back(account(n));
    return all;
}

AsMulti<Runtime> as_multi(std::initializer_list<uint8_t> others, std::optional<Timepoint> when = {},
                          const Call<Runtime>& call = kPay, Weight weight = kEnough)
{
    return {2, people(others), when, call, weight};
}

struct Multisigned : ::testing::Test, World
{
    Multisigned()
    {
        at(4, 2);
        EXPECT_EQ(by(5, balances::TransferKeepAlive{group, Balance{100}}), kDone);
        forget_events();
    }
    static Balance group_free() { return system::Account::get(group).data.free; }

    static inline const AccountId group = [] {
        Memory memory;
        const native::Enter enter{memory};
        return account_of(people({1, 2, 3}), 2);
    }();
    const Timepoint when{4, 2};
    const CallHash hash = hash_of<Runtime>(kPay);
    const Balance deposit = Runtime::kMultisigDepositBase + 2 * Runtime::kMultisigDepositFactor;
};

/// Source  createKeyMulti and encodeMultiAddress of npm's @polkadot/util-crypto 14.0.3
TEST_F(Multisigned, group_has_the_account_that_clients_compute)
{
    const auto text = [](const AccountId& who) { return scale::testing::hex(who.bytes); };
    EXPECT_EQ(text(group), "3ffd20eb97bafd6f5af8d026cd11101f1553fa9cb4b8a37d1721314fbbb48fc5");
    EXPECT_EQ(text(account_of(people({1, 2}), 1)), "db86c5e6ed0461bd621d167aa8bebbb5598e93c4518fa025017e470ab369d455");
    EXPECT_EQ(text(account_of(people({1, 0xff}), 0xffff)),
              "80e6f777df03b8db93c573355bb6a6b9616a43f2ec9f4f09020e33e587559d64");
    std::vector<AccountId> known;
    for (const auto* name :
         {"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
          "5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y"})
        known.push_back(primitives::ss58::decode_account(name).value());
    std::ranges::sort(known);
    EXPECT_EQ(primitives::ss58::decode_account("5DjYJStmdZ2rcqXbXGX7TW85JsrW6uG4y9MUcLq2BoPMpRA7"),
              account_of(known, 2));
}

TEST_F(Multisigned, call_runs_with_the_last_approval_that_is_needed)
{
    EXPECT_EQ(by(2, as_multi({1, 3})), kDone);
    EXPECT_TRUE(saw(NewMultisig{account(2), group, hash}));
    EXPECT_EQ(reserved(2), deposit);
    at(7, 1);
    const auto done = dispatch(signer(3), as_multi({1, 2}, when));
    ASSERT_TRUE(done);
    EXPECT_FALSE(done->actual_weight->any_gt(Pallet<Runtime>::weight(as_multi({1, 2}, when))));
    EXPECT_TRUE(saw(MultisigExecuted{account(3), when, group, hash, {}}));
    EXPECT_EQ(reserved(2), Balance{0});
    EXPECT_EQ(group_free(), Balance{95});
    EXPECT_EQ(free(6), kEndowment + 5);
    EXPECT_FALSE(Multisigs::contains(group, hash));
}

TEST_F(Multisigned, approvals_may_come_by_hash_but_the_last_brings_the_call)
{
    const auto approve = [&](std::initializer_list<uint8_t> others, std::optional<Timepoint> at) {
        return ApproveAsMulti{2, people(others), at, hash, kEnough};
    };
    EXPECT_EQ(by(1, approve({2, 3}, {})), kDone);
    EXPECT_EQ(by(1, approve({2, 3}, when)), refused(Error::already_approved));
    EXPECT_EQ(by(2, approve({1, 3}, when)), kDone);
    EXPECT_TRUE(saw(MultisigApproval{account(2), when, group, hash}));
    EXPECT_EQ(by(3, approve({1, 2}, when)), refused(Error::already_approved)); // enough have
    EXPECT_EQ(Multisigs::get(group, hash)->approvals.items(), people({1, 2}));
    // Anybody of the group may bring the call now, also one who has approved.
    EXPECT_EQ(by(1, as_multi({2, 3}, when)), kDone);
    EXPECT_EQ(group_free(), Balance{95});
}

TEST_F(Multisigned, failure_of_the_call_is_told_and_ends_the_operation)
{
    const Call<Runtime> much = balances::TransferKeepAlive{account(6), Balance{101}};
    EXPECT_EQ(by(1, as_multi({2, 3}, {}, much)), kDone);
    EXPECT_EQ(by(2, as_multi({1, 3}, when, much)), kDone);
    EXPECT_TRUE(
        saw(MultisigExecuted{account(2), when, group, hash_of<Runtime>(much), refused(TokenError::funds_unavailable)}));
    EXPECT_EQ(reserved(1), Balance{0});
    EXPECT_EQ(group_free(), Balance{100});
    EXPECT_EQ(by(2, as_multi({1, 3}, when, much)), refused(Error::unexpected_timepoint));
}

TEST_F(Multisigned, operation_is_known_by_when_it_began)
{
    EXPECT_EQ(by(1, as_multi({2, 3}, when)), refused(Error::unexpected_timepoint));
    EXPECT_EQ(by(1, as_multi({2, 3})), kDone);
    EXPECT_EQ(by(2, as_multi({1, 3})), refused(Error::no_timepoint));
    EXPECT_EQ(by(2, as_multi({1, 3}, Timepoint{4, 3})), refused(Error::wrong_timepoint));
    EXPECT_EQ(by(2, as_multi({1, 3}, when, kPay, {1, 0})), refused(Error::max_weight_too_low));
    EXPECT_EQ(by(2, as_multi({1, 3}, when)), kDone);
}

TEST_F(Multisigned, group_is_a_sorted_list_without_the_sender_and_not_too_long)
{
    std::vector<AccountId> many;
    for (uint8_t n = 100; many.size() != kSignatoriesMax; ++n)
        many.push_back(account(n));
    const auto most = std::vector<AccountId>(many.begin(), many.end() - 1);
    const std::vector<std::pair<std::vector<AccountId>, Result<>>> lists{
        {{}, refused(Error::too_few_signatories)},
        {people({3, 2}), refused(Error::signatories_out_of_order)},
        {people({2, 2}), refused(Error::signatories_out_of_order)},
        {people({1, 2, 2}), refused(Error::signatories_out_of_order)},
        {people({1, 2}), refused(Error::sender_in_signatories)},
        {people({1}), refused(Error::sender_in_signatories)},
        {many, refused(Error::too_many_signatories)},
        {most, kDone},
    };
    for (const auto& [others, expected] : lists)
    {
        EXPECT_EQ(by(1, AsMulti<Runtime>{2, others, {}, kPay, kEnough}), expected);
        const auto later = expected ? refused(Error::no_timepoint) : expected;
        EXPECT_EQ(by(1, ApproveAsMulti{2, others, {}, hash, kEnough}), later);
        EXPECT_EQ(by(1, PokeDeposit{2, others, hash}), expected);
        EXPECT_EQ(by(1, CancelAsMulti{2, others, when, hash}), expected);
        const auto alone = expected ? kDone : expected;
        EXPECT_EQ(by(1, AsMultiThreshold1<Runtime>{others, Call<Runtime>{system::Remark{}}}), alone);
    }
    for (const uint16_t threshold : {0, 1})
    {
        EXPECT_EQ(by(1, AsMulti<Runtime>{threshold, people({2}), {}, kPay, kEnough}),
                  refused(Error::minimum_threshold));
        EXPECT_EQ(by(1, ApproveAsMulti{threshold, people({2}), {}, hash, kEnough}), refused(Error::minimum_threshold));
        EXPECT_EQ(by(1, CancelAsMulti{threshold, people({2}), when, hash}), refused(Error::minimum_threshold));
        EXPECT_EQ(by(1, PokeDeposit{threshold, people({2}), hash}), refused(Error::minimum_threshold));
    }
    EXPECT_EQ(reserved(1), Balance{0});
}

TEST_F(Multisigned, operation_that_more_must_approve_than_there_are_never_runs)
{
    const AsMulti<Runtime> first{4, people({2, 3}), {}, kPay, kEnough};
    EXPECT_EQ(by(1, first), kDone);
    const auto next = [&](std::initializer_list<uint8_t> others) {
        return AsMulti<Runtime>{4, people(others), when, kPay, kEnough};
    };
    EXPECT_EQ(by(2, next({1, 3})), kDone);
    EXPECT_EQ(by(3, next({1, 2})), kDone);
    EXPECT_EQ(by(3, next({1, 2})), refused(Error::already_approved));
    EXPECT_EQ(by(1, CancelAsMulti{4, people({2, 3}), when, hash}), kDone);
    EXPECT_EQ(by(1, AsMulti<Runtime>{0xffff, people({2, 3}), {}, kPay, kEnough}),
              refused(balances::Error::insufficient_balance)); // the deposit grows with the threshold
    EXPECT_EQ(by(1, AsMulti<Runtime>{20'000, people({2, 3}), {}, kPay, kEnough}), kDone);
    EXPECT_EQ(reserved(1), Runtime::kMultisigDepositBase + 20'000 * Runtime::kMultisigDepositFactor);
}

TEST_F(Multisigned, operation_is_cancelled_by_who_began_it_alone)
{
    const auto cancel = [&](std::initializer_list<uint8_t> others, Timepoint at) {
        return CancelAsMulti{2, people(others), at, hash};
    };
    EXPECT_EQ(by(1, cancel({2, 3}, when)), refused(Error::not_found));
    EXPECT_EQ(by(1, as_multi({2, 3})), kDone);
    EXPECT_EQ(by(2, cancel({1, 3}, when)), refused(Error::not_owner));
    EXPECT_EQ(by(1, cancel({2, 3}, Timepoint{})), refused(Error::wrong_timepoint));
    EXPECT_EQ(by(1, cancel({2, 3}, when)), kDone);
    EXPECT_TRUE(saw(MultisigCancelled{account(1), when, group, hash}));
    EXPECT_EQ(reserved(1), Balance{0});
}

TEST_F(Multisigned, deposit_follows_the_price)
{
    const PokeDeposit poke{2, people({2, 3}), hash};
    EXPECT_EQ(by(1, poke), refused(Error::not_found));
    EXPECT_EQ(by(1, as_multi({2, 3})), kDone);
    EXPECT_EQ(by(2, PokeDeposit{2, people({1, 3}), hash}), refused(Error::not_owner));
    EXPECT_EQ(dispatch(signer(1), poke)->pays_fee, Pays::yes); // nothing to do
    for (const Balance old : {deposit - 7, deposit + 7})
    {
        auto open = *Multisigs::get(group, hash);
        if (old > open.deposit)
            ASSERT_TRUE(balances::Pallet<Runtime>::reserve_named(kDeposits, account(1), old - open.deposit));
        else
            balances::Pallet<Runtime>::unreserve_named(kDeposits, account(1), open.deposit - old);
        open.deposit = old;
        Multisigs::insert(group, hash, open);
        EXPECT_EQ(dispatch(signer(1), poke)->pays_fee, Pays::no);
        EXPECT_TRUE(saw(DepositPoked{account(1), hash, old, deposit}));
        EXPECT_EQ(reserved(1), deposit);
    }
}

TEST_F(Multisigned, call_of_one_is_made_at_once_and_returns_what_the_call_returns)
{
    const auto alone = account_of(people({1, 2}), 1);
    EXPECT_EQ(by(5, balances::TransferKeepAlive{alone, Balance{100}}), kDone);
    EXPECT_EQ(by(1, AsMultiThreshold1<Runtime>{people({2}), kPay}), kDone);
    EXPECT_EQ(system::Account::get(alone).data.free, Balance{95});
    EXPECT_EQ(by(2, AsMultiThreshold1<Runtime>{people({1}),
                                               Call<Runtime>{balances::TransferKeepAlive{account(6), Balance{96}}}}),
              refused(TokenError::funds_unavailable));
    EXPECT_EQ(by(9, AsMultiThreshold1<Runtime>{people({1}), Call<Runtime>{system::SetHeapPages{}}}), kBadOrigin);
}

TEST_F(Multisigned, needs_a_signature_and_a_deposit)
{
    each_call<Pallet<Runtime>>([&](const Call<Runtime>& call) {
        EXPECT_EQ(by_root(call), kBadOrigin);
        EXPECT_EQ(run(Origin::none(), call), kBadOrigin);
    });
    EXPECT_EQ(by(9, as_multi({1, 2})), refused(balances::Error::insufficient_balance));
}

TEST_F(Multisigned, call_that_approves_itself_meets_a_closed_operation)
{
    const Call<Runtime> inner = CancelAsMulti{2, people({2, 3}), when, hash};
    EXPECT_EQ(by(1, as_multi({2, 3}, {}, inner)), kDone);
    EXPECT_EQ(by(2, as_multi({1, 3}, when, inner)), kDone);
    EXPECT_TRUE(saw(MultisigExecuted{account(2), when, group, hash_of<Runtime>(inner), refused(Error::not_found)}));
}

} // namespace
} // namespace runtime::multisig
