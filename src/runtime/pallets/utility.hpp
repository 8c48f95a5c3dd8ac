#pragma once

#include "runtime/frame/compose.hpp"
#include "runtime/pallets/system_types.hpp"

/// Calls made of calls.
///
/// Source  pallet_utility
namespace runtime::utility {

inline constexpr uint32_t kCallsMax = 10'922; ///< as many as fit an allocation of the host in Substrate

template <class R>
struct Batch
{
    static constexpr uint8_t kIndex = 0;
    static constexpr std::string_view kDocs = "Send a batch of dispatch calls; stops at the first that fails.";
    std::vector<Call<R>> calls;
    friend bool operator==(const Batch&, const Batch&) = default;
};
template <class R>
struct AsDerivative
{
    static constexpr uint8_t kIndex = 1;
    static constexpr std::string_view kDocs = "Send a call through an indexed pseudonym of the sender.";
    uint16_t index = 0;
    scale::Box<Call<R>> call;
    friend bool operator==(const AsDerivative&, const AsDerivative&) = default;
};
template <class R>
struct BatchAll
{
    static constexpr uint8_t kIndex = 2;
    static constexpr std::string_view kDocs = "Send a batch of dispatch calls and atomically execute them.";
    std::vector<Call<R>> calls;
    friend bool operator==(const BatchAll&, const BatchAll&) = default;
};
template <class R>
struct DispatchAs
{
    static constexpr uint8_t kIndex = 3;
    static constexpr std::string_view kDocs = "Dispatches a function call with a provided origin.";
    scale::Box<Origin> as_origin;
    scale::Box<Call<R>> call;
    friend bool operator==(const DispatchAs&, const DispatchAs&) = default;
};
template <class R>
struct ForceBatch
{
    static constexpr uint8_t kIndex = 4;
    static constexpr std::string_view kDocs = "Send a batch of dispatch calls; goes on when one fails.";
    std::vector<Call<R>> calls;
    friend bool operator==(const ForceBatch&, const ForceBatch&) = default;
};
template <class R>
struct WithWeight
{
    static constexpr uint8_t kIndex = 5;
    static constexpr std::string_view kDocs = "Dispatch a function call with a specified weight. Root only.";
    scale::Box<Call<R>> call;
    Weight weight;
    friend bool operator==(const WithWeight&, const WithWeight&) = default;
};

struct BatchInterrupted
{
    uint32_t index = 0;
    DispatchError error;
};
struct BatchCompleted
{
};
struct BatchCompletedWithErrors
{
};
struct ItemCompleted
{
};
struct ItemFailed
{
    DispatchError error;
};
struct DispatchedAs
{
    Result<> result;
};

enum class Error : uint8_t
{
    too_many_calls,
};
constexpr std::string_view path_of(Error) { return "pallet_utility::pallet::Error"; }

/// The account that `who` acts as under `index`.
inline AccountId derivative(const AccountId& who, uint16_t index)
{
    scale::Writer seed;
    seed.put(base::view("modlpy/utilisuba"));
    scale::encode(who, seed);
    scale::encode(index, seed);
    return {host::blake2_256(seed.bytes())};
}

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Utility";
    static constexpr std::string_view kCrate = "pallet_utility";
    using Call = scale::Variant<Batch<R>, AsDerivative<R>, BatchAll<R>, DispatchAs<R>, ForceBatch<R>, WithWeight<R>>;
    using Event = scale::Variant<BatchInterrupted, BatchCompleted, BatchCompletedWithErrors, ItemCompleted, ItemFailed,
                                 DispatchedAs>;
    using Error = utility::Error;

    struct BatchedCallsLimit
    {
        static constexpr std::string_view kName = "batched_calls_limit";
        static uint32_t value() { return kCallsMax; }
    };
    using Constants = List<BatchedCallsLimit>;

    static DispatchInfo info(const Batch<R>& call) { return info_of_all(call); }
    static DispatchInfo info(const BatchAll<R>& call) { return info_of_all(call); }
    static DispatchInfo info(const ForceBatch<R>& call) { return info_of_all(call); }
    static DispatchInfo info(const AsDerivative<R>& call) { return around(call); }
    static DispatchInfo info(const DispatchAs<R>& call) { return around(call); }
    static DispatchInfo info(const WithWeight<R>& call) { return {call.weight, info_of<R>(*call.call).dispatch_class}; }

    static Outcome dispatch(const Origin& origin, const Batch<R>& call)
    {
        if (call.calls.size() > kCallsMax)
            return fail<R>(Error::too_many_calls);
        Weight used = measured<R, Pallet>(call, call.calls.size());
        for (uint32_t i = 0; i != call.calls.size(); ++i)
        {
            const auto outcome = run(call.calls[i], origin, used);
            if (!outcome)
            {
                system::deposit_event<R>(BatchInterrupted{i, outcome.error().error});
                return PostInfo{used};
            }
            system::deposit_event<R>(ItemCompleted{});
        }
        system::deposit_event<R>(BatchCompleted{});
        return PostInfo{used};
    }

    static Outcome dispatch(const Origin& origin, const BatchAll<R>& call)
    {
        if (call.calls.size() > kCallsMax)
            return fail<R>(Error::too_many_calls);
        Weight used = measured<R, Pallet>(call, call.calls.size());
        for (const auto& one : call.calls)
        {
            const auto outcome = run(one, origin, used);
            if (!outcome)
                return std::unexpected(Failure{outcome.error().error, {used}});
            system::deposit_event<R>(ItemCompleted{});
        }
        system::deposit_event<R>(BatchCompleted{});
        return PostInfo{used};
    }

    static Outcome dispatch(const Origin& origin, const ForceBatch<R>& call)
    {
        if (call.calls.size() > kCallsMax)
            return fail<R>(Error::too_many_calls);
        Weight used = measured<R, Pallet>(call, call.calls.size());
        bool failed = false;
        for (const auto& one : call.calls)
        {
            const auto outcome = run(one, origin, used);
            failed |= !outcome;
            if (outcome)
                system::deposit_event<R>(ItemCompleted{});
            else
                system::deposit_event<R>(ItemFailed{outcome.error().error});
        }
        if (failed)
            system::deposit_event<R>(BatchCompletedWithErrors{});
        else
            system::deposit_event<R>(BatchCompleted{});
        return PostInfo{used};
    }

    static Outcome dispatch(const Origin& origin, const AsDerivative<R>& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(Failure{who.error()});
        Weight used = measured<R, Pallet>(call);
        auto outcome = run(*call.call, origin.acting_as(derivative(*who, call.index)), used);
        if (!outcome)
            return std::unexpected(Failure{outcome.error().error, {used}});
        return PostInfo{used};
    }

    static Outcome dispatch(const Origin& origin, const DispatchAs<R>& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return std::unexpected(Failure{root.error()});
        Weight used;
        const auto outcome = run(*call.call, *call.as_origin, used);
        system::deposit_event<R>(DispatchedAs{result_of(outcome)});
        return PostInfo{};
    }

    static Outcome dispatch(const Origin& origin, const WithWeight<R>& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return std::unexpected(Failure{root.error()});
        Weight used;
        const auto outcome = run(*call.call, origin, used);
        if (!outcome)
            return std::unexpected(Failure{outcome.error().error});
        return PostInfo{};
    }

private:
    /// Runs a call and adds what it weighed.
    static Outcome run(const runtime::Call<R>& call, const Origin& origin, Weight& used)
    {
        const auto estimated = info_of<R>(call).weight;
        auto outcome = runtime::dispatch<R>(call, origin);
        const auto& post = outcome ? *outcome : outcome.error().post;
        used += post.actual_weight ? Weight::min(*post.actual_weight, estimated) : estimated;
        return outcome;
    }

    static Result<> result_of(const Outcome& outcome)
    {
        return outcome ? Result<>{} : Result<>{std::unexpected(outcome.error().error)};
    }

    static DispatchInfo around(const auto& outer)
    {
        const auto inner = info_of<R>(*outer.call);
        return {measured<R, Pallet>(outer) + inner.weight, inner.dispatch_class};
    }

    /// Operational only if all are.
    static DispatchInfo info_of_all(const auto& batch)
    {
        DispatchInfo all{measured<R, Pallet>(batch, batch.calls.size()),
                         batch.calls.empty() ? DispatchClass::normal : DispatchClass::operational};
        for (const auto& call : batch.calls)
        {
            const auto info = info_of<R>(call);
            all.weight += info.weight;
            if (info.dispatch_class != DispatchClass::operational)
                all.dispatch_class = DispatchClass::normal;
        }
        return all;
    }
};

} // namespace runtime::utility
