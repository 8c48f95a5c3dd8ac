#include "runtime/testing/books.hpp"
#include "runtime/testing/chain.hpp"

#include <gtest/gtest.h>

namespace runtime {
namespace {

using namespace testing;
using preimage::Error;
namespace status = preimage::status;
using Balances = balances::Pallet<Runtime>;
using Preimage = preimage::Pallet<Runtime>;

H256 hash_of(const Bytes& bytes) { return {hash::blake2_256(ByteView{bytes})}; }

/// A genesis state on which calls run one by one, each undone if it fails; the books are checked at the end.
class PreimagePallet : public ::testing::Test
{
protected:
    void SetUp() override { system::ExecutionPhase::put(system::phase::Initialization{}); }
    void TearDown() override { EXPECT_EQ(fault_in_books<Runtime>(chain.state()), ""); }

    template <class C>
    Outcome run(const Origin& origin, const C& call)
    {
        return dispatch<Runtime>(Call<Runtime>{call}, origin);
    }
    template <class C>
    Result<> result(const Origin& origin, const C& call)
    {
        const auto outcome = run(origin, call);
        return outcome ? Result<>{} : Result<>{std::unexpected(outcome.error().error)};
    }
    static Result<> failed(Error why) { return fail<Runtime>(why); }
    template <class S>
    static std::optional<S> status_of(const H256& hash)
    {
        const auto found = preimage::RequestStatusFor::get(hash);
        const auto* status = found ? found->template get<S>() : nullptr;
        return status == nullptr ? std::nullopt : std::optional{*status};
    }
    static Balance held(const Person& who) { return Balances::on_hold(preimage::HoldReason::preimage, who.id()); }

    Chain chain;
    native::Enter enter{chain.state()};
    Origin root = Origin::root();
    Origin by_alice = Origin::signed_by(alice().id());
    Origin by_bob = Origin::signed_by(bob().id());
    Bytes bytes = Bytes(1000, 7);
    H256 hash = hash_of(bytes);
    Balance deposit = Runtime::kPreimageDepositBase + 1000 * Runtime::kPreimageDepositPerByte;
};

TEST_F(PreimagePallet, is_stored_against_a_deposit_that_comes_back)
{
    const auto noted = run(by_alice, preimage::NotePreimage{bytes});
    ASSERT_TRUE(noted);
    EXPECT_EQ(noted->pays_fee, Pays::yes);
    EXPECT_TRUE(chain.has_event(event(preimage::Noted{hash})));
    EXPECT_EQ(held(alice()), deposit);
    EXPECT_EQ(preimage::PreimageFor::get({hash, 1000})->items(), bytes);
    EXPECT_EQ(result(by_alice, preimage::NotePreimage{bytes}), failed(Error::already_noted));
    EXPECT_EQ(result(by_bob, preimage::NotePreimage{bytes}), failed(Error::already_noted));
    EXPECT_EQ(result(by_bob, preimage::UnnotePreimage{hash}), failed(Error::not_authorized));
    EXPECT_TRUE(run(by_alice, preimage::UnnotePreimage{hash}));
    EXPECT_TRUE(chain.has_event(event(preimage::Cleared{hash})));
    EXPECT_EQ(held(alice()), Balance{0});
    EXPECT_EQ(result(by_alice, preimage::UnnotePreimage{hash}), failed(Error::not_noted));
    EXPECT_FALSE(preimage::PreimageFor::contains({hash, 1000}));
}

TEST_F(PreimagePallet, without_the_deposit_is_not_stored)
{
    const Person poor{"//Poor"};
    EXPECT_EQ(result(Origin::signed_by(poor.id()), preimage::NotePreimage{bytes}),
              Result<>{fail(TokenError::funds_unavailable)});
    EXPECT_FALSE(preimage::RequestStatusFor::contains(hash));
    EXPECT_EQ(result(Origin::none(), preimage::NotePreimage{bytes}), Result<>{fail(dispatch_error::BadOrigin{})});
}

TEST_F(PreimagePallet, may_be_4_mebibytes_long_and_no_longer)
{
    EXPECT_TRUE(run(root, preimage::NotePreimage{Bytes(preimage::kSizeMax)}));
    EXPECT_EQ(result(root, preimage::NotePreimage{Bytes(preimage::kSizeMax + 1)}), failed(Error::too_big));
    EXPECT_TRUE(run(root, preimage::NotePreimage{Bytes{}}));
}

TEST_F(PreimagePallet, that_was_requested_is_taken_once_for_nothing)
{
    EXPECT_TRUE(run(root, preimage::RequestPreimage{hash}));
    EXPECT_TRUE(chain.has_event(event(preimage::Requested{hash})));
    const auto noted = run(by_bob, preimage::NotePreimage{bytes});
    ASSERT_TRUE(noted);
    EXPECT_EQ(noted->pays_fee, Pays::no);
    EXPECT_EQ(held(bob()), Balance{0});
    EXPECT_EQ(result(by_bob, preimage::NotePreimage{bytes}), failed(Error::already_noted));
    EXPECT_EQ(result(by_bob, preimage::UnnotePreimage{hash}), failed(Error::not_authorized));
    EXPECT_EQ(result(by_bob, preimage::RequestPreimage{hash}), Result<>{fail(dispatch_error::BadOrigin{})});
    EXPECT_EQ(result(by_bob, preimage::UnrequestPreimage{hash}), Result<>{fail(dispatch_error::BadOrigin{})});
    EXPECT_TRUE(run(root, preimage::UnrequestPreimage{hash}));
    EXPECT_FALSE(preimage::RequestStatusFor::contains(hash));
    EXPECT_EQ(result(root, preimage::UnrequestPreimage{hash}), failed(Error::not_requested));
}

TEST_F(PreimagePallet, stays_while_it_is_requested_whatever_its_owner_does)
{
    ASSERT_TRUE(run(by_alice, preimage::NotePreimage{bytes}));
    EXPECT_EQ(result(root, preimage::UnrequestPreimage{hash}), failed(Error::not_requested));
    EXPECT_TRUE(run(root, preimage::RequestPreimage{hash}));
    EXPECT_TRUE(run(root, preimage::RequestPreimage{hash}));
    EXPECT_EQ(status_of<status::Requested>(hash)->count, 2u);
    EXPECT_TRUE(run(root, preimage::UnrequestPreimage{hash}));
    EXPECT_TRUE(run(root, preimage::UnrequestPreimage{hash}));
    EXPECT_EQ(status_of<status::Unrequested>(hash)->len, 1000u); // its owner's again
    EXPECT_TRUE(run(root, preimage::RequestPreimage{hash}));
    EXPECT_TRUE(run(by_alice, preimage::UnnotePreimage{hash}));
    EXPECT_EQ(held(alice()), Balance{0});
    EXPECT_TRUE(preimage::PreimageFor::contains({hash, 1000}));
    EXPECT_EQ(result(by_alice, preimage::UnnotePreimage{hash}), failed(Error::not_authorized));
    EXPECT_TRUE(run(root, preimage::UnnotePreimage{hash})); // root's unnote is an unrequest now
    EXPECT_FALSE(preimage::PreimageFor::contains({hash, 1000}));
}

TEST_F(PreimagePallet, of_root_is_requested_and_takes_over_what_others_noted)
{
    ASSERT_TRUE(run(by_alice, preimage::NotePreimage{bytes}));
    const auto noted = run(root, preimage::NotePreimage{bytes});
    ASSERT_TRUE(noted);
    EXPECT_EQ(noted->pays_fee, Pays::no);
    EXPECT_EQ(status_of<status::Requested>(hash)->count, 1u);
    EXPECT_TRUE(run(root, preimage::NotePreimage{bytes}));
    EXPECT_EQ(status_of<status::Requested>(hash)->count, 1u);
    EXPECT_EQ(held(alice()), deposit);
    EXPECT_TRUE(run(root, preimage::UnnotePreimage{hash}));
    EXPECT_EQ(held(alice()), Balance{0});
    EXPECT_TRUE(run(root, preimage::UnrequestPreimage{hash}));
    EXPECT_FALSE(preimage::RequestStatusFor::contains(hash));
}

TEST_F(PreimagePallet, has_no_older_layout_to_update)
{
    EXPECT_TRUE(run(by_alice, preimage::EnsureUpdated{{hash}}));
    EXPECT_EQ(result(by_alice, preimage::EnsureUpdated{}), failed(Error::too_few));
    EXPECT_TRUE(run(by_alice, preimage::EnsureUpdated{std::vector<H256>(preimage::kHashesMax)}));
    EXPECT_EQ(result(by_alice, preimage::EnsureUpdated{std::vector<H256>(preimage::kHashesMax + 1)}),
              failed(Error::too_many));
    EXPECT_EQ(result(root, preimage::EnsureUpdated{{hash}}), Result<>{fail(dispatch_error::BadOrigin{})});
}

TEST_F(PreimagePallet, keeps_short_values_in_place_and_long_ones_by_hash)
{
    const Bytes brief(126, 1); // 128 with its length
    const auto in_place = Preimage::bound(brief).value();
    EXPECT_TRUE(in_place.is<preimage::bounded::Inline>());
    EXPECT_EQ(Preimage::peek<Bytes>(in_place, 1)->first, brief);
    Preimage::drop(in_place);

    const Bytes longer(127, 1);
    const auto by_hash = Preimage::bound(longer).value();
    ASSERT_TRUE(by_hash.is<preimage::bounded::Lookup>());
    EXPECT_EQ(Preimage::bound(longer).value(), by_hash);
    EXPECT_EQ(status_of<status::Requested>(*by_hash.lookup_hash())->count, 2u);
    EXPECT_EQ(Preimage::peek<Bytes>(by_hash, 1)->first, longer);
    EXPECT_EQ(Preimage::peek<Bytes>(preimage::bounded::Legacy{*by_hash.lookup_hash()}, 1)->first, longer);
    Preimage::drop(by_hash);
    Preimage::drop(by_hash);
    EXPECT_FALSE(Preimage::peek<Bytes>(by_hash, 1));
    EXPECT_FALSE(preimage::RequestStatusFor::contains(*by_hash.lookup_hash()));
    EXPECT_FALSE(Preimage::bound(Bytes(preimage::kSizeMax)));
}

TEST_F(PreimagePallet, is_not_found_under_another_length)
{
    ASSERT_TRUE(run(by_alice, preimage::NotePreimage{bytes}));
    for (const uint32_t length : {0u, 999u, 1001u, ~0u})
        EXPECT_FALSE(Preimage::peek<Call<Runtime>>(preimage::bounded::Lookup{hash, length}, 32)) << length;
}

} // namespace
} // namespace runtime
