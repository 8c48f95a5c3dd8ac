#pragma once

#include "runtime/frame/text.hpp"
#include "runtime/frame/weight.hpp"
#include "scale/reflect.hpp"

#include <span>
#include <string_view>

/// What calls cost, as measured: one row of a table for each call, found by its name while compiling.
///
/// R gives kCosts, the rows in any order; kHooks, the same for work that no call asks for; and kDbWeight.
/// product/weights.hpp is written by bench/weights.cpp.
namespace runtime {

/// What one more of something costs: a byte of a remark, a call of a batch.
struct Slope
{
    std::string_view unit;
    uint64_t time = 0; ///< picoseconds
    uint32_t reads = 0;
    uint32_t writes = 0;
};

/// A base, and a slope for each component that the call's pallet counts, in the order in which it names them.
struct CallCost
{
    std::string_view call; ///< as clients know it: "Balances.transfer_all"; of a hook, what it does
    uint64_t time = 0;     ///< picoseconds
    uint32_t reads = 0;    ///< of storage items that not every block or the signature touches anyway
    uint32_t writes = 0;
    Slope first{};
    Slope second{};
};

namespace detail {

/// "transfer_all" for TransferAll; what it calls itself, if it does.
template <class C>
inline constexpr auto kCallName = [] {
    if constexpr (requires { C::kName; })
        return C::kName;
    else
        return snake_case<[] { return scale::short_type_name<C>(); }>;
}();

consteval const CallCost* find_hook(std::span<const CallCost> costs, std::string_view name)
{
    for (const auto& cost : costs)
        if (cost.call == name)
            return &cost;
    return nullptr;
}

consteval const CallCost* find_cost(std::span<const CallCost> costs, std::string_view pallet, std::string_view call)
{
    for (const auto& cost : costs)
        if (cost.call.size() == pallet.size() + 1 + call.size() && cost.call.starts_with(pallet) &&
            cost.call.ends_with(call))
            return &cost;
    return nullptr;
}

} // namespace detail

/// The row of the call C of pallet P; null if there is none.
template <class R, class P, class C>
inline constexpr const CallCost* kCostOf =
    detail::find_cost(R::kCosts, P::kName, std::string_view{detail::kCallName<C>});

/// A row's weight with so many of its components.
constexpr Weight weigh(const CallCost& cost, RuntimeDbWeight db, uint64_t first = 0, uint64_t second = 0)
{
    const auto of = [&](uint64_t time, uint32_t reads, uint32_t writes) {
        return Weight{
            saturating_add(time, saturating_add(saturating_mul(db.read, reads), saturating_mul(db.write, writes))), 0};
    };
    return of(cost.time, cost.reads, cost.writes) + of(cost.first.time, cost.first.reads, cost.first.writes) * first +
           of(cost.second.time, cost.second.reads, cost.second.writes) * second;
}

/// What `call` of pallet P weighs: `measured<R, Pallet>(call, call.items.size())`. A call without a row does not
/// compile.
template <class R, class P, class C>
constexpr Weight measured(const C&, uint64_t first = 0, uint64_t second = 0)
{
    static_assert(kCostOf<R, P, C> != nullptr, "no row for this call in weights.hpp: see bench/weights.cpp");
    return weigh(*kCostOf<R, P, C>, R::kDbWeight, first, second);
}

/// What work beside calls weighs, by its row in R::kHooks: `hook<R, "Session.rotate">(validators)`. What every block
/// does anyway has no row: the weight of an empty block covers it.
template <class R, Text name>
constexpr Weight hook(uint64_t components = 0)
{
    constexpr const CallCost* row = detail::find_hook(R::kHooks, name.view());
    static_assert(row != nullptr, "no row for this hook in weights.hpp: see bench/weights_hooks.cpp");
    return weigh(*row, R::kDbWeight, components);
}

} // namespace runtime
