#include "runtime/testing/equivocation.hpp"
#include "runtime/testing/world.hpp"

#include <gtest/gtest.h>

namespace runtime {
namespace {

using namespace testing;
using primitives::grandpa::Precommit;
using primitives::grandpa::Prevote;
using Source = primitives::TransactionSource;
using Why = InvalidTransaction::Why;

/// Four validators with four seats each, some blocks on; Bob's second seat is number 5.
struct Equivocation : ::testing::Test
{
    Equivocation()
    {
        for (int i = 0; i != 3; ++i)
            chain.build();
    }

    babe::ReportEquivocation blocks(Slot slot)
    {
        return {two_blocks(seat, kSeat, slot), ownership(chain, slot, seat.keys().babe).value()};
    }
    template <class Vote>
    grandpa::ReportEquivocation votes(uint64_t round)
    {
        return {two_votes<Vote>(seat, 0, round), ownership(chain, uint64_t{0}, seat.keys().grandpa).value()};
    }

    /// What comes of a signed call, nothing kept.
    Result<> attempt(const Call<Runtime>& call)
    {
        const auto before = chain.state().top;
        const auto outcome = chain.read([&] { return dispatch<Runtime>(call, Origin::signed_by(dave.id())); });
        chain.state().top = before;
        return outcome ? Result<>{} : Result<>{std::unexpected(outcome.error().error)};
    }
    primitives::TransactionValidity validity(Source source, const Call<Runtime>& call)
    {
        return chain.query<primitives::TransactionValidity>(
            "TaggedTransactionQueue_validate_transaction",
            scale::encode(std::tuple{source, unsigned_extrinsic(call), primitives::hash_of(chain.best())}));
    }
    Why why(const primitives::TransactionValidity& validity) { return validity.error().get<InvalidTransaction>()->why; }
    /// Blocks up to and with `last`.
    void build_to(BlockNumber last)
    {
        while (chain.best().number < last)
            ASSERT_TRUE(chain.build().executed);
    }

    static constexpr uint32_t kSeat = 5;
    Chain chain{"local_testnet"};
    const SeatKeys seat{"//Bob//seat//1"};
    const Person dave{"//Dave"};
};

TEST_F(Equivocation, of_blocks_is_taken_once_costs_its_reporter_nothing_and_takes_all_the_owner_s_seats)
{
    const auto slot = chain.slot();
    const auto report = blocks(slot);
    const auto had = chain.free(dave.id());
    const auto built = chain.build({chain.signed_by(dave, report)});
    ASSERT_TRUE(built.executed && *built.results.at(1));
    EXPECT_EQ(chain.free(dave.id()), had);
    EXPECT_TRUE(chain.has_event(event(offences::Offence{offences::kBabeEquivocation, scale::encode(slot)})));
    const auto id = offences::report_id(offences::kBabeEquivocation, scale::encode(slot), bob().id());
    EXPECT_EQ(chain.read([&] { return offences::Reports::get(id); }),
              (offences::OffenceDetails{{bob().id(), 4}, {dave.id()}}));

    const auto again = chain.build({chain.signed_by(dave, report, {.nonce = 1})});
    EXPECT_EQ(again.results.at(1).value(), refused(babe::Error::duplicate_offence_report));
    EXPECT_LT(chain.free(dave.id()), had) << "a report that is no news is paid for";

    build_to(41);
    const auto owners = chain.read([] { return session::Validators::get(); });
    EXPECT_EQ(owners.size(), 12u);
    EXPECT_EQ(std::ranges::count(owners, bob().id()), 0);
    EXPECT_EQ(chain.query<uint64_t>("GrandpaApi_current_set_id"), 1u);
}

TEST_F(Equivocation, of_votes_is_taken_in_both_phases_for_each_round_once)
{
    EXPECT_EQ(attempt(votes<Prevote>(4)), kDone);
    EXPECT_EQ(attempt(votes<Precommit>(4)), kDone);
    const auto built = chain.build({chain.signed_by(dave, votes<Prevote>(4))});
    ASSERT_TRUE(*built.results.at(1));
    EXPECT_TRUE(chain.has_event(
        event(offences::Offence{offences::kGrandpaEquivocation, scale::encode(std::pair{uint64_t{0}, uint64_t{4}})})));
    EXPECT_EQ(attempt(votes<Precommit>(4)), refused(grandpa::Error::duplicate_offence_report));
    EXPECT_EQ(attempt(votes<Precommit>(5)), kDone);
}

TEST_F(Equivocation, unsigned_is_taken_from_this_node_and_in_blocks_but_not_from_peers)
{
    const auto slot = chain.slot();
    const auto report = blocks(slot);
    const babe::ReportEquivocationUnsigned call{report.equivocation_proof, report.key_owner_proof};
    EXPECT_EQ(why(validity(Source::External, call)), Why::Call);
    const auto valid = validity(Source::Local, call);
    ASSERT_TRUE(valid);
    EXPECT_EQ(valid->priority, ~uint64_t{0});
    EXPECT_EQ(valid->provides.size(), 1u);
    EXPECT_FALSE(valid->propagate);
    EXPECT_GT(valid->longevity, 20u);
    EXPECT_TRUE(validity(Source::InBlock, call));

    const auto built = chain.build({unsigned_extrinsic(call)});
    ASSERT_TRUE(built.executed && *built.results.at(1));
    EXPECT_EQ(why(validity(Source::Local, call)), Why::Stale);
    EXPECT_EQ(chain.build({unsigned_extrinsic(call)}).results.at(1).error(),
              (TransactionValidityError{InvalidTransaction{Why::Stale}}));
    EXPECT_EQ(attempt(call), kBadOrigin) << "signed";
}

TEST_F(Equivocation, is_reported_to_the_pool_by_the_runtime_api)
{
    const auto slot = chain.slot();
    const auto owner = scale::encode(*ownership(chain, slot, seat.keys().babe));
    EXPECT_EQ(chain.call("BabeApi_submit_report_equivocation_unsigned_extrinsic",
                         scale::encode(std::pair{two_blocks(seat, kSeat, slot), owner})),
              Bytes{1});
    const auto voter = scale::encode(*ownership(chain, uint64_t{0}, seat.keys().grandpa));
    EXPECT_EQ(chain.call("GrandpaApi_submit_report_equivocation_unsigned_extrinsic",
                         scale::encode(std::pair{two_votes<Prevote>(seat, 0, 1), voter})),
              Bytes{1});
    ASSERT_EQ(chain.state().submitted.size(), 2u);
    std::vector<Bytes> bodies;
    for (const auto& submitted : chain.state().submitted)
        bodies.push_back(scale::decode<Bytes>(ByteView{submitted}).value());
    const auto built = chain.build(bodies);
    ASSERT_TRUE(built.executed);
    EXPECT_TRUE(*built.results.at(1));
    EXPECT_TRUE(*built.results.at(2));
    EXPECT_EQ(chain.call("BabeApi_submit_report_equivocation_unsigned_extrinsic",
                         scale::encode(std::pair{two_blocks(seat, kSeat, slot), Bytes{1}})),
              Bytes{0});
}

/// Things that look like two blocks in one slot.
TEST_F(Equivocation, that_is_none_is_refused)
{
    const auto slot = chain.slot();
    const auto good = blocks(slot);
    const SeatKeys other{"//Bob//seat//2"};
    const auto refuses = [&](std::string_view what, auto change) {
        auto report = good;
        change(*report.equivocation_proof);
        EXPECT_EQ(attempt(report), refused(babe::Error::invalid_equivocation_proof)) << what;
        EXPECT_EQ(why(validity(Source::Local,
                               babe::ReportEquivocationUnsigned{report.equivocation_proof, report.key_owner_proof})),
                  Why::BadProof)
            << what;
    };
    ASSERT_EQ(attempt(good), kDone);
    refuses("one header twice", [](auto& proof) { proof.second_header = proof.first_header; });
    refuses("one block sealed twice",
            [&](auto& proof) { proof.second_header = sealed_header(seat, kSeat, slot, 1, 9); });
    refuses("two slots", [&](auto& proof) { proof.second_header = sealed_header(seat, kSeat, slot + 1, 2); });
    refuses("another slot of the same session than the proof names", [&](auto& proof) { --proof.slot; });
    refuses("two seats", [&](auto& proof) { proof.second_header = sealed_header(seat, kSeat + 1, slot, 2); });
    refuses("a seal by another key", [&](auto& proof) { proof.second_header = sealed_header(other, kSeat, slot, 2); });
    refuses("a changed block", [](auto& proof) { proof.second_header.state_root[1] ^= 1; });
    refuses("no seal", [](auto& proof) { proof.second_header.digest.logs.pop_back(); });
    refuses("a short seal", [](auto& proof) {
        auto seal = *proof.second_header.digest.logs.back().template get<primitives::digest::Seal>();
        seal.data.pop_back();
        proof.second_header.digest.logs.back() = seal;
    });
    refuses("no claim",
            [](auto& proof) { proof.first_header.digest.logs.erase(proof.first_header.digest.logs.begin()); });
}

TEST_F(Equivocation, that_is_no_double_vote_is_refused)
{
    const auto good = votes<Prevote>(4);
    const auto refuses = [&](std::string_view what, const primitives::grandpa::EquivocationProof& proof) {
        auto report = good;
        *report.equivocation_proof = proof;
        EXPECT_EQ(attempt(report), refused(grandpa::Error::invalid_equivocation_proof)) << what;
    };
    auto two = *good.equivocation_proof->equivocation.get<primitives::grandpa::Equivocation<Prevote>>();
    ASSERT_EQ(attempt(good), kDone);
    auto changed = two;
    changed.second = changed.first;
    refuses("one vote twice", {0, changed});
    changed = two;
    changed.round_number = 5;
    refuses("votes of another round", {0, changed});
    changed = two;
    changed.second.first.target_number = 8;
    refuses("a changed vote", {0, changed});
    refuses("votes of a set that never was", two_votes<Prevote>(seat, 1, 4));
    using Votes = primitives::grandpa::Equivocation<Precommit>;
    const auto as_precommit = [](const auto& vote) {
        return std::pair{Precommit{vote.first.target_hash, vote.first.target_number}, vote.second};
    };
    refuses("prevotes as precommits", {0, Votes{4, two.identity, as_precommit(two.first), as_precommit(two.second)}});
}

TEST_F(Equivocation, of_a_key_whose_owner_is_not_proved_is_refused)
{
    const auto slot = chain.slot();
    const auto good = blocks(slot);
    const auto refuses = [&](std::string_view what, const babe::ReportEquivocation& report) {
        EXPECT_EQ(attempt(report), refused(babe::Error::invalid_key_ownership_proof)) << what;
    };
    const SeatKeys stranger{"//Stranger"};
    EXPECT_FALSE(ownership(chain, slot, stranger.keys().babe));
    refuses("not a validator's key", {two_blocks(stranger, kSeat, slot), good.key_owner_proof});
    refuses("the proof of another key", {two_blocks(SeatKeys{"//Alice"}, 0, slot), good.key_owner_proof});
    auto report = good;
    auto forged = scale::decode<historical::Seat>(ByteView{report.key_owner_proof.trie_nodes[0]}).value();
    forged.owner = alice().id();
    report.key_owner_proof.trie_nodes[0] = scale::encode(forged);
    refuses("another owner in the proof", report);
    report = good;
    report.key_owner_proof.session = 1;
    refuses("a session that has not begun", report);
}

TEST_F(Equivocation, is_held_against_who_had_the_key_when_it_happened)
{
    const auto slot = chain.slot();
    const auto report = blocks(slot);
    // Bob takes other keys, and another takes up those that he gave away.
    chain.build({chain.signed_by(bob(), set_keys(bob().id(), SeatKeys{"//Bob//new"}))});
    chain.build({chain.signed_by(dave, set_keys(dave.id(), seat))});
    build_to(45);
    EXPECT_EQ(chain.read([] { return session::CurrentIndex::get(); }), 2u);
    EXPECT_FALSE(ownership(chain, slot, seat.keys().babe)) << "of that session, ask a state of that session";
    const auto now = ownership(chain, chain.slot(), seat.keys().babe);
    ASSERT_TRUE(now) << "Dave has the key now";
    EXPECT_EQ(attempt(babe::ReportEquivocation{report.equivocation_proof, *now}),
              refused(babe::Error::invalid_equivocation_proof))
        << "but had not then";
    EXPECT_EQ(attempt(babe::ReportEquivocation{two_blocks(seat, kSeat, chain.slot()), report.key_owner_proof}),
              refused(babe::Error::invalid_equivocation_proof))
        << "and Bob has not now";
    ASSERT_TRUE(*chain.build({chain.signed_by(alice(), report)}).results.at(1));
    const auto id = offences::report_id(offences::kBabeEquivocation, scale::encode(slot), bob().id());
    EXPECT_TRUE(chain.read([&] { return offences::Reports::contains(id); }));
}

TEST_F(Equivocation, of_votes_belongs_to_the_sessions_of_their_set)
{
    chain.build({chain.signed_by(alice(), set_keys(alice().id(), SeatKeys{"//Alice//new"}))});
    build_to(45);
    ASSERT_EQ(chain.query<uint64_t>("GrandpaApi_current_set_id"), 1u);
    const auto now = ownership(chain, uint64_t{1}, seat.keys().grandpa).value();
    EXPECT_FALSE(ownership(chain, uint64_t{0}, seat.keys().grandpa));
    EXPECT_EQ(attempt(grandpa::ReportEquivocation{two_votes<Prevote>(seat, 1, 4), now}), kDone);
    EXPECT_EQ(attempt(grandpa::ReportEquivocation{two_votes<Prevote>(seat, 0, 4), now}),
              refused(grandpa::Error::invalid_equivocation_proof));
}

TEST_F(Equivocation, after_skipped_epochs_belongs_to_the_session_of_its_slot)
{
    chain.build({}, 73);
    EXPECT_EQ(chain.read([] { return babe::EpochIndex::get(); }), 3u);
    EXPECT_EQ(chain.read([] { return session::CurrentIndex::get(); }), 1u);
    EXPECT_EQ(attempt(blocks(chain.slot())), kDone);
    build_to(40);
    EXPECT_EQ(attempt(blocks(chain.slot())), kDone);
    chain.build({}, 200);
    EXPECT_EQ(attempt(blocks(chain.slot())), kDone);
    const auto session = chain.read([&] { return babe::session_of(chain.slot()); });
    EXPECT_EQ(session, chain.read([] { return session::CurrentIndex::get(); }));
    EXPECT_EQ(chain.read([] { return babe::session_of(1'000'000); }), std::nullopt) << "before the first slot";
}

/// Whoever signs against itself on and on stores at somebody's expense.
TEST_F(Equivocation, beyond_the_free_reports_of_a_validator_is_signed_and_paid)
{
    for (uint64_t round = 0; round != offences::kFreeReports; ++round)
    {
        const auto report = votes<Prevote>(round);
        const grandpa::ReportEquivocationUnsigned call{report.equivocation_proof, report.key_owner_proof};
        ASSERT_TRUE(*chain.build({unsigned_extrinsic(call)}).results.at(1)) << round;
    }
    ASSERT_EQ(chain.read([] { return session::CurrentIndex::get(); }), 0u);
    const auto report = votes<Prevote>(99);
    const grandpa::ReportEquivocationUnsigned call{report.equivocation_proof, report.key_owner_proof};
    EXPECT_EQ(why(validity(Source::Local, call)), Why::ExhaustsResources);
    const auto had = chain.free(dave.id());
    ASSERT_TRUE(*chain.build({chain.signed_by(dave, report)}).results.at(1));
    EXPECT_LT(chain.free(dave.id()), had);
}

} // namespace
} // namespace runtime
