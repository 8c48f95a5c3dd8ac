#include "runtime/testing/equivocation.hpp"
#include "weights_setup.hpp"

/// Reports of equivocations, of the last of as many seats as an account may have.
namespace weights {
namespace {

using namespace runtime;

constexpr Slot kSlot = uint64_t{1} << 40;
constexpr uint64_t kSet = 0, kRound = 1;

const testing::SeatKeys& offender()
{
    static const testing::SeatKeys seat{"//Seat//0"};
    return seat;
}

session::Queued seats()
{
    session::Queued all;
    for (uint32_t i = 0; i + 1 != session::kSeatsPerAccountMax; ++i)
    {
        session::SessionKeys keys;
        keys.grandpa.bytes = keys.babe.bytes = keys.authority_discovery.bytes = one_of_many(i).bytes;
        all.emplace_back(one_of_many(i), keys);
    }
    all.emplace_back(kOther, offender().keys());
    return all;
}

/// Session 0 had these seats; kSlot lies in it, behind as many skipped epochs as are kept.
void many_held_seats(Pairs& state)
{
    change(state, [] {
        session::CurrentIndex::put(0);
        historical::Pallet<Runtime>::on_new_session(0, seats());
        const auto epoch = (kSlot - babe::GenesisSlot::get()) / babe::EpochDuration::get();
        babe::SkippedEpochs::put(*decltype(babe::SkippedEpochs::get())::from(
            std::vector<std::pair<uint64_t, SessionIndex>>(babe::kSkippedEpochsMax, {epoch, 0})));
        std::vector<session::Allotment> allocation;
        for (const auto& [who, keys] : seats())
            allocation.push_back({who, 1});
        session::Allocation::put(allocation);
    });
}

historical::MembershipProof ownership(const session::OwnedKey& key)
{
    historical::MembershipProof proof;
    Pairs state;
    change(state, [&] {
        session::CurrentIndex::put(0);
        historical::Pallet<Runtime>::on_new_session(0, seats());
        proof = historical::prove(key).value();
    });
    return proof;
}

template <class Report>
Call of_blocks(uint32_t)
{
    return Report{testing::two_blocks(offender(), session::kSeatsPerAccountMax - 1, kSlot),
                  ownership(offender().keys().keys()[1])};
}
template <class Report>
Call of_votes(uint32_t)
{
    return Report{testing::two_votes<primitives::grandpa::Prevote>(offender(), kSet, kRound),
                  ownership(offender().keys().keys()[0])};
}

} // namespace

void add_consensus(std::vector<Case>& all)
{
    all.push_back({.make = of_blocks<babe::ReportEquivocation>, .setup = many_held_seats});
    all.push_back({.make = of_blocks<babe::ReportEquivocationUnsigned>, .by = By::nobody, .setup = many_held_seats});
    all.push_back({.make = of_votes<grandpa::ReportEquivocation>, .setup = many_held_seats});
    all.push_back({.make = of_votes<grandpa::ReportEquivocationUnsigned>, .by = By::nobody, .setup = many_held_seats});
}

} // namespace weights
