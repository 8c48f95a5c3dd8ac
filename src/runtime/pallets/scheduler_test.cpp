#include "runtime/testing/books.hpp"
#include "runtime/testing/chain.hpp"

#include <gtest/gtest.h>

namespace runtime {
namespace {

using namespace testing;
using scheduler::Error;
using scheduler::Period;
using scheduler::TaskAddress;
using Scheduler = scheduler::Pallet<Runtime>;
using Store = preimage::Pallet<Runtime>;

constexpr scheduler::TaskName kName{'n', 'a', 'm', 'e'};

/// More than Alice has.
constexpr Balance kTooMuch = 2'000'000 * FixedU128::kOne;

using OptionalPeriod = std::optional<Period>;

/// A chain whose blocks are begun one after the other, no extrinsics in them; calls run in between.
class SchedulerPallet : public ::testing::Test
{
protected:
    void SetUp() override { begin(1); }
    void TearDown() override { EXPECT_EQ(fault_in_books<Runtime>(chain.state()), ""); }

    /// Begins block n as Executive does for this pallet. Returns what its tasks weighed.
    Weight begin(BlockNumber n)
    {
        system::Number::put(n);
        host::clear(system::kEventsKey);
        system::ExecutionPhase::put(system::phase::Initialization{});
        return Scheduler::on_initialize(n);
    }
    template <class C>
    Result<> run(const C& call, const Origin& origin = Origin::root())
    {
        const auto outcome = dispatch<Runtime>(Call<Runtime>{call}, origin);
        return outcome ? Result<>{} : Result<>{std::unexpected(outcome.error().error)};
    }
    static Result<> failed(Error why) { return fail<Runtime>(why); }
    template <class E>
    bool has(const E& one)
    {
        return chain.has_event(event(one));
    }

    /// Sets a mark in storage.
    static Call<Runtime> mark(uint8_t key) { return system::SetStorage{{{Bytes{key}, Bytes{1}}}}; }
    static Call<Runtime> failing() { return balances::ForceTransfer{alice().id(), bob().id(), kTooMuch}; }
    /// Longer than what is kept in place.
    static Call<Runtime> long_mark(uint8_t key) { return system::SetStorage{{{Bytes{key}, Bytes(200, 1)}}}; }
    /// Weighs `percent` of a block; fails when it runs, which costs the weight as well.
    static Call<Runtime> heavy(uint64_t percent, const Call<Runtime>& inner)
    {
        return utility::WithWeight<Runtime>{inner, {Runtime::kBlockWeights.max_block.ref_time / 100 * percent, 0}};
    }
    bool is_marked(uint8_t key) { return chain.state().get(Bytes{key}).has_value(); }
    void unmark(uint8_t key) { chain.state().clear(Bytes{key}); }
    Result<> schedule(BlockNumber when, const Call<Runtime>& call, OptionalPeriod again = {}, uint8_t priority = 0)
    {
        return run(scheduler::Schedule<Runtime>{when, again, priority, call});
    }
    Result<> schedule_named(BlockNumber when, const Call<Runtime>& call, OptionalPeriod again = {})
    {
        return run(scheduler::ScheduleNamed<Runtime>{kName, when, again, 0, call});
    }
    /// How many keys are in storage under the pallet's and Preimage's prefixes.
    size_t entries()
    {
        const auto count = [&](ByteView prefix) {
            return std::ranges::count_if(chain.state().top, [&](const auto& entry) {
                return entry.first.size() >= 16 && std::ranges::equal(prefix, ByteView{entry.first}.first(16));
            });
        };
        return size_t(count(ByteView{scheduler::Agenda::prefix}.first(16)) +
                      count(ByteView{preimage::PreimageFor::prefix}.first(16)));
    }

    Chain chain;
    native::Enter enter{chain.state()};
};

TEST_F(SchedulerPallet, runs_a_call_in_its_block_and_only_there)
{
    EXPECT_TRUE(schedule(3, mark(1)));
    EXPECT_TRUE(has(scheduler::Scheduled{3, 0}));
    begin(2);
    EXPECT_FALSE(is_marked(1));
    begin(3);
    EXPECT_TRUE(is_marked(1));
    EXPECT_TRUE(has(scheduler::Dispatched{{3, 0}, std::nullopt, {}}));
    unmark(1);
    begin(4);
    EXPECT_FALSE(is_marked(1));
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, refuses_the_past_the_present_and_who_is_not_root)
{
    EXPECT_EQ(schedule(0, mark(1)), failed(Error::target_block_number_in_past));
    EXPECT_EQ(schedule(1, long_mark(1)), failed(Error::target_block_number_in_past));
    EXPECT_EQ(entries(), 0u);
    const auto refused = Result<>{fail(dispatch_error::BadOrigin{})};
    const auto by_alice = Origin::signed_by(alice().id());
    EXPECT_EQ(run(scheduler::Schedule<Runtime>{3, {}, 0, mark(1)}, by_alice), refused);
    EXPECT_EQ(run(scheduler::ScheduleNamed<Runtime>{kName, 3, {}, 0, mark(1)}, by_alice), refused);
    EXPECT_EQ(run(scheduler::ScheduleAfter<Runtime>{3, {}, 0, mark(1)}, by_alice), refused);
    EXPECT_EQ(run(scheduler::ScheduleNamedAfter<Runtime>{kName, 3, {}, 0, mark(1)}, by_alice), refused);
    EXPECT_EQ(run(scheduler::Cancel{3, 0}, by_alice), refused);
    EXPECT_EQ(run(scheduler::CancelNamed{kName}, by_alice), refused);
    EXPECT_EQ(run(scheduler::SetRetry{{3, 0}, 1, 1}, by_alice), refused);
    EXPECT_EQ(run(scheduler::SetRetryNamed{kName, 1, 1}, by_alice), refused);
    EXPECT_EQ(run(scheduler::CancelRetry{{3, 0}}, by_alice), refused);
    EXPECT_EQ(run(scheduler::CancelRetryNamed{kName}, by_alice), refused);
}

TEST_F(SchedulerPallet, counts_a_delay_from_the_next_block)
{
    EXPECT_TRUE(run(scheduler::ScheduleAfter<Runtime>{0, {}, 0, mark(1)}));
    EXPECT_TRUE(run(scheduler::ScheduleNamedAfter<Runtime>{kName, 1, {}, 0, mark(2)}));
    EXPECT_TRUE(run(scheduler::ScheduleAfter<Runtime>{~0u, {}, 0, mark(3)}));
    EXPECT_TRUE(has(scheduler::Scheduled{~0u, 0}));
    begin(2);
    EXPECT_TRUE(is_marked(1));
    EXPECT_FALSE(is_marked(2));
    begin(3);
    EXPECT_TRUE(is_marked(2));
}

TEST_F(SchedulerPallet, cancels_by_place_and_by_name)
{
    EXPECT_TRUE(schedule(3, long_mark(1)));
    EXPECT_TRUE(schedule_named(3, mark(2)));
    EXPECT_EQ(schedule_named(4, mark(3)), failed(Error::failed_to_schedule));
    EXPECT_TRUE(run(scheduler::Cancel{3, 0}));
    EXPECT_TRUE(has(scheduler::Canceled{3, 0}));
    EXPECT_EQ(run(scheduler::Cancel{3, 0}), failed(Error::not_found));
    EXPECT_EQ(run(scheduler::Cancel{3, ~0u}), failed(Error::not_found));
    EXPECT_EQ(run(scheduler::Cancel{9, 0}), failed(Error::not_found));
    EXPECT_TRUE(run(scheduler::SetRetryNamed{kName, 3, 1}));
    EXPECT_TRUE(run(scheduler::CancelNamed{kName}));
    EXPECT_EQ(run(scheduler::CancelNamed{kName}), failed(Error::not_found));
    EXPECT_EQ(entries(), 0u);
    EXPECT_TRUE(schedule_named(3, mark(2)));
    EXPECT_TRUE(run(scheduler::Cancel{3, 0}));
    EXPECT_TRUE(schedule_named(3, mark(2)));
    begin(3);
    EXPECT_TRUE(is_marked(2));
    EXPECT_FALSE(is_marked(1));
}

TEST_F(SchedulerPallet, keeps_at_most_50_tasks_for_a_block_and_fills_holes)
{
    for (uint8_t i = 0; i != scheduler::kPerBlockMax; ++i)
        ASSERT_TRUE(schedule(3, mark(i)));
    EXPECT_EQ(schedule(3, long_mark(99)), Result<>{fail(dispatch_error::Exhausted{})});
    EXPECT_TRUE(run(scheduler::Cancel{3, 7}));
    EXPECT_TRUE(schedule(3, mark(99)));
    EXPECT_TRUE(has(scheduler::Scheduled{3, 7}));
    begin(3);
    EXPECT_TRUE(is_marked(99));
    EXPECT_TRUE(is_marked(49));
    EXPECT_FALSE(is_marked(7));
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, repeats_a_call_as_often_as_asked)
{
    EXPECT_TRUE(schedule_named(2, long_mark(1), Period{3, 3}));
    for (const BlockNumber n : {2, 5, 8})
    {
        begin(n - 1);
        EXPECT_FALSE(is_marked(1)) << n;
        begin(n);
        EXPECT_TRUE(is_marked(1)) << n;
        unmark(1);
    }
    for (BlockNumber n = 9; n != 13; ++n)
        begin(n);
    EXPECT_FALSE(is_marked(1));
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, takes_a_period_of_nothing_for_none)
{
    EXPECT_TRUE(schedule(2, mark(1), Period{0, 5}));
    EXPECT_TRUE(schedule(2, mark(2), Period{5, 1}));
    EXPECT_TRUE(schedule(2, mark(3), Period{5, 0}));
    EXPECT_TRUE(schedule(2, mark(4), Period{~0u, ~0u}));
    begin(2);
    EXPECT_EQ(entries(), 1u); // the last, at the end of time
    EXPECT_EQ(std::get<1>(*scheduler::Agenda::get(~0u)[0]->maybe_periodic), ~0u - 2);
}

TEST_F(SchedulerPallet, says_so_when_there_is_no_room_to_repeat)
{
    EXPECT_TRUE(schedule(2, long_mark(1), Period{3, 3}));
    for (uint8_t i = 0; i != scheduler::kPerBlockMax; ++i)
        ASSERT_TRUE(schedule(5, mark(i)));
    begin(2);
    EXPECT_TRUE(has(scheduler::PeriodicFailed{{2, 0}, std::nullopt}));
    EXPECT_EQ(entries(), 1u); // the preimage is gone
}

TEST_F(SchedulerPallet, tries_a_failed_call_again_until_its_retries_are_used)
{
    EXPECT_TRUE(schedule(2, failing()));
    EXPECT_TRUE(run(scheduler::SetRetry{{2, 0}, 2, 3}));
    EXPECT_TRUE(has(scheduler::RetrySet{{2, 0}, std::nullopt, 3, 2}));
    for (const BlockNumber n : {2, 5, 8})
    {
        begin(n);
        EXPECT_TRUE(has(scheduler::Dispatched{{n, 0}, std::nullopt, fail(TokenError::funds_unavailable)})) << n;
    }
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, retries_long_calls_in_a_later_block_and_stops_once_they_succeed)
{
    const auto big = utility::BatchAll<Runtime>{{failing(), system::Remark{Bytes(300)}}};
    EXPECT_TRUE(schedule_named(2, big));
    EXPECT_TRUE(run(scheduler::SetRetryNamed{kName, 9, 0}));
    begin(2);
    begin(3);
    EXPECT_EQ(entries(), 4u); // agenda, retry, preimage, its status
    EXPECT_TRUE(run(balances::ForceSetBalance{alice().id(), kTooMuch}));
    begin(4);
    EXPECT_TRUE(has(scheduler::Dispatched{{4, 0}, std::nullopt, {}}));
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, retries_a_periodic_call_beside_its_periods)
{
    EXPECT_TRUE(schedule_named(2, failing(), Period{10, 2}));
    EXPECT_TRUE(run(scheduler::SetRetryNamed{kName, 1, 2}));
    begin(2);
    EXPECT_TRUE(scheduler::Agenda::contains(4));
    EXPECT_TRUE(scheduler::Agenda::contains(12));
    EXPECT_EQ(scheduler::Retries::get({12, 0})->remaining, 1);
    EXPECT_EQ(scheduler::Retries::get({4, 0})->remaining, 0);
    begin(4);
    EXPECT_FALSE(scheduler::Agenda::contains(6));
    EXPECT_TRUE(run(scheduler::CancelRetryNamed{kName}));
    EXPECT_TRUE(has(scheduler::RetryCancelled{{12, 0}, kName}));
    begin(12);
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, sets_retries_of_tasks_that_are_there_and_names_by_name_only)
{
    EXPECT_EQ(run(scheduler::SetRetry{{2, 0}, 1, 1}), failed(Error::not_found));
    EXPECT_EQ(run(scheduler::SetRetryNamed{kName, 1, 1}), failed(Error::not_found));
    EXPECT_EQ(run(scheduler::CancelRetry{{2, 0}}), failed(Error::not_found));
    EXPECT_EQ(run(scheduler::CancelRetryNamed{kName}), failed(Error::not_found));
    EXPECT_TRUE(schedule_named(2, mark(1)));
    EXPECT_EQ(run(scheduler::SetRetry{{2, 0}, 1, 1}), failed(Error::named));
    EXPECT_TRUE(schedule(2, failing()));
    EXPECT_TRUE(run(scheduler::SetRetry{{2, 1}, 1, 1}));
    EXPECT_TRUE(run(scheduler::CancelRetry{{2, 1}}));
    begin(2);
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, says_so_when_there_is_no_room_to_retry)
{
    EXPECT_TRUE(schedule(2, failing()));
    EXPECT_TRUE(run(scheduler::SetRetry{{2, 0}, 2, 3}));
    for (uint8_t i = 0; i != scheduler::kPerBlockMax; ++i)
        ASSERT_TRUE(schedule(5, mark(i)));
    begin(2);
    EXPECT_TRUE(has(scheduler::RetryFailed{{2, 0}, std::nullopt}));
}

TEST_F(SchedulerPallet, runs_by_priority_and_postpones_what_does_not_fit)
{
    EXPECT_TRUE(schedule(2, heavy(50, mark(1)), {}, 9));
    EXPECT_TRUE(run(scheduler::ScheduleNamed<Runtime>{kName, 2, {}, 5, heavy(50, long_mark(2))}));
    EXPECT_TRUE(schedule(3, mark(3)));
    const auto weight = begin(2);
    EXPECT_FALSE(weight.any_gt(Scheduler::MaximumWeight::value()));
    EXPECT_TRUE(is_marked(2));
    EXPECT_FALSE(is_marked(1));
    EXPECT_TRUE(has(scheduler::AgendaIncomplete{2}));
    EXPECT_EQ(scheduler::IncompleteSince::get(), 2u);
    begin(3);
    EXPECT_TRUE(is_marked(1));
    EXPECT_TRUE(is_marked(3));
    EXPECT_FALSE(scheduler::IncompleteSince::get());
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, a_postponed_task_keeps_its_name_and_may_be_cancelled)
{
    EXPECT_TRUE(schedule(2, heavy(70, mark(1))));
    EXPECT_TRUE(schedule_named(2, heavy(70, mark(2))));
    begin(2);
    EXPECT_TRUE(scheduler::Lookup::contains(kName));
    EXPECT_TRUE(run(scheduler::CancelNamed{kName}));
    begin(3);
    EXPECT_FALSE(is_marked(2));
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, drops_what_can_never_fit_and_goes_on)
{
    EXPECT_TRUE(schedule(2, heavy(90, long_mark(1))));
    EXPECT_TRUE(schedule(2, mark(2)));
    begin(2);
    EXPECT_TRUE(has(scheduler::PermanentlyOverweight{{2, 0}, std::nullopt}));
    EXPECT_FALSE(is_marked(1));
    EXPECT_TRUE(is_marked(2));
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, drops_calls_whose_bytes_are_missing_of_another_length_or_no_call)
{
    const auto place = [&](const preimage::Bounded& call) {
        ASSERT_TRUE(Scheduler::place(2, {std::nullopt, 0, call, std::nullopt, Origin::root()}));
    };
    const Bytes junk(500, 0xff);
    const H256 hash{hash::blake2_256(ByteView{junk})};
    ASSERT_TRUE(run(preimage::NotePreimage{junk}));
    place(preimage::bounded::Lookup{hash, 500});
    place(preimage::bounded::Lookup{H256{}, 500});
    Store::request({});
    Store::request({});
    place(preimage::bounded::Legacy{});
    const Bytes call = scale::encode(long_mark(1));
    const H256 call_hash{hash::blake2_256(ByteView{call})};
    ASSERT_TRUE(run(preimage::NotePreimage{call}));
    place(preimage::bounded::Lookup{call_hash, uint32_t(call.size() - 1)});
    place(preimage::bounded::Inline{});
    begin(2);
    for (uint32_t i = 0; i != 5; ++i)
        EXPECT_TRUE(has(scheduler::CallUnavailable{{2, i}, std::nullopt})) << i;
    EXPECT_FALSE(is_marked(1));
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, drops_a_call_that_nests_too_deep)
{
    Call<Runtime> call = system::Remark{};
    for (int i = 0; i != 40; ++i)
        call = utility::Batch<Runtime>{{call}};
    const auto bytes = scale::encode(call);
    ASSERT_TRUE(run(preimage::NotePreimage{bytes}));
    const preimage::Bounded bounded =
        preimage::bounded::Lookup{{hash::blake2_256(ByteView{bytes})}, uint32_t(bytes.size())};
    ASSERT_TRUE(Scheduler::place(2, {std::nullopt, 0, bounded, std::nullopt, Origin::root()}));
    begin(2);
    EXPECT_TRUE(has(scheduler::CallUnavailable{{2, 0}, std::nullopt}));
}

TEST_F(SchedulerPallet, runs_a_preimage_that_was_noted_before_and_leaves_it_to_its_owner)
{
    const auto call = long_mark(1);
    ASSERT_TRUE(run(preimage::NotePreimage{scale::encode(call)}, Origin::signed_by(alice().id())));
    EXPECT_TRUE(schedule(2, call));
    begin(2);
    EXPECT_TRUE(is_marked(1));
    EXPECT_TRUE(run(preimage::UnnotePreimage{{hash::blake2_256(ByteView{scale::encode(call)})}},
                    Origin::signed_by(alice().id())));
    EXPECT_EQ(entries(), 0u);
}

TEST_F(SchedulerPallet, runs_as_the_origin_that_was_stored)
{
    const auto bounded = Store::bound(Call<Runtime>{balances::TransferKeepAlive{bob().id(), Balance{5}}}).value();
    const auto by_alice = Origin::signed_by(alice().id());
    ASSERT_TRUE(Scheduler::place(2, {kName, 0, bounded, std::nullopt, by_alice}));
    EXPECT_EQ(Scheduler::cancel_named(Origin::signed_by(bob().id()), kName),
              Result<>{fail(dispatch_error::BadOrigin{})});
    const auto had = chain.free(bob().id());
    begin(2);
    EXPECT_EQ(chain.free(bob().id()), had + 5);
    ASSERT_TRUE(Scheduler::place(3, {kName, 0, bounded, std::nullopt, by_alice}));
    EXPECT_TRUE(Scheduler::cancel_named(by_alice, kName));
}

TEST_F(SchedulerPallet, lets_a_call_cancel_what_runs_after_it)
{
    EXPECT_TRUE(schedule(2, scheduler::Cancel{2, 1}));
    EXPECT_TRUE(schedule(2, long_mark(1)));
    EXPECT_TRUE(schedule(2, scheduler::Schedule<Runtime>{4, {}, 0, mark(2)}));
    begin(2);
    EXPECT_TRUE(has(scheduler::Canceled{2, 1}));
    EXPECT_FALSE(is_marked(1));
    begin(4);
    EXPECT_TRUE(is_marked(2));
    EXPECT_EQ(entries(), 0u);
}

TEST(ScheduledOnChain, blocks_with_tasks_execute_to_the_same_state_on_an_importer)
{
    Chain chain;
    const Call<Runtime> pay = balances::ForceTransfer{alice().id(), bob().id(), Balance{7}};
    const Call<Runtime> later = scheduler::Schedule<Runtime>{3, Period{2, 2}, 0, pay};
    const auto had = chain.free(bob().id());
    ASSERT_TRUE(chain.build({chain.signed_by(alice(), sudo::Sudo<Runtime>{later})}).executed);
    EXPECT_TRUE(chain.has_event(event(sudo::Sudid{})));
    for (BlockNumber n = 2; n != 7; ++n)
    {
        const auto built = chain.build();
        ASSERT_TRUE(built.executed) << built.executed.error();
        EXPECT_EQ(chain.has_event(event(scheduler::Dispatched{{n, 0}, std::nullopt, {}})), n == 3 || n == 5) << n;
        EXPECT_EQ(fault_in_books<Runtime>(chain.state()), "");
    }
    EXPECT_EQ(chain.free(bob().id()), had + 14);
}

} // namespace
} // namespace runtime
