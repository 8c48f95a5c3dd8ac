#include "runtime/testing/chain.hpp"
#include "runtime/testing/keys.hpp"
#include "runtime/testing/world.hpp"

#include <gtest/gtest.h>

namespace runtime {
namespace {

using namespace testing;
using session::Error;
using Session = session::Pallet<Runtime>;

/// Seats first, first + 1, … of a validator called `name`.
std::vector<SeatKeys> seats(std::string_view name, size_t count, size_t first = 0)
{
    std::vector<SeatKeys> all;
    for (size_t i = first; i != first + count; ++i)
        all.emplace_back("//" + std::string{name} + "//" + std::to_string(i));
    return all;
}

session::KeySets keys_of(std::span<const SeatKeys> seats)
{
    session::KeySets all;
    for (const auto& seat : seats)
        all.push_back(seat.keys());
    return all;
}

TEST(Session, one_call_registers_the_keys_of_many_seats_and_another_replaces_them_all)
{
    World world;
    const auto first = seats("First", 5);
    const auto second = seats("Second", 2);
    EXPECT_EQ(world.by(1, set_seat_keys(account(1), first)), kDone);
    EXPECT_EQ(Session::keys_of(account(1)), keys_of(first));
    EXPECT_EQ(Session::key_sets(account(1)), 5u);
    EXPECT_EQ(session::NextKeys::get(account(1)), first[0].keys()) << "where clients look for them";

    EXPECT_EQ(world.by(1, set_seat_keys(account(1), second)), kDone);
    EXPECT_EQ(Session::keys_of(account(1)), keys_of(second));
    EXPECT_EQ(world.by(1, set_keys(account(1), first[4])), kDone) << "own keys may be taken up again";
    EXPECT_EQ(Session::key_sets(account(1)), 1u);
    for (const auto& key : second[1].keys().keys())
        EXPECT_FALSE(session::KeyOwner::contains(key));
    for (const auto& key : first[4].keys().keys())
        EXPECT_EQ(session::KeyOwner::get(key), account(1));
    EXPECT_EQ(system::Account::get(account(1)).consumers, 1u);
}

TEST(Session, purged_keys_leave_nothing_behind_and_are_free_for_others)
{
    World world;
    const auto mine = seats("Mine", 3);
    const auto before = world.state.top;
    EXPECT_EQ(world.by(1, set_seat_keys(account(1), mine)), kDone);
    EXPECT_EQ(world.by(1, session::PurgeKeys{}), kDone);
    EXPECT_EQ(world.state.top, before);
    EXPECT_EQ(world.by(1, session::PurgeKeys{}), refused(Error::no_keys));
    EXPECT_EQ(world.by(2, set_seat_keys(account(2), mine)), kDone);
}

/// Each case fails with invalid_proof and changes nothing.
TEST(Session, keys_without_a_proof_of_possession_by_the_caller_are_refused)
{
    World world;
    const auto mine = seats("Mine", 2);
    const auto good = set_seat_keys(account(1), mine);
    const auto before = world.state.top;
    const auto refuse = [&](uint8_t who, const auto& call, std::string_view why) {
        EXPECT_EQ(world.by(who, call), refused(Error::invalid_proof)) << why;
        EXPECT_EQ(world.state.top, before) << why;
    };
    refuse(1, session::SetKeys{mine[0].keys(), {}}, "no proof at all");
    refuse(2, good, "another account's call, sent again");
    refuse(2, set_keys(account(1), mine[0]), "another account's call for one seat");
    auto call = good;
    call.proof.pop_back();
    refuse(1, call, "too short");
    call = good;
    call.proof.push_back(0);
    refuse(1, call, "too long");
    call = good;
    std::swap_ranges(call.proof.begin(), call.proof.begin() + session::kPossessionProofBytes,
                     call.proof.begin() + session::kPossessionProofBytes);
    refuse(1, call, "the proofs of two seats swapped");
    for (size_t at = 0; at != good.proof.size(); at += 64)
    {
        call = good;
        call.proof[at] ^= 1;
        refuse(1, call, "one signature of six changed");
    }
    const SeatKeys victim{"//Victim"};
    call = good;
    call.keys[1].grandpa = victim.keys().grandpa;
    refuse(1, call, "a key that the caller does not have");
}

TEST(Session, a_key_serves_one_seat_of_one_account)
{
    World world;
    const auto mine = seats("Mine", 2);
    EXPECT_EQ(world.by(1, set_seat_keys(account(1), mine)), kDone);
    // Account 2 has the very same secrets, so its proofs are good.
    EXPECT_EQ(world.by(2, set_keys(account(2), mine[1])), refused(Error::duplicated_key));
    std::vector<SeatKeys> twice = seats("Mine", 1);
    twice.emplace_back("//Mine//0");
    EXPECT_EQ(world.by(1, set_seat_keys(account(1), twice)), refused(Error::duplicated_key));
    EXPECT_EQ(world.by(1, session::SetSeatKeys{}), refused(Error::no_keys));
    EXPECT_EQ(Session::key_sets(account(1)), 2u);
    EXPECT_EQ(world.by(9, set_keys(account(9), SeatKeys{"//Nobody"})), refused(Error::no_account));
    EXPECT_EQ(world.run(Origin::none(), set_keys(account(1), mine[0])), kBadOrigin);
}

TEST(Session, more_seats_than_one_account_may_have_do_not_decode)
{
    const std::vector<session::SessionKeys> many(session::kSeatsPerAccountMax + 1);
    using Bounded = decltype(session::SetSeatKeys::keys);
    EXPECT_FALSE(scale::decode<Bounded>(ByteView{scale::encode(many)}));
    const std::vector<session::SessionKeys> most(session::kSeatsPerAccountMax);
    EXPECT_TRUE(scale::decode<Bounded>(ByteView{scale::encode(most)}));
}

/// Blocks up to and with `last`.
void build_to(Chain& chain, BlockNumber last)
{
    while (chain.best().number < last)
        ASSERT_TRUE(chain.build().executed);
}

TEST(Seats, are_numbered_alike_in_session_babe_and_grandpa)
{
    Chain chain{"local_testnet"};
    build_to(chain, 3);
    const auto owners = chain.read([] { return session::Validators::get(); });
    const auto babe = chain.query<primitives::babe::Epoch>("BabeApi_current_epoch").authorities;
    const auto grandpa = chain.query<primitives::grandpa::AuthorityList>("GrandpaApi_grandpa_authorities");
    ASSERT_EQ(owners.size(), 16u);
    ASSERT_EQ(babe.size(), 16u);
    ASSERT_EQ(grandpa.size(), 16u);
    for (size_t i = 0; i != owners.size(); ++i)
    {
        constexpr std::array kNames{"//Alice", "//Bob", "//Charlie", "//Dave"};
        const std::string name{kNames[i / 4]};
        EXPECT_EQ(owners[i], Person{name}.id());
        const SeatKeys seat{i % 4 == 0 ? name : name + "//seat//" + std::to_string(i % 4)};
        EXPECT_EQ(babe[i].id, seat.keys().babe);
        EXPECT_EQ(grandpa[i].id, seat.keys().grandpa);
        EXPECT_EQ(babe[i].weight, 1u);
        EXPECT_EQ(grandpa[i].weight, 1u);
        for (const auto& key : seat.keys().keys())
            EXPECT_EQ(chain.read([&] { return session::KeyOwner::get(key); }), owners[i]);
    }
}

TEST(Seats, beyond_the_key_sets_go_to_nobody_until_there_are_keys)
{
    Chain chain;
    const auto bobs = seats("Bob", 3);
    chain.read([&] {
        session::Allocation::put({{alice().id(), 2}, {bob().id(), 4}});
        return 0;
    });
    const auto built = chain.build({chain.signed_by(bob(), set_seat_keys(bob().id(), bobs))});
    ASSERT_TRUE(*built.results.at(1));
    build_to(chain, 20);
    chain.build();
    EXPECT_TRUE(chain.has_event(event(session::SeatsWithoutKeys{alice().id(), 1})));
    EXPECT_TRUE(chain.has_event(event(session::SeatsWithoutKeys{bob().id(), 1})));
    build_to(chain, 41);
    const std::vector owners{alice().id(), bob().id(), bob().id(), bob().id()};
    EXPECT_EQ(chain.read([] { return session::Validators::get(); }), owners);
    EXPECT_EQ(chain.query<uint64_t>("GrandpaApi_current_set_id"), 1u);

    const auto more = seats("Bob", 5);
    chain.build({chain.signed_by(bob(), set_seat_keys(bob().id(), more), {.nonce = 1})});
    build_to(chain, 81);
    EXPECT_EQ(chain.read([] { return session::Validators::get(); }).size(), 5u) << "four were allotted to Bob";
    EXPECT_EQ(chain.query<uint64_t>("GrandpaApi_current_set_id"), 2u);
}

TEST(Seats, that_stay_the_same_leave_the_grandpa_set_as_it_is)
{
    Chain chain;
    chain.build({chain.signed_by(alice(), set_keys(alice().id(), SeatKeys{"//Alice"}))});
    chain.read([] {
        session::Allocation::put({{alice().id(), 1}});
        return 0;
    });
    build_to(chain, 81);
    EXPECT_EQ(chain.read([] { return session::CurrentIndex::get(); }), 4u);
    EXPECT_EQ(chain.query<uint64_t>("GrandpaApi_current_set_id"), 0u);
}

TEST(Seats, of_the_last_validator_stay_though_it_purged_its_keys)
{
    Chain chain;
    chain.build({chain.signed_by(alice(), session::PurgeKeys{})});
    build_to(chain, 61);
    EXPECT_EQ(chain.read([] { return session::Validators::get(); }), std::vector{alice().id()});
    EXPECT_EQ(chain.query<primitives::babe::Epoch>("BabeApi_current_epoch").authorities.size(), 1u);
}

TEST(Seats, the_first_block_of_an_epoch_is_the_work_of_a_seat_of_that_epoch)
{
    Chain chain{"local_testnet"};
    chain.build({chain.signed_by(alice(), session::PurgeKeys{})});
    build_to(chain, 40);
    EXPECT_EQ(chain.read([] { return session::Validators::get(); }).front(), alice().id());
    const auto had = chain.free(bob().id());
    // Seat 0, which was Alice's, is Bob's from this block on; he gets the fee.
    chain.build({chain.signed_by(alice(), system::Remark{}, {.nonce = 1})});
    EXPECT_EQ(chain.read([] { return session::Validators::get(); }).front(), bob().id());
    EXPECT_GT(chain.free(bob().id()), had);
}

TEST(Keys, that_the_node_makes_are_accepted_from_their_owner)
{
    Chain chain;
    const auto arguments = [](const Bytes& owner, std::string_view uri) {
        return scale::encode(std::tuple{owner, std::optional{Bytes(uri.begin(), uri.end())}});
    };
    const auto make = [&](const Bytes& owner, std::string_view uri) {
        return chain.query<std::pair<Bytes, Bytes>>("SessionKeys_generate_session_keys", arguments(owner, uri));
    };
    session::SetSeatKeys call;
    for (const auto* uri : {"//Bob//0", "//Bob//1"})
    {
        const auto [keys, proof] = make(scale::encode(bob().id()), uri);
        ASSERT_TRUE(call.keys.try_push(scale::decode<session::SessionKeys>(ByteView{keys}).value()));
        call.proof.insert(call.proof.end(), proof.begin(), proof.end());
    }
    EXPECT_TRUE(*chain.build({chain.signed_by(bob(), call)}).results.at(1));
    EXPECT_EQ(make({}, "//Bob//2").second, Bytes{}) << "without an owner there is no proof";
}

} // namespace
} // namespace runtime
