#pragma once

#include "runtime/frame/iterate.hpp"
#include "runtime/native/externalities.hpp"
#include "runtime/product/runtime.hpp"
#include "runtime/testing/memory.hpp"

namespace runtime::testing {

using product::Runtime;

/// The account numbered n.
inline AccountId account(uint8_t n)
{
    AccountId id;
    id.bytes.fill(n);
    return id;
}

/// The runtime inside an extrinsic of block 1: accounts 1 to 6 have 1,000 tokens each, calls are made one by one. While
/// it lives, storage items and functions of pallets are those of this world.
class World
{
public:
    static constexpr uint8_t kPeople = 6;
    static constexpr Balance kEndowment = 1000 * FixedU128::kOne;

    World()
    {
        system::Number::put(1);
        system::ExecutionPhase::put(system::phase::ApplyExtrinsic{0});
        for (uint8_t n = 1; n <= kPeople; ++n)
            (void)balances::Pallet<Runtime>::mint(account(n), kEndowment);
        forget_events();
    }

    Outcome dispatch(const Origin& origin, const Call<Runtime>& call)
    {
        return runtime::dispatch<Runtime>(call, origin);
    }
    Result<> run(const Origin& origin, const Call<Runtime>& call)
    {
        const auto outcome = dispatch(origin, call);
        return outcome ? Result<>{} : Result<>{std::unexpected(outcome.error().error)};
    }
    /// `call` signed by account n.
    Result<> by(uint8_t n, const Call<Runtime>& call) { return run(Origin::signed_by(account(n)), call); }
    Result<> by_root(const Call<Runtime>& call) { return run(Origin::root(), call); }

    /// True if the event happened since the last forget_events().
    template <class E>
    bool saw(const E& event)
    {
        scale::Writer writer;
        scale::encode(system::Phase{system::phase::ApplyExtrinsic{0}}, writer);
        writer.put(ByteView{kEventPlace<Runtime, E>});
        scale::encode(event, writer);
        writer.put(uint8_t{0}); // no topics
        const auto all = state.get(system::kEventsKey).value_or(Bytes{});
        return !std::ranges::search(all, writer.bytes()).empty();
    }
    void forget_events() { state.clear(system::kEventsKey); }

    /// Later: another extrinsic, another block.
    void at(BlockNumber number, uint32_t extrinsic)
    {
        system::Number::put(number);
        state.set(base::view(primitives::well_known::kExtrinsicIndex), scale::encode(extrinsic));
    }

    static Balance free(uint8_t n) { return system::Account::get(account(n)).data.free; }
    static Balance reserved(uint8_t n) { return system::Account::get(account(n)).data.reserved; }

    Memory state;

private:
    native::Enter enter_{state};
};

/// A result that is this error of a pallet, or of the frame.
template <class E>
Result<> refused(E why)
{
    if constexpr (requires { fail(why); })
        return fail(why);
    else
        return runtime::fail<Runtime>(why);
}

inline const Result<> kBadOrigin = refused(dispatch_error::BadOrigin{});
inline const Result<> kCannotLookup = refused(dispatch_error::CannotLookup{});
inline const Result<> kFiltered = refused(system::Error::call_filtered);
inline const Result<> kDone{};
inline const MultiAddress kNowhere = primitives::address::Index{};

/// A call and what must come of it. Cases run one after the other in one world.
struct Case
{
    Origin origin;
    Call<Runtime> call;
    Result<> expect;
};
inline Origin signer(uint8_t n) { return Origin::signed_by(account(n)); }

/// Calls body(call) with one call of each kind that pallet P has, with all fields zero.
template <class P>
void each_call(auto body)
{
    using Calls = detail::BaseVariant<typename P::Call>;
    [&]<size_t... i>(std::index_sequence<i...>) {
        (body(Call<Runtime>{typename Calls::template At<i>{}}), ...);
    }(std::make_index_sequence<Calls::kCount>{});
}

} // namespace runtime::testing
