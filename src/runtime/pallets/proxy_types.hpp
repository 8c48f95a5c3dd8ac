#pragma once

#include "runtime/frame/compose.hpp"

/// Calls, events and storage of the Proxy pallet. The kinds of proxies are the runtime's: R::ProxyType, 0 being the one
/// that may do everything.
///
/// Source  pallet_proxy; layouts, numbers and names are its own
namespace runtime::proxy {

inline constexpr uint32_t kProxiesMax = 32; ///< of one account
inline constexpr uint32_t kPendingMax = 32; ///< announcements of one delegate

template <class Type>
struct ProxyDefinition
{
    static constexpr std::string_view kPath = "pallet_proxy::ProxyDefinition";
    AccountId delegate;    ///< acts for the account
    Type proxy_type{};     ///< what he may do
    BlockNumber delay = 0; ///< blocks that an announcement must wait; 0: none is needed
    friend auto operator<=>(const ProxyDefinition&, const ProxyDefinition&) = default;
};

struct Announcement
{
    static constexpr std::string_view kPath = "pallet_proxy::Announcement";
    AccountId real; ///< for whom
    H256 call_hash;
    BlockNumber height = 0; ///< of the announcement
    friend bool operator==(const Announcement&, const Announcement&) = default;
};

/// A list and the deposit for it.
template <class Item, uint32_t max>
using Deposited = std::pair<scale::BoundedVec<Item, max>, Balance>;

/// By account: who may act for it, in ascending order.
template <class Type>
using Proxies = StorageMap<"Proxy", "Proxies", Twox64Concat, AccountId, Deposited<ProxyDefinition<Type>, kProxiesMax>>;
/// By delegate: what he means to do.
using Announcements =
    StorageMap<"Proxy", "Announcements", Twox64Concat, AccountId, Deposited<Announcement, kPendingMax>>;
/// By pure account: who made it, and how much of the deposit for its delegates he has reserved; the account has the
/// rest.
using PureDeposits = OptionalMap<"Proxy", "PureDeposits", Twox64Concat, AccountId, std::pair<AccountId, Balance>>;

template <class R>
struct Proxy
{
    static constexpr std::string_view kDocs = "Dispatch a call from an account that the sender is a proxy of.";
    MultiAddress real;
    std::optional<typename R::ProxyType> force_proxy_type;
    scale::Box<Call<R>> call;
    friend bool operator==(const Proxy&, const Proxy&) = default;
};
template <class R>
struct AddProxy
{
    static constexpr std::string_view kDocs = "Let `delegate` make calls on the sender's behalf.";
    MultiAddress delegate;
    typename R::ProxyType proxy_type{};
    BlockNumber delay = 0;
    friend bool operator==(const AddProxy&, const AddProxy&) = default;
};
template <class R>
struct RemoveProxy
{
    static constexpr std::string_view kDocs = "Unregister a proxy account of the sender.";
    MultiAddress delegate;
    typename R::ProxyType proxy_type{};
    BlockNumber delay = 0;
    friend bool operator==(const RemoveProxy&, const RemoveProxy&) = default;
};
struct RemoveProxies
{
    static constexpr std::string_view kDocs =
        "Unregister all proxy accounts of the sender. A pure account is lost for ever by this.";
    friend bool operator==(const RemoveProxies&, const RemoveProxies&) = default;
};
template <class R>
struct CreatePure
{
    static constexpr std::string_view kDocs = "Make a new account without a key, with the sender as its proxy.";
    typename R::ProxyType proxy_type{};
    BlockNumber delay = 0;
    uint16_t index = 0;
    friend bool operator==(const CreatePure&, const CreatePure&) = default;
};
template <class R>
struct KillPure
{
    static constexpr std::string_view kDocs = "Remove a pure account, by itself. All that it holds is lost.";
    MultiAddress spawner;
    typename R::ProxyType proxy_type{};
    uint16_t index = 0;
    Compact<BlockNumber> height;
    Compact<uint32_t> ext_index;
    friend bool operator==(const KillPure&, const KillPure&) = default;
};
struct Announce
{
    static constexpr std::string_view kDocs = "Publish the hash of a call that the sender will make for `real`.";
    MultiAddress real;
    H256 call_hash;
    friend bool operator==(const Announce&, const Announce&) = default;
};
struct RemoveAnnouncement
{
    static constexpr std::string_view kDocs = "Take back an announcement of the sender.";
    MultiAddress real;
    H256 call_hash;
    friend bool operator==(const RemoveAnnouncement&, const RemoveAnnouncement&) = default;
};
struct RejectAnnouncement
{
    static constexpr std::string_view kDocs = "Refuse what a delegate of the sender has announced.";
    MultiAddress delegate;
    H256 call_hash;
    friend bool operator==(const RejectAnnouncement&, const RejectAnnouncement&) = default;
};
template <class R>
struct ProxyAnnounced
{
    static constexpr std::string_view kDocs = "Dispatch a call that a delegate announced long enough ago.";
    MultiAddress delegate;
    MultiAddress real;
    std::optional<typename R::ProxyType> force_proxy_type;
    scale::Box<Call<R>> call;
    friend bool operator==(const ProxyAnnounced&, const ProxyAnnounced&) = default;
};
struct PokeDeposit
{
    static constexpr std::string_view kDocs = "Adjust the sender's deposits to today's price; free if they change.";
    friend bool operator==(const PokeDeposit&, const PokeDeposit&) = default;
};

enum class DepositKind : uint8_t
{
    proxies,
    announcements,
};
constexpr std::string_view path_of(DepositKind) { return "pallet_proxy::DepositKind"; }

struct ProxyExecuted
{
    Result<> result;
};
template <class R>
struct PureCreated
{
    AccountId pure;
    AccountId who;
    typename R::ProxyType proxy_type{};
    uint16_t disambiguation_index = 0;
};
template <class R>
struct PureKilled
{
    AccountId pure;
    AccountId spawner;
    typename R::ProxyType proxy_type{};
    uint16_t disambiguation_index = 0;
};
struct Announced
{
    AccountId real;
    AccountId proxy;
    H256 call_hash;
};
template <class R>
struct ProxyAdded
{
    AccountId delegator;
    AccountId delegatee;
    typename R::ProxyType proxy_type{};
    BlockNumber delay = 0;
};
template <class R>
struct ProxyRemoved
{
    AccountId delegator;
    AccountId delegatee;
    typename R::ProxyType proxy_type{};
    BlockNumber delay = 0;
};
struct DepositPoked
{
    AccountId who;
    DepositKind kind{};
    Balance old_deposit = 0;
    Balance new_deposit = 0;
};

enum class Error : uint8_t
{
    too_many,
    not_found,
    not_proxy,
    unproxyable,
    duplicate,
    no_permission,
    unannounced,
    no_self_proxy,
};
constexpr std::string_view path_of(Error) { return "pallet_proxy::pallet::Error"; }

} // namespace runtime::proxy
