#pragma once

#include "base/invariant.hpp"
#include "runtime/testing/memory.hpp"
#include "weights_cases.hpp"

/// What the cases have in common: accounts, and states made by the runtime's own code.
namespace weights {

using runtime::AccountId;
using runtime::Balance;
using runtime::Origin;
using runtime::testing::Runtime;

inline constexpr Balance kToken = runtime::FixedU128::kOne;

inline AccountId account(uint8_t n)
{
    AccountId id;
    id.bytes.fill(n);
    return id;
}
/// Nobody's yet: the first payment makes it, with two more events.
inline const AccountId kNew = account(0xEE);
/// Has a balance when other_exists() says so, and no nonce: it goes with its last payment.
inline const AccountId kOther = account(0xAA);
inline const AccountId kThird = account(0xAB);

/// The account numbered i of many, all below Alice's.
inline AccountId one_of_many(uint32_t i)
{
    AccountId id;
    id.bytes[0] = 1;
    id.bytes[1] = uint8_t(i >> 8);
    id.bytes[2] = uint8_t(i);
    return id;
}

/// The numbers of components that a case with at most `most` is measured with.
inline std::vector<uint32_t> sizes_up_to(uint32_t most) { return {0, most / 4, most / 2, most}; }

/// Runs `body` natively on the state: storage items in it are the state's.
inline void change(Pairs& state, const std::function<void()>& body)
{
    runtime::testing::Memory memory;
    memory.top = std::move(state);
    {
        const runtime::native::Enter enter{memory};
        body();
    }
    state = std::move(memory.top);
}

/// Inside change(): makes a call, which must succeed.
inline void dispatched(const Origin& origin, const Call& call)
{
    base::invariant(runtime::dispatch<Runtime>(call, origin).has_value());
}

inline void endow(const AccountId& who)
{
    base::invariant(runtime::balances::Pallet<Runtime>::mint(who, 1'000 * kToken).has_value());
}

void add_consensus(std::vector<Case>& all);
void add_multisig(std::vector<Case>& all);
void add_proxy(std::vector<Case>& all);
void add_preimage(std::vector<Case>& all);
void add_scheduler(std::vector<Case>& all);
void add_assets(std::vector<Case>& all);

} // namespace weights
