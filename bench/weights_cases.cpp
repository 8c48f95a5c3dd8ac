#include "weights_setup.hpp"

#include "primitives/storage_key.hpp"
#include "runtime/testing/keys.hpp"

namespace weights {
namespace {

using namespace runtime;
using base::Bytes;
using testing::Runtime;

const Bytes kScratch{'s', 'c', 'r', 'a', 't', 'c', 'h'};

void put(Pairs& state, const auto& key, const auto& value)
{
    state[Bytes(key.begin(), key.end())] = scale::encode(value);
}

void other_exists(Pairs& state)
{
    Bytes key(system::Account::prefix.begin(), system::Account::prefix.end());
    Blake2_128Concat::put(scale::encode(kOther), key);
    system::AccountInfo info;
    info.providers = 1;
    info.data.free = kToken;
    info.data.reserved = 0;
    put(state, key, info);
}
void other_has_reserved(Pairs& state)
{
    other_exists(state);
    Bytes key(system::Account::prefix.begin(), system::Account::prefix.end());
    Blake2_128Concat::put(scale::encode(kOther), key);
    system::AccountInfo info;
    info.providers = 1;
    info.data.reserved = kToken;
    put(state, key, info);
}

/// Accounts of the layout before this one.
void many_exist(Pairs& state)
{
    change(state, [] {
        for (uint32_t i = 0; i != 500; ++i)
        {
            system::AccountInfo info;
            info.providers = 1;
            info.data.free = kToken;
            info.data.reserved = kToken;
            info.data.flags = 0;
            system::Account::insert(one_of_many(i), info);
        }
    });
}

Bytes scratch_key(uint32_t i)
{
    auto key = kScratch;
    const auto number = scale::encode(i);
    const auto hash = hash::blake2_256(ByteView{number});
    key.insert(key.end(), hash.begin(), hash.end());
    return key;
}
void scratch_exists(Pairs& state)
{
    for (uint32_t i = 0; i != 600; ++i)
        state[scratch_key(i)] = Bytes(80, 1);
}

/// A blob that the host says is the next version of this runtime: "code" and an encoded RuntimeVersion, padded.
Bytes next_code()
{
    Bytes code{'c', 'o', 'd', 'e'};
    auto version = Runtime::version();
    ++version.spec_version;
    const auto encoded = scale::encode(version);
    code.insert(code.end(), encoded.begin(), encoded.end());
    return code;
}
void next_code_is_authorized(Pairs& state)
{
    put(state, system::AuthorizedUpgrade::key,
        system::CodeUpgradeAuthorization{{hash::blake2_256(ByteView{next_code()})}, true});
}

/// New keys for so many of Alice's seats.
session::SetSeatKeys seat_keys(uint32_t count)
{
    std::vector<testing::SeatKeys> seats;
    for (uint32_t i = 0; i != count; ++i)
        seats.emplace_back("//Seat//" + std::to_string(i));
    return testing::set_seat_keys(testing::alice().id(), seats);
}

void add_system(std::vector<Case>& all)
{
    using namespace system;
    constexpr uint32_t kBytes = 256 << 10;
    const auto items = [](uint32_t n) {
        std::vector<std::pair<Bytes, Bytes>> pairs;
        for (uint32_t i = 0; i != n; ++i)
            pairs.emplace_back(scratch_key(i), Bytes(80, 2));
        return pairs;
    };
    const auto keys = [](uint32_t n) {
        std::vector<Bytes> list;
        for (uint32_t i = 0; i != n; ++i)
            list.push_back(scratch_key(i));
        return list;
    };
    all.push_back({[](uint32_t n) -> Call { return Remark{Bytes(n)}; }, By::alice, "byte", kBytes});
    all.push_back({[](uint32_t) -> Call { return SetHeapPages{2048}; }, By::root});
    all.push_back({.make = [](uint32_t) -> Call { return SetCode{next_code()}; }, .by = By::root, .compiles = true});
    all.push_back(
        {.make = [](uint32_t) -> Call { return SetCodeWithoutChecks{next_code()}; }, .by = By::root, .compiles = true});
    all.push_back({[=](uint32_t n) -> Call { return SetStorage{items(n)}; }, By::root, "item", 500});
    all.push_back({[=](uint32_t n) -> Call { return KillStorage{keys(n)}; }, By::root, "item", 500, scratch_exists});
    all.push_back({[](uint32_t n) -> Call { return KillPrefix{kScratch, n}; }, By::root, "key", 500, scratch_exists});
    all.push_back({[](uint32_t n) -> Call { return RemarkWithEvent{Bytes(n)}; }, By::alice, "byte", kBytes});
    all.push_back({[](uint32_t) -> Call { return AuthorizeUpgrade{}; }, By::root});
    all.push_back({[](uint32_t) -> Call { return AuthorizeUpgradeWithoutChecks{}; }, By::root});
    all.push_back({.make = [](uint32_t) -> Call { return ApplyAuthorizedUpgrade{next_code()}; },
                   .setup = next_code_is_authorized,
                   .compiles = true});
}

void add_balances(std::vector<Case>& all)
{
    using namespace balances;
    all.push_back({[](uint32_t) -> Call { return TransferAllowDeath{kNew, {kToken}}; }});
    all.push_back({.make = [](uint32_t) -> Call { return ForceTransfer{kOther, kNew, {kToken}}; },
                   .by = By::root,
                   .setup = other_exists});
    all.push_back({[](uint32_t) -> Call { return TransferKeepAlive{kNew, {kToken}}; }});
    all.push_back({[](uint32_t) -> Call { return TransferAll{kNew, false}; }});
    all.push_back({.make = [](uint32_t) -> Call { return ForceUnreserve{kOther, kToken}; },
                   .by = By::root,
                   .setup = other_has_reserved});
    all.push_back({[](uint32_t n) -> Call {
                       std::vector<AccountId> who;
                       for (uint32_t i = 0; i != n; ++i)
                           who.push_back(one_of_many(i));
                       return UpgradeAccounts{who};
                   },
                   By::alice, "account", 500, many_exist});
    all.push_back({[](uint32_t) -> Call { return ForceSetBalance{kNew, {kToken}}; }, By::root});
    all.push_back(
        {[](uint32_t) -> Call { return ForceAdjustTotalIssuance{AdjustmentDirection::increase, {kToken}}; }, By::root});
    all.push_back({[](uint32_t) -> Call { return Burn{{kToken}, false}; }});
}

void add_utility(std::vector<Case>& all)
{
    using namespace utility;
    const auto remarks = [](uint32_t n) { return std::vector<Call>(n, Call{system::Remark{}}); };
    all.push_back({[=](uint32_t n) -> Call { return Batch<Runtime>{remarks(n)}; }, By::alice, "call", 1000});
    all.push_back({.make = [](uint32_t) -> Call { return AsDerivative<Runtime>{1, Call{system::Remark{}}}; },
                   .other_account = true});
    all.push_back({[=](uint32_t n) -> Call { return BatchAll<Runtime>{remarks(n)}; }, By::alice, "call", 1000});
    all.push_back({.make = [](uint32_t) -> Call {
                       return DispatchAs<Runtime>{Origin::signed_by(kOther), Call{system::Remark{}}};
                   },
                   .by = By::root,
                   .other_account = true});
    all.push_back({[=](uint32_t n) -> Call { return ForceBatch<Runtime>{remarks(n)}; }, By::alice, "call", 1000});
}

void add_others(std::vector<Case>& all)
{
    all.push_back({[](uint32_t) -> Call { return timestamp::Set{{1'000'001'000}}; }, By::nobody});
    all.push_back(
        {[](uint32_t) -> Call { return babe::PlanConfigChange{primitives::babe::ConfigurationV1{{{1, 2}, {}}}}; },
         By::root});
    all.push_back(
        {[](uint32_t) -> Call { return testing::set_keys(testing::alice().id(), testing::SeatKeys{"//New"}); }});
    all.push_back({[](uint32_t) -> Call { return session::PurgeKeys{}; }});
    // None would be refused before anything is done.
    all.push_back({[](uint32_t n) -> Call { return seat_keys(std::max(n, 1u)); }, By::alice, "seat",
                   session::kSeatsPerAccountMax});
    all.push_back({[](uint32_t) -> Call { return sudo::Sudo<Runtime>{Call{system::Remark{}}}; }});
    all.push_back({[](uint32_t) -> Call { return sudo::SetKey{kNew}; }});
    all.push_back({.make = [](uint32_t) -> Call { return sudo::SudoAs<Runtime>{kOther, Call{system::Remark{}}}; },
                   .other_account = true});
    all.push_back({[](uint32_t) -> Call { return sudo::RemoveKey{}; }});
}

} // namespace

std::vector<Case> cases()
{
    std::vector<Case> all;
    add_system(all);
    add_balances(all);
    add_utility(all);
    add_others(all);
    add_consensus(all);
    add_multisig(all);
    add_proxy(all);
    add_preimage(all);
    add_scheduler(all);
    add_assets(all);
    return all;
}

std::string name_of(const Call& call)
{
    return call.visit([]<class P>(const auto& one) {
        using C = std::remove_cvref_t<decltype(one)>;
        return std::string{P::kName} + "." + std::string{std::string_view{runtime::detail::kCallName<C>}};
    });
}

} // namespace weights
