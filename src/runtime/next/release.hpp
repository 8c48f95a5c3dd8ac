#pragma once

#include "runtime/frame/migration.hpp"
#include "runtime/frame/origin.hpp"
#include "runtime/pallets/evm_chain_id.hpp"
#include "runtime/pallets/system_types.hpp"

/// Release 101, which tests upgrade to: the product, a pallet more and a migration. Stands in for product/release.hpp.
namespace runtime::product {

struct Runtime;

inline constexpr uint32_t kReleaseVersion = 101;

} // namespace runtime::product

/// A pallet that release 100 lacks: it takes over the chain id and keeps greetings.
namespace runtime::upgraded {

struct Identity
{
    uint64_t chain_id = 0;
    uint32_t since = 0; ///< the release that wrote it
};
using ChainIdentity = OptionalValue<"Upgraded", "ChainIdentity", Identity>;
using Greetings = StorageValue<"Upgraded", "Greetings", uint32_t>;

struct Greet
{
    static constexpr std::string_view kDocs = "Count a greeting.";
    uint32_t times = 0;
};
struct Greeted
{
    AccountId who;
    uint32_t total = 0;
};

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Upgraded";
    static constexpr std::string_view kCrate = "pallet_upgraded";
    using Storage = List<ChainIdentity, Greetings>;
    using Call = scale::Variant<Greet>;
    using Event = scale::Variant<Greeted>;

    static Weight weight(const Greet&) { return weigh(5'000'000, 1, 1); }

    static Result<> dispatch(const Origin& origin, const Greet& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        const auto total = Greetings::get() + call.times;
        Greetings::put(total);
        system::deposit_event<R>(Greeted{*who, total});
        return {};
    }
};

/// EVMChainId.ChainId becomes Upgraded.ChainIdentity.
inline Weight move_chain_id()
{
    ChainIdentity::put({evm_chain_id::ChainId::take(), product::kReleaseVersion});
    return weigh(0, 1, 2);
}

} // namespace runtime::upgraded

namespace runtime::product {

template <class... Entry>
using Release = Indexed<Entry..., At<200, upgraded::Pallet<Runtime>>>;

using ReleaseMigrations = List<Migration<"Upgraded", 0, &upgraded::move_chain_id>>;

} // namespace runtime::product
