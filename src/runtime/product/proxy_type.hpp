#pragma once

#include "runtime/pallets/assets.hpp"
#include "runtime/pallets/multisig.hpp"
#include "runtime/pallets/proxy.hpp"
#include "runtime/pallets/session.hpp"
#include "runtime/pallets/utility.hpp"

/// What kinds of proxies this chain has. Numbers are stored: kinds are added at the end only.
///
/// Source  names and numbers of Asset Hub
namespace runtime::product {

enum class ProxyType : uint8_t
{
    any,
    non_transfer,  ///< all that cannot move, burn or promise value; no sudo
    cancel_proxy,  ///< refuses announcements
    assets,        ///< everything in Assets
    asset_owner,   ///< makes, describes and destroys classes
    asset_manager, ///< mints, burns, freezes
};
constexpr std::string_view path_of(ProxyType) { return "zkp_runtime::ProxyType"; }

/// True if `a` may do all that `b` may.
constexpr bool is_superset(ProxyType a, ProxyType b)
{
    if (a == b || a == ProxyType::any)
        return true;
    if (a == ProxyType::assets)
        return b == ProxyType::asset_owner || b == ProxyType::asset_manager;
    return a == ProxyType::non_transfer && b == ProxyType::cancel_proxy;
}

template <class C, class... Of>
inline constexpr bool kOneOf = (std::same_as<C, Of> || ...);

/// Calls that hold calls, which are asked about in their turn. Not those that know a call by its hash alone:
/// Multisig.approve_as_multi and Proxy.announce would let anything through.
template <class R, class C>
inline constexpr bool kWraps =
    kOneOf<C, utility::Batch<R>, utility::BatchAll<R>, utility::ForceBatch<R>, utility::AsDerivative<R>,
           multisig::AsMultiThreshold1<R>, multisig::AsMulti<R>, multisig::CancelAsMulti, multisig::PokeDeposit>;

/// What moves no value. A list of what is allowed: new pallets are closed until somebody has thought about them.
template <class R, class P, class C>
inline constexpr bool kMovesNothing =
    kOneOf<P, system::Pallet<R>, session::Pallet<R>> || (kOneOf<P, proxy::Pallet<R>> && !kOneOf<C, proxy::Announce>);

template <class C>
inline constexpr bool kOwnsAssets =
    kOneOf<C, assets::Create, assets::StartDestroy, assets::DestroyAccounts, assets::DestroyApprovals,
           assets::FinishDestroy, assets::TransferOwnership, assets::SetTeam, assets::SetMetadata,
           assets::ClearMetadata, assets::SetMinBalance>;
template <class C>
inline constexpr bool kManagesAssets =
    kOneOf<C, assets::Mint, assets::Burn, assets::Freeze, assets::Block, assets::Thaw, assets::FreezeAsset,
           assets::ThawAsset, assets::TouchOther, assets::RefundOther>;

/// True if a proxy of this kind may make `call`; calls inside are asked about when they run.
template <class R>
bool allows(ProxyType kind, const Call<R>& call)
{
    return call.visit([&]<class P>(const auto& one) {
        using C = std::remove_cvref_t<decltype(one)>;
        switch (kind)
        {
        case ProxyType::any:
            return true;
        case ProxyType::non_transfer:
            return kWraps<R, C> || kMovesNothing<R, P, C>;
        case ProxyType::cancel_proxy:
            return kWraps<R, C> || kOneOf<C, proxy::RejectAnnouncement>;
        case ProxyType::assets:
            return kWraps<R, C> || kOneOf<P, assets::Pallet<R>>;
        case ProxyType::asset_owner:
            return kWraps<R, C> || kOwnsAssets<C>;
        case ProxyType::asset_manager:
            return kWraps<R, C> || kManagesAssets<C>;
        }
        return false;
    });
}

} // namespace runtime::product
