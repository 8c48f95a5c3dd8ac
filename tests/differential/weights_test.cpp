#include "world.hpp"

#include <gtest/gtest.h>

/// Whether the weights that the runtime declares cover what its calls do: the rows of product/weights.hpp.
namespace differential {
namespace {

using runtime::CallCost;
using runtime::kCostOf;

/// Root says what they weigh.
constexpr std::string_view kWeighedByRoot[]{"Utility.with_weight", "Sudo.sudo_unchecked_weight"};

struct Declared
{
    uint64_t reads = 0;
    uint64_t writes = 0;
    /// Some call has no row.
    bool open = false;
};

/// How many of its row's components a call has.
template <class C>
uint64_t components(const C& call)
{
    if constexpr (requires { call.calls.size(); })
        return call.calls.size();
    else if constexpr (requires { call.items.size(); })
        return call.items.size();
    else if constexpr (requires { call.keys.size(); })
        return call.keys.size();
    else if constexpr (requires { call.who.size(); })
        return call.who.size();
    else if constexpr (requires { call.subkeys; })
        return call.subkeys;
    else if constexpr (std::same_as<C, runtime::assets::DestroyAccounts> ||
                       std::same_as<C, runtime::assets::DestroyApprovals>)
        return runtime::assets::kRemoveItemsMax;
    else
        return 0;
}

/// Reads and writes of a call and of the calls in it, by their rows.
Declared declared(const Call& call)
{
    return call.visit([]<class P>(const auto& one) {
        using C = std::remove_cvref_t<decltype(one)>;
        constexpr const CallCost* row = kCostOf<Runtime, P, C>;
        if (row == nullptr)
            return Declared{.open = true};
        const auto n = components(one);
        Declared all{.reads = row->reads + n * row->first.reads, .writes = row->writes + n * row->first.writes};
        if constexpr (std::same_as<P, runtime::session::Pallet<Runtime>>)
        {
            // The key sets that go, of as many seats as an account may have.
            constexpr auto slope = kCostOf<Runtime, P, runtime::session::SetSeatKeys>->first;
            all.reads += uint64_t{runtime::session::kSeatsPerAccountMax} * slope.reads;
            all.writes += uint64_t{runtime::session::kSeatsPerAccountMax} * slope.writes;
        }
        const auto add = [&](const Call& inner) {
            const auto more = declared(inner);
            all.reads += more.reads;
            all.writes += more.writes;
            all.open |= more.open;
        };
        if constexpr (requires { one.calls.front().held; })
            for (const auto& inner : one.calls)
                add(inner);
        if constexpr (requires { one.call->held; })
            add(*one.call);
        return all;
    });
}

TEST(Weights, every_call_has_a_measured_row_or_is_weighed_by_root)
{
    Runtime::Pallets::for_each([]<class Entry>() {
        using P = typename Entry::Pallet;
        if constexpr (runtime::HasCalls<P>)
            []<class... C>(std::type_identity<scale::Variant<C...>>) {
                const auto check = [](std::string_view name, const CallCost* row) {
                    const auto full = std::string{P::kName} + "." + std::string{name};
                    const bool exempt = std::ranges::find(kWeighedByRoot, full) != std::end(kWeighedByRoot);
                    EXPECT_EQ(row == nullptr, exempt)
                        << full << ": add a case to bench/weights_cases.cpp, then run `make weights`";
                    if (row != nullptr)
                        EXPECT_GT(row->time, 0u) << full;
                };
                (check(runtime::detail::kCallName<C>, kCostOf<Runtime, P, C>), ...);
            }(std::type_identity<runtime::detail::BaseVariant<typename P::Call>>{});
    });
}

TEST(Weights, every_row_belongs_to_a_call)
{
    for (const auto& row : Runtime::kCosts)
    {
        bool found = false;
        Runtime::Pallets::for_each([&]<class Entry>() {
            using P = typename Entry::Pallet;
            if constexpr (runtime::HasCalls<P>)
                [&]<class... C>(std::type_identity<scale::Variant<C...>>) {
                    ((found |= kCostOf<Runtime, P, C> == &row), ...);
                }(std::type_identity<runtime::detail::BaseVariant<typename P::Call>>{});
        });
        EXPECT_TRUE(found) << row.call;
    }
}

TEST(Weights, declare_at_least_the_reads_and_writes_of_every_random_call)
{
    Touched last;
    const auto native = native_machine([&](const Touched& touched) {
        if (!touched.whole)
            last = touched;
    });
    size_t compared = 0;
    const auto compare = [&](ByteView body) {
        const auto extrinsic = runtime::Extrinsic<Runtime>::decode(body);
        ASSERT_TRUE(extrinsic);
        const auto most = declared(extrinsic->call);
        if (most.open)
            return;
        ++compared;
        const auto name = extrinsic->call.visit([]<class P>(const auto& one) {
            return std::string{P::kName} + "." +
                   std::string{scale::short_type_name<std::remove_cvref_t<decltype(one)>>()};
        });
        EXPECT_LE(last.reads, most.reads) << name << " " << testing::PrintToString(scale::encode(extrinsic->call));
        EXPECT_LE(last.writes, most.writes) << name << " " << testing::PrintToString(scale::encode(extrinsic->call));
    };
    const auto tally = run({native.get()}, 1000, 1500, compare);
    ASSERT_TRUE(tally) << tally.error();
    EXPECT_GT(compared, 4000u);
}

} // namespace
} // namespace differential
