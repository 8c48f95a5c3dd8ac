#include "rpc/testing/client.hpp"

#include <gtest/gtest.h>

/// The legacy subscriptions: heads, runtime version, storage, justifications.
namespace rpc {
namespace {

using testing::Client;

struct SubscriptionsTest : ::testing::Test
{
    std::vector<std::string> numbers()
    {
        std::vector<std::string> all;
        for (const auto& header : client.results())
            all.push_back(header["number"]);
        return all;
    }
    using Numbers = std::vector<std::string>;
    Client client;
    Hash genesis = client.backend.genesis();
};

TEST_F(SubscriptionsTest, new_heads_begin_with_the_best_and_follow_it)
{
    const auto id = client.ask("chain_subscribeNewHeads");
    EXPECT_EQ(client.events.at(0)["method"], "chain_newHead");
    EXPECT_EQ(client.events.at(0)["params"]["subscription"], id);
    EXPECT_EQ(numbers(), Numbers{"0x0"});
    const auto a1 = client.grow(genesis);
    client.grow(genesis, false, 1);
    EXPECT_EQ(numbers(), Numbers{"0x1"}) << "a block beside the best is not told";
    const auto a2 = client.backend.make(a1), a3 = client.backend.make(a2.hash);
    client.hub.apply(a2.event);
    client.hub.apply(a3.event);
    client.apply(client.backend.set_best(a3.hash));
    EXPECT_EQ(numbers(), (Numbers{"0x2", "0x3"})) << "what a slow client missed is told";
    client.hub.apply(client.backend.finalize(a2.hash));
    client.grow(a3.hash);
    EXPECT_EQ(numbers(), Numbers{"0x4"});
    EXPECT_EQ(client.ask("chain_unsubscribeNewHeads", {id}), true);
    client.grow(a3.hash, true, 1);
    EXPECT_TRUE(client.events.empty());
    EXPECT_EQ(client.ask("chain_unsubscribeNewHeads", {id}), false);
}

TEST_F(SubscriptionsTest, all_heads_and_finalised_heads)
{
    client.ask("chain_subscribeAllHeads");
    const auto id = client.ask("chain_subscribeFinalizedHeads");
    EXPECT_EQ(numbers(), (Numbers{"0x0", "0x0"}));
    const auto a1 = client.grow(genesis);
    client.grow(genesis, false, 1);
    const auto a2 = client.grow(a1);
    EXPECT_EQ(numbers(), (Numbers{"0x1", "0x1", "0x2"}));
    client.apply(client.backend.finalize(a2));
    EXPECT_EQ(client.events.at(0)["method"], "chain_finalizedHead");
    EXPECT_EQ(client.events.at(0)["params"]["subscription"], id);
    EXPECT_EQ(numbers(), (Numbers{"0x1", "0x2"}));
    EXPECT_EQ(client.ask("chain_unsubscribeAllHeads", {id}), false) << "of another kind";
}

TEST_F(SubscriptionsTest, a_runtime_version_is_told_when_it_changes)
{
    client.ask("state_subscribeRuntimeVersion");
    EXPECT_EQ(client.results().at(0)["specVersion"], 7);
    const auto a1 = client.grow(genesis);
    EXPECT_TRUE(client.events.empty());
    auto version = testing::fake_version();
    version.spec_version = 8;
    const auto upgraded = client.backend.make(a1, {}, {}, 0, version);
    client.apply(upgraded.event);
    client.apply(client.backend.set_best(upgraded.hash));
    EXPECT_EQ(client.results().at(0)["specVersion"], 8);
    client.apply(client.backend.set_best(a1));
    EXPECT_EQ(client.results().at(0)["specVersion"], 7) << "the upgrade was on a fork";
}

TEST_F(SubscriptionsTest, storage_is_told_whole_then_by_change)
{
    client.ask("state_subscribeStorage", Json::array({Json::array({"0xaa", "0xbb"})}));
    EXPECT_EQ(client.results().at(0)["changes"], Json::parse(R"([["0xaa",null],["0xbb",null]])"));
    const auto made = client.backend.make(genesis, {}, {{Bytes{0xbb}, Bytes{1}}, {Bytes{0xcc}, Bytes{1}}});
    client.apply(made.event);
    EXPECT_TRUE(client.events.empty());
    client.apply(client.backend.set_best(made.hash));
    EXPECT_EQ(client.results(),
              std::vector{(Json{{"block", hex(made.hash)}, {"changes", Json::parse(R"([["0xbb","0x01"]])")}})});
    client.grow(made.hash);
    EXPECT_TRUE(client.events.empty());
    EXPECT_EQ(client.ask("state_subscribeStorage")["code"], code::kInvalidParams);
    EXPECT_EQ(client.ask("state_subscribeStorage", Json::array({Json::array({"zz"})}))["code"], code::kInvalidParams);
}

TEST_F(SubscriptionsTest, a_state_that_is_gone_refuses_the_subscription)
{
    client.backend.prune(genesis);
    EXPECT_EQ(client.ask("state_subscribeStorage", Json::array({Json::array({"0xaa"})}))["code"], code::kStateClient);
    EXPECT_TRUE(client.events.empty());
}

TEST_F(SubscriptionsTest, justifications_are_passed_on)
{
    client.ask("grandpa_subscribeJustifications");
    EXPECT_EQ(client.session.justified(Bytes{1, 2}).size(), 1U);
}

TEST_F(SubscriptionsTest, their_number_is_bounded)
{
    for (size_t i = 0; i != kSubscriptionsMax; ++i)
        ASSERT_TRUE(client.ask("grandpa_subscribeJustifications").is_string());
    EXPECT_EQ(client.ask("grandpa_subscribeJustifications")["code"], code::kTooManySubscriptions);
}

} // namespace
} // namespace rpc
