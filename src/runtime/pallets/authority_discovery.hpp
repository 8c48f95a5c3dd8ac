#pragma once

#include "runtime/pallets/session_types.hpp"

/// The keys by which validators find one another's addresses: of this session and of the next.
///
/// Source  pallet_authority_discovery, whose storage names and layouts these are
namespace runtime::authority_discovery {

using Id = session::AuthorityDiscoveryId;

/// One for each seat, in their order.
using Keys = StorageValue<"AuthorityDiscovery", "Keys", std::vector<Id>>;
using NextKeys = StorageValue<"AuthorityDiscovery", "NextKeys", std::vector<Id>>;

/// All of both sessions, sorted, each once.
inline std::vector<Id> authorities()
{
    auto all = Keys::get();
    std::ranges::copy(NextKeys::get(), std::back_inserter(all));
    std::ranges::sort(all);
    const auto repeated = std::ranges::unique(all);
    all.erase(repeated.begin(), repeated.end());
    return all;
}

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "AuthorityDiscovery";
    static constexpr std::string_view kCrate = "pallet_authority_discovery";
    using Storage = List<Keys, authority_discovery::NextKeys>;

    static void on_new_session(const session::Queued& seats, const session::Queued& queued)
    {
        Keys::put(ids(seats));
        authority_discovery::NextKeys::put(ids(queued));
    }

private:
    static std::vector<Id> ids(const session::Queued& seats)
    {
        std::vector<Id> all;
        for (const auto& [who, keys] : seats)
            all.push_back(keys.authority_discovery);
        return all;
    }
};

} // namespace runtime::authority_discovery
