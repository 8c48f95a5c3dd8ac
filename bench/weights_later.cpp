#include "weights_setup.hpp"

/// Preimage and Scheduler: long calls, full agendas.
namespace weights {
namespace {

using namespace runtime;
using base::Bytes;

const Bytes kBytes(1'000, 7);
constexpr BlockNumber kBlock = 10, kAfter = 7; ///< the second block's call for `after` 7 blocks is block 10's
constexpr scheduler::TaskName kName{1}, kTaken{2};

H256 hash() { return {hash::blake2_256(base::ByteView{kBytes})}; }

/// Longer than what an agenda keeps in place.
Call long_call() { return system::Remark{kBytes}; }

/// An agenda with `count` tasks, the last named and long, with a period and retries.
auto agenda_of(uint32_t count)
{
    return [count](Pairs& state) {
        change(state, [&] {
            const Call call{system::Remark{Bytes(100, 1)}};
            for (uint32_t i = 1; i != count; ++i)
                dispatched(Origin::root(), scheduler::Schedule<Runtime>{kBlock, {{1, 10}}, 1, call});
            dispatched(Origin::root(), scheduler::ScheduleNamed<Runtime>{kTaken, kBlock, {{1, 10}}, 1, long_call()});
            dispatched(Origin::root(), scheduler::SetRetryNamed{kTaken, 3, 2});
        });
    };
}
const auto almost_full = agenda_of(scheduler::kPerBlockMax - 1);
const auto full = agenda_of(scheduler::kPerBlockMax);

void full_of_nameless(Pairs& state)
{
    change(state, [] {
        for (uint32_t i = 0; i != scheduler::kPerBlockMax; ++i)
            dispatched(Origin::root(),
                       scheduler::Schedule<Runtime>{kBlock, {{1, 10}}, 1, Call{system::Remark{Bytes(100, 1)}}});
    });
}

} // namespace

void add_preimage(std::vector<Case>& all)
{
    using namespace preimage;
    const auto by_alice = [](Pairs& state) {
        change(state, [] { dispatched(Origin::signed_by(testing::alice().id()), NotePreimage{kBytes}); });
    };
    const auto by_root = [](Pairs& state) { change(state, [] { dispatched(Origin::root(), NotePreimage{kBytes}); }); };
    all.push_back({[](uint32_t n) -> Call { return NotePreimage{Bytes(n, 7)}; }, By::alice, "byte", 1 << 20});
    all.push_back({.make = [](uint32_t) -> Call { return UnnotePreimage{hash()}; }, .setup = by_alice});
    all.push_back(
        {.make = [](uint32_t) -> Call { return RequestPreimage{hash()}; }, .by = By::root, .setup = by_alice});
    all.push_back(
        {.make = [](uint32_t) -> Call { return UnrequestPreimage{hash()}; }, .by = By::root, .setup = by_root});
    // One more than n: none is an error.
    all.push_back({[](uint32_t n) -> Call { return EnsureUpdated{std::vector<H256>(n + 1)}; }, By::alice, "hash",
                   kHashesMax - 1});
}

void add_scheduler(std::vector<Case>& all)
{
    using namespace scheduler;
    const auto add = [&](std::function<Call(uint32_t)> make, const std::function<void(Pairs&)>& setup) {
        all.push_back({.make = std::move(make), .by = By::root, .setup = setup});
    };
    constexpr Period often{1, 10};
    constexpr TaskAddress last{kBlock, kPerBlockMax - 1};
    add([=](uint32_t) -> Call { return Schedule<Runtime>{kBlock, often, 1, long_call()}; }, almost_full);
    add([=](uint32_t) -> Call { return Cancel{kBlock, kPerBlockMax - 1}; }, full);
    add([=](uint32_t) -> Call { return ScheduleNamed<Runtime>{kName, kBlock, often, 1, long_call()}; }, almost_full);
    add([](uint32_t) -> Call { return CancelNamed{kTaken}; }, full);
    add([=](uint32_t) -> Call { return ScheduleAfter<Runtime>{kAfter, often, 1, long_call()}; }, almost_full);
    add([=](uint32_t) -> Call { return ScheduleNamedAfter<Runtime>{kName, kAfter, often, 1, long_call()}; },
        almost_full);
    add([=](uint32_t) -> Call { return SetRetry{last, 3, 2}; }, full_of_nameless);
    add([](uint32_t) -> Call { return SetRetryNamed{kTaken, 3, 2}; }, full);
    add([=](uint32_t) -> Call { return CancelRetry{last}; }, full_of_nameless);
    add([](uint32_t) -> Call { return CancelRetryNamed{kTaken}; }, full);
}

} // namespace weights
