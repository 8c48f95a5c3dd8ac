#include "weights_setup.hpp"

/// Assets: accounts that come with their first asset and go with their last, of holders and of the system.
namespace weights {
namespace {

using namespace runtime;
using namespace runtime::assets;
using base::Bytes;

constexpr AssetId kAsset = 1; ///< sufficient, Alice's
constexpr AssetId kFree = 2;  ///< nobody's yet
constexpr AssetId kPlain = 3; ///< not sufficient, Alice's
constexpr AssetId kMany = 1'000;
constexpr Balance kAll = 1'000;

AccountId alice() { return testing::alice().id(); }
void by_alice(const Call& call) { dispatched(Origin::signed_by(alice()), call); }
void by_root(const Call& call) { dispatched(Origin::root(), call); }
Bytes text(uint32_t n) { return Bytes(n, 'x'); }

/// The two assets; Alice holds all of both; `body` adds to that.
auto with(const std::function<void()>& body)
{
    return [body](Pairs& state) {
        change(state, [&] {
            endow(kThird);
            by_root(ForceCreate{{kAsset}, alice(), true, {1}});
            by_alice(Create{{kPlain}, alice(), 1});
            for (const auto id : {kAsset, kPlain})
                by_alice(Mint{{id}, alice(), {kAll}});
            body();
        });
    };
}
const auto plain = with([] {});
const auto other_holds = with([] { by_alice(Transfer{{kAsset}, kOther, {kAll}}); });
const auto described = with([] { by_alice(SetMetadata{{kPlain}, text(kTextMax), text(kTextMax), 12}); });
const auto approved = with([] { by_alice(ApproveTransfer{{kAsset}, kThird, {kAll}}); });

/// Of each size that is measured, an asset that is being destroyed, with as many accounts and approvals.
void being_destroyed(Pairs& state)
{
    with([] {
        for (const auto n : sizes_up_to(kRemoveItemsMax))
        {
            const auto id = kMany + n;
            by_root(ForceCreate{{id}, alice(), true, {1}});
            for (uint32_t i = 0; i != n; ++i)
            {
                const auto who = one_of_many(i + n);
                by_alice(Mint{{id}, who, {kAll}});
                base::invariant(balances::Pallet<Runtime>::mint(who, kToken).has_value());
                dispatched(Origin::signed_by(who), ApproveTransfer{{id}, kThird, {kAll}});
            }
            by_alice(StartDestroy{{id}});
        }
    })(state);
}

void add(std::vector<Case>& all, std::function<Call()> make, const std::function<void(Pairs&)>& setup,
         By by = By::alice)
{
    all.push_back({.make = [make = std::move(make)](uint32_t) { return make(); }, .by = by, .setup = setup});
}
void add_counted(std::vector<Case>& all, std::function<Call(uint32_t)> make, const std::function<void(Pairs&)>& setup,
                 By by, std::string unit, uint32_t most)
{
    all.push_back({.make = std::move(make), .by = by, .unit = std::move(unit), .most = most, .setup = setup});
}

void add_classes(std::vector<Case>& all)
{
    add(all, [] { return Call{Create{{kFree}, alice(), 1}}; }, plain);
    add(all, [] { return Call{ForceCreate{{kFree}, kOther, true, {1}}}; }, plain, By::root);
    add(all, [] { return Call{StartDestroy{{kPlain}}}; }, plain);
    add_counted(
        all, [](uint32_t n) -> Call { return DestroyAccounts{{kMany + n}}; }, being_destroyed, By::alice, "item",
        kRemoveItemsMax);
    add_counted(
        all, [](uint32_t n) -> Call { return DestroyApprovals{{kMany + n}}; }, being_destroyed, By::alice, "item",
        kRemoveItemsMax);
    add(
        all, [] { return Call{FinishDestroy{{kFree}}}; }, with([] {
            by_alice(Create{{kFree}, alice(), 1});
            by_alice(SetMetadata{{kFree}, text(kTextMax), text(kTextMax), 12});
            by_alice(TransferOwnership{{kFree}, kThird});
            by_root(StartDestroy{{kFree}});
        }));
}

void add_moves(std::vector<Case>& all)
{
    add(all, [] { return Call{Mint{{kAsset}, kNew, {kAll}}}; }, plain);
    add(all, [] { return Call{Burn{{kAsset}, kOther, {kAll}}}; }, other_holds);
    add(all, [] { return Call{Transfer{{kAsset}, kNew, {kAll}}}; }, plain);
    add(all, [] { return Call{TransferKeepAlive{{kAsset}, kNew, {kAll / 2}}}; }, plain);
    add(all, [] { return Call{ForceTransfer{{kAsset}, kOther, kNew, {kAll}}}; }, other_holds);
    for (const bool frozen : {false, true})
    {
        const auto setup = with([=] {
            if (frozen)
                by_alice(Freeze{{kPlain}, alice()});
        });
        if (frozen)
            add(all, [] { return Call{Thaw{{kPlain}, alice()}}; }, setup);
        else
            add(all, [] { return Call{Freeze{{kPlain}, alice()}}; }, setup);
    }
    add(all, [] { return Call{FreezeAsset{{kPlain}}}; }, plain);
    add(all, [] { return Call{ThawAsset{{kPlain}}}; }, with([] { by_alice(FreezeAsset{{kPlain}}); }));
}

void add_teams(std::vector<Case>& all)
{
    const auto bytes = [](uint32_t n) { return std::pair{text(n - n / 2), text(n / 2)}; };
    add(all, [] { return Call{TransferOwnership{{kPlain}, kThird}}; }, described);
    add(all, [] { return Call{SetTeam{{kPlain}, kOther, kOther, kOther}}; }, plain);
    add_counted(
        all, [=](uint32_t n) -> Call { return SetMetadata{{kPlain}, bytes(n).first, bytes(n).second, 12}; }, plain,
        By::alice, "byte", 2 * kTextMax);
    add(all, [] { return Call{ClearMetadata{{kPlain}}}; }, described);
    add_counted(
        all, [=](uint32_t n) -> Call { return ForceSetMetadata{{kPlain}, bytes(n).first, bytes(n).second, 12, false}; },
        described, By::root, "byte", 2 * kTextMax);
    add(
        all, [] { return Call{ForceClearMetadata{{kPlain}}}; }, with([] {
            by_alice(SetMetadata{{kPlain}, text(kTextMax), text(kTextMax), 12});
            by_alice(TransferOwnership{{kPlain}, kThird});
        }),
        By::root);
    add(
        all, [] { return Call{ForceAssetStatus{{kPlain}, kOther, kOther, kOther, kOther, {1}, false, true}}; },
        with([] {
            endow(kOther);
            by_alice(SetMetadata{{kPlain}, text(kTextMax), text(kTextMax), 12});
            by_alice(TransferOwnership{{kPlain}, kThird});
        }),
        By::root);
}

void add_approvals(std::vector<Case>& all)
{
    add(all, [] { return Call{ApproveTransfer{{kAsset}, kThird, {kAll}}}; }, plain);
    add(all, [] { return Call{CancelApproval{{kAsset}, kThird}}; }, approved);
    add(
        all, [] { return Call{ForceCancelApproval{{kAsset}, kThird, kOther}}; },
        with([] { dispatched(Origin::signed_by(kThird), ApproveTransfer{{kAsset}, kOther, {kAll}}); }), By::root);
    add(
        all, [] { return Call{TransferApproved{{kAsset}, kThird, kNew, {kAll}}}; }, with([] {
            by_alice(Transfer{{kAsset}, kThird, {kAll}});
            dispatched(Origin::signed_by(kThird), ApproveTransfer{{kAsset}, alice(), {kAll}});
        }));
}

void add_references(std::vector<Case>& all)
{
    add(all, [] { return Call{Touch{{kPlain}}}; }, with([] { by_alice(Transfer{{kPlain}, kThird, {kAll}}); }));
    add(
        all, [] { return Call{Refund{{kPlain}, true}}; }, with([] {
            by_alice(Transfer{{kPlain}, kThird, {kAll}});
            by_alice(Touch{{kPlain}});
            by_alice(Mint{{kPlain}, alice(), {kAll}});
        }));
    add(all, [] { return Call{SetMinBalance{{kPlain}, 1}}; }, with([] { by_alice(Burn{{kPlain}, alice(), {kAll}}); }));
    add(all, [] { return Call{TouchOther{{kPlain}, kNew}}; }, plain);
    add(
        all, [] { return Call{RefundOther{{kPlain}, kOther}}; },
        with([] { dispatched(Origin::signed_by(kThird), TouchOther{{kPlain}, kOther}); }));
    add(all, [] { return Call{Block{{kPlain}, alice()}}; }, plain);
    add(all, [] { return Call{TransferAll{{kAsset}, kNew, false}}; }, plain);
}

} // namespace

void add_assets(std::vector<Case>& all)
{
    add_classes(all);
    add_moves(all);
    add_teams(all);
    add_approvals(all);
    add_references(all);
}

} // namespace weights
