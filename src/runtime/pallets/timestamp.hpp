#pragma once

#include "primitives/inherent.hpp"
#include "runtime/frame/compose.hpp"

#include <algorithm>

/// The time of the block, told by its author, checked by all who import it.
namespace runtime::timestamp {

using Now = StorageValue<"Timestamp", "Now", Moment>;
/// Set between the inherent and the end of the block.
using DidUpdate = StorageValue<"Timestamp", "DidUpdate", bool>;

/// How far ahead of this node's clock an author's may be.
inline constexpr Moment kDriftMax = 30'000;

struct Set
{
    static constexpr std::string_view kDocs = "Set the current time.";
    Compact<Moment> now;
};

/// R gives minimum_period() and on_timestamp_set(moment), which panics if the time does not fit the slot.
template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Timestamp";
    static constexpr std::string_view kCrate = "pallet_timestamp";
    using Storage = List<Now, DidUpdate>;
    using Call = scale::Variant<Set>;

    struct MinimumPeriod
    {
        static Moment value() { return R::minimum_period(); }
    };
    using Constants = List<MinimumPeriod>;

    static DispatchInfo info(const Set& call) { return {measured<R, Pallet>(call), DispatchClass::mandatory}; }

    static Result<> dispatch(const Origin& origin, const Set& call)
    {
        if (const auto none = ensure_none(origin); !none)
            return none;
        if (DidUpdate::exists())
            host::panic("timestamp: set twice in a block");
        const auto before = Now::get();
        if (before != 0 && call.now < before + R::minimum_period())
            host::panic("timestamp: too soon after the last block");
        Now::put(call.now);
        DidUpdate::put(true);
        R::on_timestamp_set(call.now);
        return {};
    }

    static void on_finalize(BlockNumber)
    {
        if (!DidUpdate::exists())
            host::panic("timestamp: not set in this block");
        DidUpdate::kill();
    }

    static std::optional<Set> create_inherent(const primitives::InherentData& data)
    {
        const auto now = moment_of(data);
        if (!now)
            return std::nullopt;
        return Set{std::max(*now, Now::get() + R::minimum_period())};
    }

    static void check_inherent(const Set& call, const primitives::InherentData& data,
                               primitives::CheckInherentsResult& result)
    {
        const auto now = moment_of(data);
        if (!now)
            return;
        // InherentError: 0 ValidAtTimestamp(Moment), 1 TooFarInFuture
        Bytes error;
        if (call.now > *now + kDriftMax)
            error = {1};
        else if (const auto least = Now::get() + R::minimum_period(); call.now < least)
        {
            error = {0};
            const auto valid_at = scale::encode(least);
            error.insert(error.end(), valid_at.begin(), valid_at.end());
        }
        if (error.empty())
            return;
        result.okay = false;
        result.fatal_error = error[0] == 1;
        result.errors.data[primitives::kTimestampInherent] = error;
    }

private:
    static std::optional<Moment> moment_of(const primitives::InherentData& data)
    {
        const auto found = data.data.find(primitives::kTimestampInherent);
        if (found == data.data.end())
            return std::nullopt;
        const auto now = scale::decode<Moment>(ByteView{found->second});
        return now ? std::optional{*now} : std::nullopt;
    }
};

} // namespace runtime::timestamp
