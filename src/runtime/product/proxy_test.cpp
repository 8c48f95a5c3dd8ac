#include "runtime/testing/world.hpp"

#include <gtest/gtest.h>

/// Calls of the Proxy pallet one by one, and what its kinds let through. Account 1 is acted for.
namespace runtime::proxy {
namespace {

using namespace testing;
using enum product::ProxyType;
using Type = product::ProxyType;
using Error = proxy::Error;

const Call<Runtime> kPay = balances::TransferKeepAlive{account(6), Balance{5}};
constexpr Type kTypes[]{any, non_transfer, cancel_proxy, assets, asset_owner, asset_manager};

Call<Runtime> proxied(uint8_t real, const Call<Runtime>& call, std::optional<Type> type = {})
{
    return Proxy<Runtime>{account(real), type, call};
}

struct Proxied : ::testing::Test, World
{
    Proxied() { at(4, 2); }

    /// What came of a call that n made for `real`.
    Result<> through(uint8_t n, uint8_t real, const Call<Runtime>& call, std::optional<Type> type = {})
    {
        forget_events();
        const auto result = by(n, proxied(real, call, type));
        if (!result)
            return result;
        for (const auto& one : {kDone, kFiltered, kBadOrigin, refused(TokenError::funds_unavailable),
                                refused(Error::not_proxy), refused(Error::no_permission)})
            if (saw(ProxyExecuted{one}))
                return one;
        ADD_FAILURE() << "another result";
        return kDone;
    }
    void give(uint8_t real, uint8_t delegate, Type type, BlockNumber delay = 0)
    {
        EXPECT_EQ(by(real, AddProxy<Runtime>{account(delegate), type, delay}), kDone);
    }
    static Balance price(uint32_t proxies)
    {
        return Runtime::kProxyDepositBase + Runtime::kProxyDepositFactor * proxies;
    }
};

TEST_F(Proxied, account_is_acted_for_by_its_delegates)
{
    EXPECT_EQ(by(2, proxied(1, kPay)), refused(Error::not_proxy));
    give(1, 2, any);
    EXPECT_TRUE(saw(ProxyAdded<Runtime>{account(1), account(2), any, 0}));
    EXPECT_EQ(through(2, 1, kPay), kDone);
    EXPECT_EQ(free(6), kEndowment + 5);
    EXPECT_EQ(free(1), kEndowment - 5 - price(1));
    EXPECT_EQ(by(2, proxied(1, kPay, assets)), refused(Error::not_proxy)); // not of that kind
    EXPECT_EQ(by(1, proxied(2, kPay)), refused(Error::not_proxy));         // not the other way
    EXPECT_EQ(by(2, Proxy<Runtime>{kNowhere, {}, kPay}), kCannotLookup);
    EXPECT_EQ(through(2, 1, balances::TransferKeepAlive{account(6), kEndowment}),
              refused(TokenError::funds_unavailable));
    EXPECT_EQ(through(2, 1, system::SetHeapPages{}), kBadOrigin);
}

TEST_F(Proxied, account_has_a_sorted_list_of_delegates_and_a_deposit_for_it)
{
    give(1, 3, any);
    give(1, 2, assets, 7);
    give(1, 2, any);
    EXPECT_EQ(reserved(1), price(3));
    const auto list = Proxies<Type>::get(account(1)).first.items();
    EXPECT_TRUE(std::ranges::is_sorted(list));
    EXPECT_EQ(by(1, AddProxy<Runtime>{account(2), assets, 7}), refused(Error::duplicate));
    EXPECT_EQ(by(1, AddProxy<Runtime>{account(1), any, 0}), refused(Error::no_self_proxy));
    EXPECT_EQ(by(1, AddProxy<Runtime>{kNowhere, any, 0}), kCannotLookup);
    EXPECT_EQ(by(1, RemoveProxy<Runtime>{kNowhere, any, 0}), kCannotLookup);
    EXPECT_EQ(by(1, RemoveProxy<Runtime>{account(2), assets, 0}), refused(Error::not_found));
    EXPECT_EQ(by(1, RemoveProxy<Runtime>{account(2), assets, 7}), kDone);
    EXPECT_TRUE(saw(ProxyRemoved<Runtime>{account(1), account(2), assets, 7}));
    EXPECT_EQ(reserved(1), price(2));
    EXPECT_EQ(by(1, RemoveProxies{}), kDone);
    EXPECT_EQ(by(1, RemoveProxies{}), kDone);
    EXPECT_EQ(reserved(1), Balance{0});
    EXPECT_FALSE(Proxies<Type>::contains(account(1)));
    EXPECT_EQ(by(1, RemoveProxy<Runtime>{account(2), any, 0}), refused(Error::not_found));
    for (BlockNumber delay = 0; delay != kProxiesMax; ++delay)
        give(1, 2, any, delay);
    EXPECT_EQ(by(1, AddProxy<Runtime>{account(2), any, kProxiesMax}), refused(Error::too_many));
    EXPECT_EQ(reserved(1), price(kProxiesMax));
    EXPECT_EQ(by(99, AddProxy<Runtime>{account(2), any, 0}), refused(balances::Error::insufficient_balance));
}

TEST_F(Proxied, call_needs_a_signature)
{
    each_call<Pallet<Runtime>>([&](const Call<Runtime>& call) {
        EXPECT_EQ(by_root(call), kBadOrigin);
        EXPECT_EQ(run(Origin::none(), call), kBadOrigin);
    });
}

TEST_F(Proxied, pure_account_is_made_used_and_killed_by_its_proxies)
{
    const CreatePure<Runtime> create{any, 0, 3};
    EXPECT_EQ(by(1, create), kDone);
    const auto pure = pure_account(account(1), any, 3, {4, 2});
    EXPECT_TRUE(saw(PureCreated<Runtime>{pure, account(1), any, 3}));
    EXPECT_EQ(by(1, create), refused(Error::duplicate));
    EXPECT_EQ(reserved(1), price(1));
    EXPECT_EQ(by(2, balances::TransferKeepAlive{pure, Balance{50}}), kDone);
    EXPECT_EQ(by(1, Proxy<Runtime>{pure, any, kPay}), kDone);
    EXPECT_EQ(system::Account::get(pure).data.free, Balance{45});
    const KillPure<Runtime> kill{account(1), any, 3, BlockNumber{4}, 2u};
    EXPECT_EQ(by(1, kill), refused(Error::no_permission));
    auto wrong = kill;
    wrong.ext_index = 1u;
    EXPECT_EQ(by(1, Proxy<Runtime>{pure, any, Call<Runtime>{wrong}}), kDone);
    EXPECT_TRUE(saw(ProxyExecuted{refused(Error::no_permission)}));
    EXPECT_EQ(by(1, KillPure<Runtime>{kNowhere, any, 3, BlockNumber{4}, 2u}), kCannotLookup);
    EXPECT_EQ(by(1, Proxy<Runtime>{pure, any, Call<Runtime>{kill}}), kDone);
    EXPECT_TRUE(saw(PureKilled<Runtime>{pure, account(1), any, 3}));
    EXPECT_EQ(reserved(1), Balance{0});
    EXPECT_EQ(by(1, Proxy<Runtime>{pure, any, kPay}), refused(Error::not_proxy));
    EXPECT_EQ(by(99, create), refused(balances::Error::insufficient_balance));
}

/// Deposits of other pallets, and of other proxies, are on the same accounts.
TEST_F(Proxied, pure_account_gives_each_payer_back_what_he_paid)
{
    using Token = balances::Pallet<Runtime>;
    const Balance other = 777, price1 = price(1), factor = Runtime::kProxyDepositFactor;
    for (const bool killed : {true, false})
    {
        EXPECT_EQ(by(1, CreatePure<Runtime>{any, 0, 0}), kDone);
        const auto pure = pure_account(account(1), any, 0, {4, 2});
        EXPECT_EQ(by(1, balances::TransferKeepAlive{pure, 10 * price1}), kDone);
        ASSERT_TRUE(Token::reserve(pure, other) && Token::reserve(account(1), other));
        give(1, 5, any);
        const auto as_pure = [&](const Call<Runtime>& call) {
            forget_events();
            return by(1, Proxy<Runtime>{pure, any, call}) == kDone && saw(ProxyExecuted{kDone});
        };
        EXPECT_TRUE(as_pure(AddProxy<Runtime>{account(2), any, 0}));
        EXPECT_TRUE(as_pure(AddProxy<Runtime>{account(3), any, 0}));
        EXPECT_EQ(system::Account::get(pure).data.reserved, other + 2 * factor);
        EXPECT_EQ(reserved(1), other + 2 * price1);
        EXPECT_TRUE(as_pure(RemoveProxy<Runtime>{account(2), any, 0}));
        EXPECT_EQ(system::Account::get(pure).data.reserved, other + factor);

        EXPECT_TRUE(killed ? as_pure(KillPure<Runtime>{account(1), any, 0, BlockNumber{4}, 2u})
                           : as_pure(RemoveProxies{}));
        EXPECT_EQ(system::Account::get(pure).data.reserved, other) << killed;
        EXPECT_EQ(reserved(1), other + price1) << "of the other pallet, and of its own proxy";
        EXPECT_FALSE(PureDeposits::get(pure));
        EXPECT_EQ(by(1, RemoveProxies{}), kDone);
        EXPECT_EQ(reserved(1), other);
        Token::unreserve(account(1), other);
        Token::unreserve(pure, other);
    }
}

TEST_F(Proxied, call_with_a_delay_is_announced_first_and_may_be_refused)
{
    give(1, 2, any, 10);
    const H256 hash{host::blake2_256(scale::encode(kPay))};
    const ProxyAnnounced<Runtime> go{account(2), account(1), {}, kPay};
    EXPECT_EQ(by(2, proxied(1, kPay)), refused(Error::unannounced));
    EXPECT_EQ(by(2, go), refused(Error::unannounced));
    EXPECT_EQ(by(3, Announce{account(1), hash}), refused(Error::not_proxy));
    EXPECT_EQ(by(2, Announce{kNowhere, hash}), kCannotLookup);
    EXPECT_EQ(by(2, Announce{account(1), hash}), kDone);
    EXPECT_TRUE(saw(Announced{account(1), account(2), hash}));
    EXPECT_EQ(reserved(2), Runtime::kAnnouncementDepositBase + Runtime::kAnnouncementDepositFactor);

    at(13, 0);
    EXPECT_EQ(by(4, go), refused(Error::unannounced)); // nine blocks later
    at(14, 0);
    EXPECT_EQ(by(4, ProxyAnnounced<Runtime>{account(2), account(1), {}, Call<Runtime>{system::Remark{}}}),
              refused(Error::unannounced));
    EXPECT_EQ(by(4, ProxyAnnounced<Runtime>{account(3), account(1), {}, kPay}), refused(Error::not_proxy));
    EXPECT_EQ(by(4, ProxyAnnounced<Runtime>{kNowhere, account(1), {}, kPay}), kCannotLookup);
    EXPECT_EQ(by(4, ProxyAnnounced<Runtime>{account(2), kNowhere, {}, kPay}), kCannotLookup);
    EXPECT_EQ(by(4, go), kDone); // by anybody
    EXPECT_TRUE(saw(ProxyExecuted{{}}));
    EXPECT_EQ(free(6), kEndowment + 5);
    EXPECT_EQ(reserved(2), Balance{0});
    EXPECT_EQ(by(4, go), refused(Error::unannounced)); // once

    EXPECT_EQ(by(2, Announce{account(1), hash}), kDone);
    EXPECT_EQ(by(3, RejectAnnouncement{account(2), hash}), refused(Error::not_found)); // not his
    EXPECT_EQ(by(1, RejectAnnouncement{kNowhere, hash}), kCannotLookup);
    EXPECT_EQ(by(1, RejectAnnouncement{account(2), H256{}}), refused(Error::not_found));
    EXPECT_EQ(by(1, RejectAnnouncement{account(2), hash}), kDone);
    EXPECT_EQ(by(2, RemoveAnnouncement{account(1), hash}), refused(Error::not_found));
    EXPECT_EQ(by(2, RemoveAnnouncement{kNowhere, hash}), kCannotLookup);
    for (uint32_t i = 0; i != kPendingMax; ++i)
        EXPECT_EQ(by(2, Announce{account(1), hash}), kDone);
    EXPECT_EQ(by(2, Announce{account(1), hash}), refused(Error::too_many));
    EXPECT_EQ(by(2, RemoveAnnouncement{account(1), hash}), kDone); // all of them
    EXPECT_EQ(reserved(2), Balance{0});
}

TEST_F(Proxied, deposits_follow_the_price)
{
    EXPECT_EQ(dispatch(signer(1), PokeDeposit{})->pays_fee, Pays::yes);
    give(1, 2, any);
    give(2, 1, any);
    EXPECT_EQ(by(1, Announce{account(2), {}}), kDone);
    EXPECT_EQ(dispatch(signer(1), PokeDeposit{})->pays_fee, Pays::yes);
    const auto was = reserved(1);
    auto [list, deposit] = Proxies<Type>::get(account(1));
    Proxies<Type>::insert(account(1), {list, deposit - 3});
    auto [pending, cost] = Announcements::get(account(1));
    Announcements::insert(account(1), {pending, cost + 2});
    EXPECT_EQ(dispatch(signer(1), PokeDeposit{})->pays_fee, Pays::no);
    EXPECT_TRUE(saw(DepositPoked{account(1), DepositKind::proxies, deposit - 3, deposit}));
    EXPECT_TRUE(saw(DepositPoked{account(1), DepositKind::announcements, cost + 2, cost}));
    EXPECT_EQ(reserved(1), was + 1);
}

/// Every call of the runtime, with its fields zero.
void each_call_of_all(auto body)
{
    Runtime::Pallets::for_each([&]<class Entry>() {
        if constexpr (HasCalls<typename Entry::Pallet>)
            each_call<typename Entry::Pallet>(body);
    });
}

TEST(ProxyType, that_is_a_superset_allows_all_that_the_other_does)
{
    for (const auto a : kTypes)
        for (const auto b : kTypes)
            if (product::is_superset(a, b))
                each_call_of_all([&](const Call<Runtime>& call) {
                    EXPECT_TRUE(product::allows(a, call) || !product::allows(b, call))
                        << int(a) << " " << int(b) << " call " << int(scale::encode(call)[0]) << "."
                        << int(scale::encode(call)[1]);
                });
}

TEST(ProxyType, of_a_kind_that_binds_allows_no_transfer_no_sudo_and_nothing_by_hash)
{
    for (const auto type : kTypes)
    {
        const bool all = type == any;
        for (const Call<Runtime>& call : std::vector<Call<Runtime>>{
                 balances::TransferKeepAlive{}, balances::TransferAllowDeath{}, balances::TransferAll{},
                 balances::Burn{}, sudo::Sudo<Runtime>{}, sudo::SudoUncheckedWeight<Runtime>{}, sudo::SudoAs<Runtime>{},
                 sudo::SetKey{}, multisig::ApproveAsMulti{}, Announce{}})
            EXPECT_EQ(product::allows(type, call), all) << int(type);
        const bool moves_assets = type == any || type == assets;
        EXPECT_EQ(product::allows(type, Call<Runtime>{assets::Transfer{}}), moves_assets);
        EXPECT_EQ(product::allows(type, Call<Runtime>{assets::TransferApproved{}}), moves_assets);
        EXPECT_EQ(product::allows(type, Call<Runtime>{assets::ApproveTransfer{}}), moves_assets);
        EXPECT_EQ(product::allows(type, Call<Runtime>{assets::Mint{}}), moves_assets || type == asset_manager);
        EXPECT_EQ(product::allows(type, Call<Runtime>{assets::Create{}}), moves_assets || type == asset_owner);
    }
}

/// Ways to hide a call in another.
std::vector<Call<Runtime>> wrapped(const Call<Runtime>& call)
{
    const Weight enough{1'000'000'000'000, 1'000'000};
    return {
        call,
        utility::Batch<Runtime>{{call}},
        utility::BatchAll<Runtime>{{call}},
        utility::ForceBatch<Runtime>{{call}},
        utility::AsDerivative<Runtime>{3, call},
        utility::WithWeight<Runtime>{call, {}},
        utility::DispatchAs<Runtime>{Origin::signed_by(account(1)), call},
        multisig::AsMultiThreshold1<Runtime>{{account(5)}, call},
        multisig::AsMulti<Runtime>{2, {account(5)}, std::nullopt, call, enough},
        proxied(4, call, any), // account 1 may do anything for account 4
        sudo::Sudo<Runtime>{call},
        sudo::SudoAs<Runtime>{account(4), call},
    };
}

TEST_F(Proxied, that_may_not_transfer_does_not_however_deep_it_hides_the_call)
{
    give(1, 2, non_transfer);
    give(4, 1, any);
    EXPECT_EQ(by(5, balances::TransferKeepAlive{utility::derivative(account(1), 3), Balance{100}}), kDone);
    const std::vector<AccountId> pair{account(1), account(5)};
    EXPECT_EQ(by(5, balances::TransferKeepAlive{multisig::account_of(pair, 1), Balance{100}}), kDone);
    EXPECT_EQ(by(5, balances::TransferKeepAlive{multisig::account_of(pair, 2), Balance{100}}), kDone);
    sudo::Key::put(account(1));
    const auto before = free(6);
    EXPECT_EQ(through(2, 1, kPay), kFiltered);
    size_t tried = 0;
    for (const auto& outer : wrapped(kPay))
        for (const auto& outermost : wrapped(outer))
            for (const auto& call : wrapped(outermost))
            {
                (void)by(2, proxied(1, call));
                EXPECT_EQ(free(6), before) << "way " << tried;
                ++tried;
            }
    EXPECT_EQ(tried, 12u * 12 * 12);
    // Nothing was approved either that somebody else could run.
    EXPECT_FALSE(multisig::Multisigs::contains(multisig::account_of(pair, 2), multisig::hash_of<Runtime>(kPay)));
    for (const auto& hidden : wrapped(kPay))
        EXPECT_FALSE(multisig::Multisigs::contains(multisig::account_of(pair, 2), multisig::hash_of<Runtime>(hidden)));
    // All these ways are open where the call itself is.
    EXPECT_EQ(by(1, multisig::AsMultiThreshold1<Runtime>{{account(5)}, kPay}), kDone);
    EXPECT_EQ(by(1, utility::AsDerivative<Runtime>{3, kPay}), kDone);
    EXPECT_EQ(by(1, proxied(4, kPay)), kDone);
    EXPECT_EQ(free(6), before + 15);
    // And a call that is allowed goes through them under the same proxy.
    const Call<Runtime> note = system::RemarkWithEvent{{1}};
    const H256 hash{host::blake2_256(Bytes{1})};
    EXPECT_EQ(through(2, 1, multisig::AsMultiThreshold1<Runtime>{{account(5)}, note}), kDone);
    EXPECT_TRUE(saw(system::Remarked{multisig::account_of(pair, 1), hash}));
    EXPECT_EQ(through(2, 1, utility::AsDerivative<Runtime>{3, note}), kDone);
    EXPECT_TRUE(saw(system::Remarked{utility::derivative(account(1), 3), hash}));
    EXPECT_EQ(through(2, 1, proxied(4, note)), kDone);
    EXPECT_TRUE(saw(system::Remarked{account(4), hash}));
}

TEST_F(Proxied, that_is_bound_cannot_free_itself_with_the_calls_of_this_pallet)
{
    give(1, 2, non_transfer);
    give(4, 1, any);
    const H256 hash{host::blake2_256(scale::encode(kPay))};
    // By a proxy that may do more, for either account, at once or hidden.
    for (const auto& call : wrapped(AddProxy<Runtime>{account(2), any, 0}))
        (void)by(2, proxied(1, call));
    for (const auto& call : wrapped(AddProxy<Runtime>{account(2), assets, 0}))
        (void)by(2, proxied(1, call));
    EXPECT_EQ(Proxies<Type>::get(account(1)).first.size(), 1u);
    EXPECT_EQ(Proxies<Type>::get(account(4)).first.size(), 1u);
    // By an announcement, which is known by its hash.
    EXPECT_EQ(through(2, 1, Announce{account(4), hash}), kFiltered);
    EXPECT_EQ(by(2, ProxyAnnounced<Runtime>{account(1), account(4), {}, kPay}), refused(Error::unannounced));
    // By an approval, which is known by its hash.
    const std::vector<AccountId> others{account(5)};
    EXPECT_EQ(through(2, 1, multisig::ApproveAsMulti{2, others, {}, hash.value, {}}), kFiltered);
    // Nor may it undo what binds it more than itself.
    EXPECT_EQ(through(2, 1, RemoveProxies{}), kFiltered);
    EXPECT_EQ(through(2, 1, KillPure<Runtime>{}), kFiltered);
    give(1, 3, any);
    EXPECT_EQ(through(2, 1, RemoveProxy<Runtime>{account(3), any, 0}), kFiltered);
    // It gives and takes what it has.
    EXPECT_EQ(through(2, 1, AddProxy<Runtime>{account(5), non_transfer, 0}), kDone);
    EXPECT_EQ(through(2, 1, AddProxy<Runtime>{account(5), cancel_proxy, 0}), kDone);
    EXPECT_EQ(through(2, 1, RemoveProxy<Runtime>{account(5), non_transfer, 0}), kDone);
    // One that may do everything does so here too.
    EXPECT_EQ(through(3, 1, RemoveProxies{}), kDone);
    EXPECT_EQ(by(3, proxied(1, kPay)), refused(Error::not_proxy));
}

TEST_F(Proxied, announcement_that_anybody_may_bring_is_still_bound)
{
    give(1, 2, non_transfer, 5);
    const H256 hash{host::blake2_256(scale::encode(kPay))};
    EXPECT_EQ(by(2, Announce{account(1), hash}), kDone);
    at(20, 0);
    EXPECT_EQ(by(6, ProxyAnnounced<Runtime>{account(2), account(1), {}, kPay}), kDone);
    EXPECT_TRUE(saw(ProxyExecuted{kFiltered}));
    EXPECT_EQ(free(6), kEndowment);
}

TEST_F(Proxied, calls_nest_as_deep_as_extrinsics_go)
{
    give(1, 2, any);
    give(2, 1, any);
    auto call = kPay;
    for (uint8_t i = 0; i != 15; ++i)
        call = proxied(i % 2 == 0 ? 1 : 2, call);
    EXPECT_EQ(by(2, call), kDone);
    EXPECT_EQ(free(6), kEndowment + 5);
    const auto taken = scale::encode(call);
    const auto refused = scale::encode(proxied(1, proxied(2, call)));
    scale::Reader shallow{taken, kCallDepthMax};
    scale::Reader deep{refused, kCallDepthMax};
    Call<Runtime> decoded;
    EXPECT_TRUE(scale::decode_into(shallow, decoded));
    EXPECT_FALSE(scale::decode_into(deep, decoded));
}

} // namespace
} // namespace runtime::proxy
