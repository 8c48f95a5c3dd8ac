#include "runtime/testing/world.hpp"

#include <gtest/gtest.h>
#include <map>

/// Calls of the Assets pallet at random, and an audit of what they leave.
namespace runtime::assets {
namespace {

using namespace testing;

constexpr Balance kMax = ~Balance{0};

/// Every sum that the pallet keeps, made again from what lies in storage.
struct Audit
{
    std::map<AssetId, AssetDetails> sums;
    std::map<AccountId, Balance> reserved;
    std::map<AccountId, uint32_t> consumers, sufficients;

    template <class T>
    static T at(const Bytes& key, size_t offset)
    {
        scale::Reader reader{ByteView{key}.subspan(offset)};
        T value{};
        EXPECT_TRUE(scale::decode_into(reader, value));
        return value;
    }
    static std::vector<Bytes> keys(const StoragePrefix& prefix)
    {
        return keys_under(Bytes{prefix.begin(), prefix.end()}, 100'000);
    }

    Audit()
    {
        for (const auto& key : keys(Asset::prefix))
        {
            const auto id = at<AssetId>(key, 48);
            reserved[Asset::get(id)->owner] += Asset::get(id)->deposit + Metadata::get(id).deposit;
            sums[id].supply = 0;
        }
        for (const auto& key : keys(Account::prefix))
        {
            const auto id = at<AssetId>(key, 48);
            const auto who = at<AccountId>(key, 68);
            const auto account = *Account::get(id, who);
            sums[id].supply += account.balance;
            ++sums[id].accounts;
            consumers[who] += account.reason.is<reason::Consumer>();
            sufficients[who] += account.reason.is<reason::Sufficient>();
            sums[id].sufficients += account.reason.is<reason::Sufficient>();
            if (const auto* held = account.reason.get<reason::DepositHeld>())
                reserved[who] += held->value;
            if (const auto* from = account.reason.get<reason::DepositFrom>())
                reserved[from->depositor] += from->deposit;
        }
        for (const auto& key : keys(Approvals::prefix))
        {
            const auto id = at<AssetId>(key, 48);
            const auto owner = at<AccountId>(key, 68);
            ++sums[id].approvals;
            reserved[owner] += Approvals::get(id, owner, at<AccountId>(key, 116))->deposit;
        }
    }

    void check()
    {
        for (const auto& [id, sum] : sums)
        {
            const auto details = *Asset::get(id);
            EXPECT_EQ(details.supply, sum.supply) << id;
            EXPECT_EQ(details.accounts, sum.accounts) << id;
            EXPECT_EQ(details.sufficients, sum.sufficients) << id;
            EXPECT_EQ(details.approvals, sum.approvals) << id;
        }
        for (const auto& key : keys(system::Account::prefix))
        {
            const auto who = at<AccountId>(key, 48);
            const auto info = system::Account::get(who);
            EXPECT_EQ(info.data.reserved, reserved[who]);
            EXPECT_EQ(info.consumers, consumers[who] + (reserved[who] != 0));
            EXPECT_EQ(info.sufficients, sufficients[who]);
            EXPECT_TRUE(info.sufficients != 0 || info.data.free + info.data.reserved != 0);
        }
    }
};

/// Numbers that repeat from run to run.
struct Dice
{
    uint64_t state = 88172645463325252;
    uint64_t operator()(uint64_t sides)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state % sides;
    }
};

/// Accounts 7 and 8 have nothing.
struct Draw
{
    Dice& dice;
    Id id() const { return Id{AssetId(dice(3))}; }
    MultiAddress who() const { return account(uint8_t(1 + dice(8))); }
    bool coin() const { return dice(2) == 0; }
    Balance amount() const
    {
        const Balance edge[]{0, 1, 9, 10, 11, kMax, kMax - 1, kMax / 2};
        return dice(4) == 0 ? edge[dice(8)] : Balance{dice(60)};
    }
};

Call<Runtime> class_call(const Draw& any)
{
    switch (any.dice(16))
    {
    case 0:
        return Create{any.id(), any.who(), Balance{any.dice(12)}};
    case 1:
        return ForceCreate{any.id(), any.who(), any.coin(), Balance{1 + any.dice(12)}};
    case 2:
        return any.dice(12) == 0 ? Call<Runtime>{StartDestroy{any.id()}} : Call<Runtime>{ThawAsset{any.id()}};
    case 3:
        return DestroyAccounts{any.id()};
    case 4:
        return DestroyApprovals{any.id()};
    case 5:
        return FinishDestroy{any.id()};
    case 6:
        return Freeze{any.id(), any.who()};
    case 7:
    case 8:
        return Thaw{any.id(), any.who()};
    case 9:
        return FreezeAsset{any.id()};
    case 10:
        return Block{any.id(), any.who()};
    case 11:
        return TransferOwnership{any.id(), any.who()};
    case 12:
        return SetMetadata{any.id(), Bytes(any.dice(60)), Bytes(any.dice(20)), 0};
    case 13:
        return ClearMetadata{any.id()};
    case 14:
        return SetMinBalance{any.id(), any.amount()};
    default:
        return ForceAssetStatus{any.id(), any.who(), any.who(), any.who(), any.who(), any.amount(), any.coin(), false};
    }
}

Call<Runtime> holder_call(const Draw& any)
{
    switch (any.dice(16))
    {
    case 0:
    case 1:
    case 2:
        return Mint{any.id(), any.who(), any.amount()};
    case 3:
        return Burn{any.id(), any.who(), any.amount()};
    case 4:
    case 5:
    case 6:
        return Transfer{any.id(), any.who(), any.amount()};
    case 7:
        return TransferKeepAlive{any.id(), any.who(), any.amount()};
    case 8:
        return ForceTransfer{any.id(), any.who(), any.who(), any.amount()};
    case 9:
        return ApproveTransfer{any.id(), any.who(), any.amount()};
    case 10:
        return CancelApproval{any.id(), any.who()};
    case 11:
        return TransferApproved{any.id(), any.who(), any.who(), any.amount()};
    case 12:
        return any.coin() ? Call<Runtime>{Touch{any.id()}} : Call<Runtime>{TouchOther{any.id(), any.who()}};
    case 13:
        return Refund{any.id(), any.coin()};
    case 14:
        return RefundOther{any.id(), any.who()};
    default:
        return TransferAll{any.id(), any.who(), any.coin()};
    }
}

TEST(AssetsAtRandom, keep_every_sum_after_any_calls)
{
    World world;
    Dice dice;
    uint32_t done = 0;
    const int calls = 12'000;
    for (int i = 0; i != calls; ++i)
    {
        const auto call = dice(3) == 0 ? class_call(Draw{dice}) : holder_call(Draw{dice});
        const bool root = dice(12) == 0;
        const auto result = root ? world.by_root(call) : world.by(uint8_t(1 + dice(8)), call);
        done += result.has_value();
        world.forget_events();
        if (i % 16 == 0 || i + 1 == calls)
            Audit{}.check();
        ASSERT_FALSE(::testing::Test::HasFailure()) << "after call " << i;
    }
    EXPECT_GT(done, 500u);
}

} // namespace
} // namespace runtime::assets
