#include "runtime/testing/books.hpp"
#include "runtime/testing/chain.hpp"

#include <gtest/gtest.h>

namespace runtime {
namespace {

using testing::alice;
using testing::bob;
using testing::fault_in_books;

/// A pallet with reasons of both kinds.
struct Reasoned
{
    enum class HoldReason : uint8_t
    {
        bond,
        deposit,
    };
    enum class FreezeReason : uint8_t
    {
        vote,
        vest,
    };
};

struct Mini
{
    using Pallets = Indexed<At<0, system::Pallet<Mini>>, At<6, balances::Pallet<Mini>>, At<9, Reasoned>>;
};

using Balances = balances::Pallet<Mini>;
using balances::BalanceStatus;
using balances::Error;
using balances::Identifier;
using balances::Reasons;
using Why = Reasoned::HoldReason;
using WhyFrozen = Reasoned::FreezeReason;

constexpr Balance kMost = ~Balance{0};
constexpr Identifier kOne{'o', 'n', 'e'};
constexpr Identifier kTwo{'t', 'w', 'o'};

Result<> failed(Error why) { return fail<Mini>(why); }
Result<> failed(DispatchError why) { return fail(why); }

/// Alice has 1000, Bob 100; the books are checked at the end of every test.
class BalancesPallet : public ::testing::Test
{
protected:
    void SetUp() override
    {
        ASSERT_TRUE(Balances::mint(a, 1000));
        ASSERT_TRUE(Balances::mint(b, 100));
        system::ExecutionPhase::put(system::phase::Initialization{});
    }
    void TearDown() override { EXPECT_EQ(fault_in_books<Mini>(state), ""); }

    /// As a call is run: undone if it fails.
    template <class C>
    Outcome run(const Origin& origin, const C& call)
    {
        return with_storage_layer([&] { return as_outcome(Balances::dispatch(origin, call)); });
    }
    template <class C>
    Result<> result(const Origin& origin, const C& call)
    {
        const auto outcome = run(origin, call);
        return outcome ? Result<>{} : Result<>{std::unexpected(outcome.error().error)};
    }
    template <class E>
    bool has_event(const E& event)
    {
        scale::Writer writer;
        writer.put(ByteView{kEventPlace<Mini, E>});
        scale::encode(event, writer);
        const auto all = state.get(system::kEventsKey).value_or(Bytes{});
        return !std::ranges::search(all, writer.bytes()).empty();
    }
    static balances::AccountData data(const AccountId& who) { return system::Account::get(who).data; }

    testing::Memory state;
    native::Enter enter{state};
    AccountId a = alice().id();
    AccountId b = bob().id();
    AccountId nobody{{7}};
    Origin root = Origin::root();
};

TEST_F(BalancesPallet, reserves_and_gives_back_what_is_reserved)
{
    EXPECT_TRUE(Balances::reserve(a, 300));
    EXPECT_EQ(data(a).free, Balance{700});
    EXPECT_EQ(data(a).reserved, Balance{300});
    EXPECT_TRUE(has_event(balances::Reserved{a, 300}));
    EXPECT_EQ(Balances::reserve(a, 701), failed(Error::insufficient_balance));
    EXPECT_EQ(Balances::reserve(a, kMost), failed(Error::insufficient_balance));
    EXPECT_EQ(Balances::unreserve(a, 400), Balance{300});
    EXPECT_TRUE(has_event(balances::Unreserved{a, 300}));
    EXPECT_EQ(Balances::unreserve(a, 1), Balance{0});
    EXPECT_EQ(Balances::unreserve(nobody, kMost), Balance{0});
    EXPECT_EQ(system::Account::get(a).consumers, 0u);
    EXPECT_FALSE(system::Account::contains(nobody));
}

TEST_F(BalancesPallet, keeps_an_account_whose_free_balance_is_all_reserved)
{
    EXPECT_TRUE(Balances::reserve(b, 100));
    EXPECT_TRUE(system::Account::contains(b));
    EXPECT_EQ(system::Account::get(b).consumers, 1u);
    EXPECT_EQ(Balances::slash_reserved(b, 1000), Balance{100});
    EXPECT_FALSE(system::Account::contains(b));
    Balances::rescind(100);
    EXPECT_TRUE(has_event(balances::Rescinded{100}));
}

TEST_F(BalancesPallet, repatriates_to_free_or_reserved_balance_of_accounts_that_exist)
{
    EXPECT_TRUE(Balances::reserve(a, 300));
    EXPECT_EQ(Balances::repatriate_reserved(a, b, 100, BalanceStatus::free), Balance{100});
    EXPECT_TRUE(has_event(balances::ReserveRepatriated{a, b, 100, BalanceStatus::free}));
    EXPECT_EQ(Balances::repatriate_reserved(a, b, 50, BalanceStatus::reserved), Balance{50});
    EXPECT_EQ(data(b).free, Balance{200});
    EXPECT_EQ(data(b).reserved, Balance{50});
    EXPECT_EQ(Balances::repatriate_reserved(a, nobody, 1, BalanceStatus::free).error(),
              failed(Error::dead_account).error());
    EXPECT_EQ(Balances::repatriate_reserved(a, a, 50, BalanceStatus::reserved), Balance{50});
    EXPECT_EQ(Balances::repatriate_reserved(a, a, 50, BalanceStatus::free), Balance{50});
    EXPECT_EQ(Balances::repatriate_reserved(a, b, kMost, BalanceStatus::free), Balance{100});
    EXPECT_EQ(data(a).reserved, Balance{0});
    EXPECT_EQ(Balances::repatriate_reserved(a, nobody, 0, BalanceStatus::free), Balance{0});
}

TEST_F(BalancesPallet, keeps_named_reserves_apart)
{
    EXPECT_TRUE(Balances::reserve_named(kOne, a, 100));
    EXPECT_TRUE(Balances::reserve_named(kTwo, a, 50));
    EXPECT_TRUE(Balances::reserve_named(kOne, a, 11));
    EXPECT_EQ(Balances::reserved_as(kOne, a), Balance{111});
    EXPECT_EQ(data(a).reserved, Balance{161});
    EXPECT_EQ(Balances::reserve_named(kOne, a, 1000), failed(Error::insufficient_balance));
    EXPECT_EQ(Balances::reserved_as(kOne, a), Balance{111});
    EXPECT_EQ(Balances::unreserve_named(kOne, a, 11), Balance{11});
    EXPECT_EQ(Balances::slash_reserved_named(kOne, a, 1000), Balance{100});
    Balances::rescind(100);
    EXPECT_EQ(Balances::reserved_as(kTwo, a), Balance{50});
    EXPECT_EQ(Balances::repatriate_reserved_named(kTwo, a, b, 20, BalanceStatus::reserved), Balance{20});
    EXPECT_EQ(Balances::reserved_as(kTwo, b), Balance{20});
    EXPECT_EQ(Balances::repatriate_reserved_named(kTwo, a, nobody, 1, BalanceStatus::reserved).error(),
              failed(Error::dead_account).error());
    EXPECT_EQ(Balances::repatriate_reserved_named(kTwo, a, b, 99, BalanceStatus::free), Balance{30});
    EXPECT_EQ(Balances::unreserve_named(kTwo, b, kMost), Balance{20});
    EXPECT_FALSE(balances::Reserves::contains(a));
    EXPECT_FALSE(balances::Reserves::contains(b));
}

TEST_F(BalancesPallet, refuses_more_named_reserves_than_it_keeps)
{
    for (uint8_t i = 0; i != balances::kReservesMax; ++i)
        ASSERT_TRUE(Balances::reserve_named({i}, a, 1));
    EXPECT_EQ(Balances::reserve_named(kOne, a, 1), failed(Error::too_many_reserves));
    EXPECT_TRUE(Balances::reserve_named({0}, a, 1));
}

TEST_F(BalancesPallet, holds_for_a_reason_what_may_be_frozen)
{
    EXPECT_TRUE(Balances::set_lock(kOne, a, 1000, Reasons::all));
    EXPECT_EQ(Balances::reserve(a, 1), failed(Error::insufficient_balance));
    EXPECT_TRUE(Balances::hold(Why::bond, a, 400));
    EXPECT_TRUE(has_event(balances::Held<Mini>{Why::bond, a, 400}));
    EXPECT_EQ(balances::spendable(data(a)), Balance{0});
    EXPECT_TRUE(Balances::hold(Why::deposit, a, 100));
    EXPECT_EQ(Balances::hold(Why::deposit, a, 501), failed(TokenError::funds_unavailable));
    EXPECT_EQ(Balances::hold(Why::deposit, a, kMost), failed(TokenError::funds_unavailable));
    EXPECT_EQ(Balances::on_hold(Why::deposit, a), Balance{100});
    EXPECT_EQ(Balances::release(Why::bond, a, 150), Balance{150});
    EXPECT_TRUE(has_event(balances::Released<Mini>{Why::bond, a, 150}));
    EXPECT_EQ(Balances::release_all(Why::bond, a), Balance{250});
    EXPECT_EQ(Balances::release_all(Why::bond, a), Balance{0});
    EXPECT_EQ(data(a).reserved, Balance{100});
}

TEST_F(BalancesPallet, burns_slashes_and_moves_what_is_on_hold)
{
    ASSERT_TRUE(Balances::hold(Why::bond, a, 400));
    EXPECT_EQ(Balances::burn_held(Why::bond, a, 100), Balance{100});
    EXPECT_TRUE(has_event(balances::BurnedHeld<Mini>{Why::bond, a, 100}));
    EXPECT_EQ(balances::TotalIssuance::get(), Balance{1000});
    EXPECT_EQ(Balances::slash_held(Why::bond, a, 50), Balance{50});
    EXPECT_TRUE(Balances::give(b, 50));
    EXPECT_EQ(Balances::transfer_on_hold(Why::bond, a, b, 100, BalanceStatus::reserved), Balance{100});
    EXPECT_EQ(Balances::on_hold(Why::bond, b), Balance{100});
    EXPECT_EQ(Balances::transfer_on_hold(Why::bond, a, b, 1000, BalanceStatus::free), Balance{150});
    EXPECT_EQ(data(b).free, Balance{300});
    EXPECT_EQ(Balances::transfer_on_hold(Why::bond, b, nobody, 10, BalanceStatus::reserved).error(),
              failed(Error::dead_account).error());
    EXPECT_EQ(Balances::on_hold(Why::bond, nobody), Balance{0});
    EXPECT_TRUE(Balances::transfer_and_hold(Why::deposit, a, b, 600));
    EXPECT_EQ(Balances::on_hold(Why::deposit, b), Balance{600});
    EXPECT_EQ(Balances::transfer_and_hold(Why::deposit, a, b, 1), failed(TokenError::funds_unavailable));
    EXPECT_EQ(Balances::transfer_and_hold(Why::deposit, a, b, kMost), failed(TokenError::funds_unavailable));
    EXPECT_EQ(Balances::on_hold(Why::deposit, b), Balance{600});
    EXPECT_FALSE(system::Account::contains(a));
}

TEST_F(BalancesPallet, lets_the_largest_lock_or_freeze_count)
{
    EXPECT_TRUE(Balances::set_lock(kOne, a, 100, Reasons::all));
    EXPECT_TRUE(has_event(balances::Locked{a, 100}));
    EXPECT_TRUE(Balances::set_lock(kTwo, a, 400, Reasons::misc));
    EXPECT_EQ(data(a).frozen, Balance{400});
    EXPECT_TRUE(Balances::set_freeze(WhyFrozen::vote, a, 700));
    EXPECT_TRUE(has_event(balances::Frozen{a, 300}));
    EXPECT_EQ(Balances::transfer(a, b, 301), failed(TokenError::frozen));
    EXPECT_TRUE(Balances::transfer(a, b, 300));
    EXPECT_TRUE(Balances::extend_freeze(WhyFrozen::vote, a, 1));
    EXPECT_EQ(Balances::frozen_for(WhyFrozen::vote, a), Balance{700});
    EXPECT_TRUE(Balances::thaw(WhyFrozen::vote, a));
    EXPECT_TRUE(has_event(balances::Thawed{a, 300}));
    EXPECT_TRUE(Balances::extend_lock(kTwo, a, 200, Reasons::fee));
    EXPECT_EQ(Balances::locked_as(kTwo, a), Balance{400});
    EXPECT_EQ(balances::Locks::get(a)[1].reasons, Reasons::all);
    EXPECT_TRUE(Balances::extend_lock(kTwo, a, kMost, Reasons::all));
    EXPECT_EQ(data(a).frozen, kMost);
    EXPECT_TRUE(Balances::set_lock(kTwo, a, 0, Reasons::all));
    EXPECT_TRUE(has_event(balances::Unlocked{a, kMost - 100}));
    Balances::remove_lock(kOne, a);
    Balances::remove_lock(kOne, a);
    EXPECT_EQ(system::Account::get(a).consumers, 0u);
    EXPECT_FALSE(balances::Locks::contains(a));
    EXPECT_TRUE(Balances::thaw(WhyFrozen::vest, a));
}

TEST_F(BalancesPallet, refuses_more_locks_than_it_keeps)
{
    for (uint8_t i = 0; i != balances::kLocksMax; ++i)
        ASSERT_TRUE(Balances::set_lock({i}, a, i + 1u, Reasons::all));
    EXPECT_EQ(Balances::set_lock(kOne, a, 1, Reasons::all), failed(dispatch_error::Exhausted{}));
    EXPECT_EQ(data(a).frozen, Balance{balances::kLocksMax});
}

TEST_F(BalancesPallet, mints_burns_and_slashes_within_128_bits)
{
    EXPECT_EQ(Balances::mint(a, kMost), failed(ArithmeticError::overflow));
    EXPECT_TRUE(Balances::mint(nobody, kMost - 1100));
    EXPECT_EQ(Balances::mint(a, 1), failed(ArithmeticError::overflow));
    EXPECT_TRUE(Balances::burn(nobody, kMost - 1100));
    EXPECT_TRUE(has_event(balances::Burned{nobody, kMost - 1100}));
    EXPECT_EQ(Balances::burn(a, 1001), failed(TokenError::funds_unavailable));
    EXPECT_TRUE(Balances::set_lock(kOne, a, 1000, Reasons::all));
    EXPECT_EQ(Balances::burn(a, 1), failed(TokenError::frozen));
    EXPECT_EQ(Balances::slash(a, 5000), Balance{1000});
    EXPECT_TRUE(system::Account::contains(a));
    Balances::rescind(1000);
}

TEST_F(BalancesPallet, stores_nothing_of_a_change_that_overflows)
{
    // Root forced the issuance down, so that amounts no longer fit together.
    balances::TotalIssuance::put(0);
    ASSERT_TRUE(Balances::mint(nobody, kMost));
    const auto before = state.top;
    EXPECT_EQ(Balances::give(nobody, 1), failed(ArithmeticError::overflow));
    EXPECT_EQ(state.top, before);
    EXPECT_TRUE(Balances::burn(nobody, kMost));
    balances::TotalIssuance::put(1100);
}

TEST_F(BalancesPallet, root_sets_moves_and_frees_balances)
{
    EXPECT_TRUE(run(root, balances::ForceSetBalance{a, Balance{5}}));
    EXPECT_EQ(balances::TotalIssuance::get(), Balance{105});
    EXPECT_TRUE(run(root, balances::ForceSetBalance{a, Balance{kMost - 100}}));
    EXPECT_EQ(result(root, balances::ForceSetBalance{a, Balance{kMost - 99}}), failed(ArithmeticError::overflow));
    EXPECT_TRUE(run(root, balances::ForceSetBalance{a, Balance{1000}}));
    EXPECT_TRUE(run(root, balances::ForceTransfer{a, b, Balance{10}}));
    EXPECT_EQ(result(root, balances::ForceTransfer{a, b, Balance{kMost}}), failed(TokenError::funds_unavailable));
    EXPECT_TRUE(Balances::reserve(a, 100));
    EXPECT_TRUE(Balances::hold(Why::bond, a, 100));
    EXPECT_TRUE(Balances::reserve_named(kOne, a, 100));
    EXPECT_TRUE(run(root, balances::ForceUnreserve{a, kMost}));
    EXPECT_EQ(data(a).reserved, Balance{200}); // what has a name stays
    const auto by_alice = Origin::signed_by(a);
    const auto refused = failed(dispatch_error::BadOrigin{});
    EXPECT_EQ(result(by_alice, balances::ForceSetBalance{a, Balance{5}}), refused);
    EXPECT_EQ(result(by_alice, balances::ForceTransfer{a, b, Balance{5}}), refused);
    EXPECT_EQ(result(by_alice, balances::ForceUnreserve{a, 5}), refused);
    EXPECT_EQ(result(by_alice, balances::ForceAdjustTotalIssuance{{}, Balance{5}}), refused);
}

TEST_F(BalancesPallet, root_adjusts_the_issuance_but_not_below_what_is_inactive)
{
    using enum balances::AdjustmentDirection;
    EXPECT_TRUE(run(root, balances::ForceAdjustTotalIssuance{increase, Balance{50}}));
    EXPECT_TRUE(has_event(balances::TotalIssuanceForced{1100, 1150}));
    EXPECT_TRUE(run(root, balances::ForceAdjustTotalIssuance{increase, kMost}));
    EXPECT_EQ(balances::TotalIssuance::get(), kMost);
    EXPECT_TRUE(run(root, balances::ForceAdjustTotalIssuance{decrease, Balance{kMost - 1100}}));
    EXPECT_EQ(result(root, balances::ForceAdjustTotalIssuance{increase, Balance{0}}), failed(Error::delta_zero));
    Balances::deactivate(1000);
    EXPECT_EQ(result(root, balances::ForceAdjustTotalIssuance{decrease, Balance{101}}),
              failed(Error::issuance_deactivated));
    Balances::reactivate(1000);
    EXPECT_TRUE(run(root, balances::ForceAdjustTotalIssuance{decrease, kMost}));
    EXPECT_TRUE(run(root, balances::ForceAdjustTotalIssuance{increase, Balance{1100}}));
}

TEST_F(BalancesPallet, burn_and_transfer_all_leave_what_is_frozen)
{
    EXPECT_TRUE(Balances::set_lock(kOne, a, 400, Reasons::all));
    EXPECT_TRUE(run(Origin::signed_by(a), balances::Burn{Balance{100}, false}));
    EXPECT_EQ(result(Origin::signed_by(a), balances::Burn{Balance{501}, true}), failed(TokenError::frozen));
    EXPECT_TRUE(run(Origin::signed_by(a), balances::TransferAll{b, false}));
    EXPECT_EQ(data(a).free, Balance{400});
    EXPECT_EQ(data(b).free, Balance{600});
    for (const auto& nobody_signed : {Origin::root(), Origin::none()})
        EXPECT_EQ(result(nobody_signed, balances::TransferAll{b, true}), failed(dispatch_error::BadOrigin{}));
    const MultiAddress by_index = primitives::address::Index{};
    EXPECT_EQ(result(Origin::signed_by(b), balances::TransferAllowDeath{by_index, Balance{1}}),
              failed(dispatch_error::CannotLookup{}));
}

TEST_F(BalancesPallet, upgrades_accounts_free_of_charge_where_it_is_needed)
{
    const auto by_alice = Origin::signed_by(a);
    const auto pays = [&](std::vector<AccountId> who) {
        return run(by_alice, balances::UpgradeAccounts{std::move(who)}).value().pays_fee;
    };
    system::Account::mutate(b, [](system::AccountInfo& info) {
        info.data = {60, 40, 0, 0}; // as before holds
    });
    EXPECT_EQ(pays({b}), Pays::no);
    EXPECT_TRUE(has_event(balances::Upgraded{b}));
    EXPECT_EQ(system::Account::get(b).consumers, 1u);
    EXPECT_EQ(pays({b}), Pays::yes);
    EXPECT_EQ(pays({}), Pays::yes);
    EXPECT_EQ(pays(std::vector<AccountId>(1000, nobody)), Pays::yes);
    EXPECT_EQ(result(root, balances::UpgradeAccounts{}), failed(dispatch_error::BadOrigin{}));
}

TEST_F(BalancesPallet, any_random_sequence_keeps_the_books)
{
    uint32_t seed = 1;
    const auto next = [&](uint32_t below) { return (seed = seed * 1664525 + 1013904223) / 65536 % below; };
    const AccountId who[]{a, b, nobody};
    size_t worked = 0;
    for (int i = 0; i != 3000; ++i)
    {
        const auto from = who[next(3)];
        const auto to = who[next(3)];
        const Balance amount = next(50) == 0 ? kMost : next(200);
        const auto why = next(2) != 0 ? Why::bond : Why::deposit;
        const auto status = next(2) != 0 ? BalanceStatus::free : BalanceStatus::reserved;
        switch (next(13))
        {
        case 0:
            worked += Balances::transfer(from, to, amount).has_value();
            break;
        case 1:
            worked += Balances::reserve(from, amount).has_value();
            break;
        case 2:
            worked += Balances::unreserve(from, std::min(amount, Balances::anonymous_reserve(from))) != 0;
            break;
        case 3:
            worked += Balances::reserve_named(kOne, from, amount).has_value();
            break;
        case 4:
            worked += Balances::unreserve_named(kOne, from, amount) != 0;
            break;
        case 5:
            worked += Balances::repatriate_reserved_named(kOne, from, to, amount, status).has_value();
            break;
        case 6:
            worked += Balances::hold(why, from, amount).has_value();
            break;
        case 7:
            worked += Balances::release(why, from, amount) != 0;
            break;
        case 8:
            worked += Balances::burn_held(why, from, amount) != 0;
            break;
        case 9:
            worked += Balances::transfer_on_hold(why, from, to, amount, status).has_value();
            break;
        case 10:
            worked += Balances::transfer_and_hold(why, from, to, amount).has_value();
            break;
        case 11:
            worked += Balances::set_lock(kOne, from, amount, Reasons::all).has_value();
            break;
        default:
            worked += Balances::mint(from, amount).has_value();
            break;
        }
        if (const auto fault = fault_in_books<Mini>(state); !fault.empty())
            FAIL() << fault << " after step " << i;
    }
    EXPECT_GT(worked, 1000u);
}

TEST(HoldReason, of_storage_that_no_pallet_has_is_refused)
{
    EXPECT_TRUE(scale::decode<HoldReason<Mini>>(Bytes{9, 1}));
    EXPECT_EQ(scale::encode(HoldReason<Mini>{Why::deposit}), (Bytes{9, 1}));
    for (const auto& wrong : {Bytes{9, 2}, Bytes{8, 0}, Bytes{6, 0}, Bytes{9}, Bytes{}})
        EXPECT_FALSE(scale::decode<HoldReason<Mini>>(wrong));
}

} // namespace
} // namespace runtime
