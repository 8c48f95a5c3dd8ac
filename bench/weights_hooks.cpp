#include "weights_setup.hpp"

#include <ranges>

/// Session's change of validators; Scheduler's tasks. The measured block has number 2.
namespace weights {
namespace {

using namespace runtime;
using base::Bytes;

constexpr BlockNumber kNow = 2, kLater = 100;
/// Blocks of 2,400 slots, the longest epoch published for this chain.
constexpr uint32_t kSegments = 2'400 / babe::kSegmentLength + 1;

void fill_segment(uint32_t index, uint32_t count)
{
    using Segment = scale::BoundedVec<babe::Randomness, babe::kSegmentLength>;
    babe::UnderConstruction::insert(index, *Segment::from(std::vector<babe::Randomness>(count)));
}

/// The session ends with the block: the epoch began as many slots earlier as it is long.
void session_ends(Pairs& state, uint32_t validators)
{
    change(state, [&] {
        babe::GenesisSlot::mutate([](Slot& slot) { slot -= babe::EpochDuration::get(); });
        for (uint32_t i = 0; i + 1 != kSegments; ++i)
            fill_segment(i, babe::kSegmentLength);
        babe::SegmentIndex::put(kSegments - 1);
        babe::NextEpochConfig::put(babe::EpochConfig::get());
        babe::PendingEpochConfigChange::put(primitives::babe::ConfigurationV1{babe::EpochConfig::get()});
        session::Queued queued = session::QueuedKeys::get();
        for (uint32_t i = 1; i != validators; ++i)
        {
            session::SessionKeys keys;
            keys.grandpa.bytes = one_of_many(i).bytes;
            keys.babe.bytes = one_of_many(i).bytes;
            keys.authority_discovery.bytes = one_of_many(i).bytes;
            queued.emplace_back(one_of_many(i), keys);
            session::NextKeys::insert(one_of_many(i), keys);
        }
        session::QueuedKeys::put(queued);
        // One seat each, and another order than before: the seats change, and the worst is a validator for each.
        std::vector<session::Allotment> allocation;
        for (const auto& [who, keys] : std::views::reverse(queued))
            allocation.push_back({who, 1});
        session::Allocation::put(allocation);
        session::QueuedChanged::put(true);
    });
}

Call remark(uint32_t bytes) { return system::Remark{Bytes(bytes, 1)}; }
/// Needs most of a block, by what root says.
Call heavy()
{
    return utility::WithWeight<Runtime>{remark(90), {Runtime::kBlockWeights.max_block.ref_time / 10 * 7, 0}};
}
/// Fails, and is too long to lie in its agenda.
Call failing() { return utility::BatchAll<Runtime>{{remark(200), balances::ForceTransfer{kOther, kThird, {kToken}}}}; }

void schedule(uint8_t priority, const Call& call)
{
    dispatched(Origin::root(), scheduler::Schedule<Runtime>{kNow, std::nullopt, priority, call});
}
/// With a name and a period.
void schedule_often(uint32_t i, const Call& call)
{
    scheduler::TaskName name{};
    name[0] = uint8_t(i + 1);
    dispatched(Origin::root(), scheduler::ScheduleNamed<Runtime>{name, kNow, {{kLater, 10}}, 1, call});
}

/// One task runs; n more do not fit into the block after it.
void postponed(Pairs& state, uint32_t n)
{
    change(state, [&] {
        schedule(0, heavy());
        for (uint32_t i = 0; i != n; ++i)
            schedule(1, heavy());
    });
}
void long_task(Pairs& state, uint32_t n)
{
    change(state, [&] { schedule(1, remark(n)); });
}
void short_task(Pairs& state, uint32_t) { long_task(state, 100); }

void often_with_retries(Pairs& state, uint32_t n)
{
    change(state, [&] {
        for (uint32_t i = 0; i != n; ++i)
        {
            schedule_often(i, remark(100));
            scheduler::Retries::insert({kNow, i}, {3, 3, 1});
        }
    });
}
void failing_often(Pairs& state, uint32_t n)
{
    change(state, [&] {
        for (uint32_t i = 0; i != n; ++i)
            schedule_often(i, failing());
    });
}
void failing_with_retries(Pairs& state, uint32_t n)
{
    failing_often(state, n);
    change(state, [&] {
        for (uint32_t i = 0; i != n; ++i)
            scheduler::Retries::insert({kNow, i}, {3, 3, 1});
    });
}

template <class E>
std::array<uint8_t, 2> place_of()
{
    return kEventPlace<Runtime, E>;
}
size_t once(uint32_t) { return 1; }
size_t each(uint32_t n) { return n; }
size_t twice(uint32_t n) { return 2 * n; }

} // namespace

void worst_day(Pairs& state)
{
    change(state, [] { fill_segment(babe::SegmentIndex::get(), babe::kSegmentLength - 1); });
}

std::vector<HookCase> hooks()
{
    constexpr auto kMost = scheduler::kPerBlockMax;
    return {
        {.name = "Session.rotate",
         .sizes = {1, 100, 400, 1000},
         .state = session_ends,
         .unit = "validator",
         .event = place_of<session::NewSession>(),
         .events = once},
        {.name = "Scheduler.service_agenda",
         .sizes = {0, kMost / 4, kMost / 2, kMost - 1},
         .state = postponed,
         .unit = "task",
         .event = place_of<scheduler::AgendaIncomplete>(),
         // With nothing left over there is nothing to tell.
         .events = [](uint32_t n) -> size_t { return n == 0 ? 0 : 1; }},
        {.name = "Scheduler.fetch_call",
         .sizes = {200, 1 << 18, 1 << 19, 1 << 20},
         .state = long_task,
         .without = short_task,
         .unit = "byte",
         .event = place_of<scheduler::Dispatched>(),
         .events = once},
        {.name = "Scheduler.run_task",
         .sizes = {1, kMost / 2, kMost},
         .state = often_with_retries,
         .event = place_of<scheduler::Dispatched>(),
         .events = each},
        // A task that comes again is placed twice: for its next time, and for the next attempt.
        {.name = "Scheduler.retry_task",
         .sizes = {1, kMost / 2, kMost},
         .state = failing_with_retries,
         .without = failing_often,
         .event = place_of<scheduler::Scheduled>(),
         .events = twice,
         .fails = true},
    };
}

} // namespace weights
