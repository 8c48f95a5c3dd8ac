#include "weights_setup.hpp"

/// Multisig and Proxy: all lists full.
namespace weights {
namespace {

using namespace runtime;
using base::Bytes;

const AccountId& alice()
{
    static const auto id = testing::alice().id();
    return id;
}

constexpr uint16_t kThreshold = 2 * multisig::kSignatoriesMax; ///< never reached
constexpr uint32_t kOthersMax = multisig::kSignatoriesMax - 2; ///< beside the first
constexpr multisig::CallHash kHash{1};
const Call kInner{system::Remark{}};
constexpr Weight kInnerMax{1'000'000'000'000 / 20, 1'000'000};
constexpr multisig::Timepoint kWhen{1, 1};

/// One more than n: a group of one is none.
std::vector<AccountId> others(uint32_t n)
{
    std::vector<AccountId> all;
    for (uint32_t i = 0; i <= n; ++i)
        all.push_back(one_of_many(i));
    return all;
}

/// An operation of each size that is measured, approved by all but Alice.
void open_operations(Pairs& state, const AccountId& depositor, const multisig::CallHash& hash, auto threshold,
                     Balance deposit)
{
    change(state, [&] {
        endow(kOther);
        for (const auto n : sizes_up_to(kOthersMax))
        {
            auto group = others(n);
            const auto approvals = *decltype(multisig::Multisig::approvals)::from(group);
            group.push_back(alice());
            multisig::Multisigs::insert(multisig::account_of(group, threshold(n)), hash,
                                        {kWhen, deposit, depositor, approvals});
        }
        base::invariant(balances::Pallet<Runtime>::reserve(depositor, 100 * kToken).has_value());
    });
}
uint16_t never(uint32_t) { return kThreshold; }
uint16_t all_of(uint32_t n) { return uint16_t(n + 2); }

using Kind = Runtime::ProxyType;
using Definition = proxy::ProxyDefinition<Kind>;
using Delegates = proxy::Proxies<Kind>;

/// `count` proxies of `who`, `last` the last of them.
void have_proxies(const AccountId& who, uint32_t count, const AccountId& last, Balance deposit = 10 * kToken)
{
    Delegates::Value entry{{}, deposit};
    for (uint32_t i = 1; i != count; ++i)
        base::invariant(entry.first.try_push({one_of_many(i), Kind::any, 0}));
    base::invariant(entry.first.try_push({last, Kind::any, 0}));
    Delegates::insert(who, entry);
}

/// `count` announcements of `delegate` for `real`, the last of the call that is measured.
void have_announced(const AccountId& delegate, uint32_t count, const AccountId& real, Balance deposit = 10 * kToken)
{
    proxy::Announcements::Value entry{{}, deposit};
    for (uint32_t i = 1; i != count; ++i)
        base::invariant(entry.first.try_push({one_of_many(i), {}, 1}));
    base::invariant(entry.first.try_push({real, {multisig::hash_of<Runtime>(kInner)}, 1}));
    proxy::Announcements::insert(delegate, entry);
}

void everybody_has_reserved()
{
    for (const auto& who : {alice(), kOther, kThird})
    {
        endow(who);
        base::invariant(balances::Pallet<Runtime>::reserve(who, 100 * kToken).has_value());
    }
}

auto with(const std::function<void()>& body)
{
    return [body](Pairs& state) {
        change(state, [&] {
            everybody_has_reserved();
            body();
        });
    };
}

void add_proxy_lists(std::vector<Case>& all)
{
    using namespace proxy;
    all.push_back({.make = [](uint32_t) -> Call { return AddProxy<Runtime>{kNew, Kind::any, 0}; },
                   .setup = with([] { have_proxies(alice(), kProxiesMax - 1, kOther); })});
    all.push_back({.make = [](uint32_t) -> Call { return RemoveProxy<Runtime>{kOther, Kind::any, 0}; },
                   .setup = with([] { have_proxies(alice(), kProxiesMax, kOther); })});
    all.push_back({.make = [](uint32_t) -> Call { return RemoveProxies{}; },
                   .setup = with([] { have_proxies(alice(), kProxiesMax, kOther); })});
    all.push_back({.make = [](uint32_t) -> Call { return CreatePure<Runtime>{}; }});
    all.push_back({.make = [](uint32_t) -> Call {
                       return KillPure<Runtime>{kOther, Kind::any, 0, {kWhen.height}, {kWhen.index}};
                   },
                   .by = By::pure,
                   .setup = with([] { have_proxies(pure(), 1, kOther); })});
}

void add_announcements(std::vector<Case>& all)
{
    using namespace proxy;
    const H256 hash{multisig::hash_of<Runtime>(kInner)};
    all.push_back({.make = [=](uint32_t) -> Call { return Announce{kOther, hash}; },
                   .setup = with([] {
                       have_proxies(kOther, kProxiesMax, alice());
                       have_announced(alice(), kPendingMax - 1, kOther);
                   })});
    all.push_back({.make = [=](uint32_t) -> Call { return RemoveAnnouncement{kOther, hash}; },
                   .setup = with([] { have_announced(alice(), kPendingMax, kOther); })});
    all.push_back({.make = [=](uint32_t) -> Call { return RejectAnnouncement{kOther, hash}; },
                   .setup = with([] { have_announced(kOther, kPendingMax, alice()); })});
    all.push_back({.make = [](uint32_t) -> Call { return ProxyAnnounced<Runtime>{kThird, kOther, {}, kInner}; },
                   .setup = with([] {
                       have_proxies(kOther, kProxiesMax, kThird);
                       have_announced(kThird, kPendingMax, kOther);
                   }),
                   .other_account = true});
}

} // namespace

AccountId pure() { return proxy::pure_account(kOther, Kind::any, 0, kWhen); }

void add_multisig(std::vector<Case>& all)
{
    using namespace multisig;
    const auto real = hash_of<Runtime>(kInner);
    all.push_back({.make = [](uint32_t n) -> Call { return AsMultiThreshold1<Runtime>{others(n), kInner}; },
                   .unit = "signatory",
                   .most = kOthersMax,
                   .other_account = true});
    all.push_back(
        {.make = [](uint32_t n) -> Call { return AsMulti<Runtime>{all_of(n), others(n), kWhen, kInner, kInnerMax}; },
         .unit = "signatory",
         .most = kOthersMax,
         .setup = [=](Pairs& state) { open_operations(state, kOther, real, all_of, kToken); },
         .other_account = true});
    all.push_back(
        {.make = [](uint32_t n) -> Call { return ApproveAsMulti{kThreshold, others(n), kWhen, kHash, kInnerMax}; },
         .unit = "signatory",
         .most = kOthersMax,
         .setup = [](Pairs& state) { open_operations(state, kOther, kHash, never, kToken); }});
    all.push_back({.make = [](uint32_t n) -> Call { return CancelAsMulti{kThreshold, others(n), kWhen, kHash}; },
                   .unit = "signatory",
                   .most = kOthersMax,
                   .setup = [](Pairs& state) { open_operations(state, alice(), kHash, never, kToken); }});
    all.push_back({.make = [](uint32_t n) -> Call { return PokeDeposit{kThreshold, others(n), kHash}; },
                   .unit = "signatory",
                   .most = kOthersMax,
                   .setup = [](Pairs& state) { open_operations(state, alice(), kHash, never, 0); }});
}

void add_proxy(std::vector<Case>& all)
{
    using namespace proxy;
    all.push_back({.make = [](uint32_t) -> Call { return Proxy<Runtime>{kOther, {}, kInner}; },
                   .setup = with([] { have_proxies(kOther, kProxiesMax, alice()); }),
                   .other_account = true});
    add_proxy_lists(all);
    add_announcements(all);
    all.push_back(
        {.make = [](uint32_t) -> Call { return PokeDeposit{}; }, .setup = with([] {
                                                                     have_proxies(alice(), kProxiesMax, kOther, 0);
                                                                     have_announced(alice(), kPendingMax, kOther, 0);
                                                                 })});
}

} // namespace weights
