#include "hash/blake2b.hpp"
#include "rpc/follow.hpp"
#include "rpc/testing/client.hpp"

#include <gtest/gtest.h>

/// chainHead_v1. Forms and codes are those of the JSON-RPC interface specification.
namespace rpc {
namespace {

using testing::Client;

struct ChainHeadTest : ::testing::Test
{
    std::string follow(bool with_runtime = true)
    {
        const auto id = client.ask("chainHead_v1_follow", Json::array({with_runtime}));
        EXPECT_TRUE(id.is_string()) << id;
        return id;
    }
    std::vector<std::string> names()
    {
        std::vector<std::string> all;
        for (const auto& event : client.results())
            all.push_back(event["event"]);
        return all;
    }
    /// Starts an operation and returns its events.
    std::vector<Json> operate(const std::string& method, Json params)
    {
        const auto started = client.ask("chainHead_v1_" + method, std::move(params));
        EXPECT_EQ(started["result"], "started") << started;
        EXPECT_TRUE(client.events.empty()) << "the answer comes first";
        client.run();
        auto results = client.results();
        for (const auto& event : results)
            EXPECT_EQ(event["operationId"], started["operationId"]);
        return results;
    }
    using Names = std::vector<std::string>;
    Client client;
    Hash genesis = client.backend.genesis();
};

TEST_F(ChainHeadTest, follow_begins_with_what_is_there)
{
    const auto a1 = client.grow(genesis);
    client.apply(client.backend.finalize(a1));
    const auto a2 = client.grow(a1), b2 = client.grow(a1, false, 1);
    const auto id = follow();
    EXPECT_EQ(client.events.at(0)["method"], "chainHead_v1_followEvent");
    EXPECT_EQ(client.events.at(0)["params"]["subscription"], id);
    const auto events = client.results();
    ASSERT_EQ(events.size(), 4U);
    EXPECT_EQ(events[0]["event"], "initialized");
    EXPECT_EQ(events[0]["finalizedBlockHashes"], Json::array({hex(genesis), hex(a1)}));
    EXPECT_EQ(events[0]["finalizedBlockRuntime"]["type"], "valid");
    EXPECT_EQ(events[0]["finalizedBlockRuntime"]["spec"]["apis"]["0xdf6acb689907609b"], 5);
    EXPECT_EQ(
        events[1],
        (Json{{"event", "newBlock"}, {"blockHash", hex(a2)}, {"parentBlockHash", hex(a1)}, {"newRuntime", nullptr}}));
    EXPECT_EQ(events[2]["blockHash"], hex(b2));
    EXPECT_EQ(events[3], (Json{{"event", "bestBlockChanged"}, {"bestBlockHash", hex(a2)}}));
    EXPECT_EQ(client.backend.pins(), 4U);
}

TEST_F(ChainHeadTest, blocks_best_and_finality_are_told_in_this_order)
{
    follow(false);
    const auto first = client.results().at(0);
    EXPECT_FALSE(first.contains("finalizedBlockRuntime"));
    // All at once, as for a client that lagged.
    const auto a1 = client.backend.make(genesis), b1 = client.backend.make(genesis, {}, {}, 1),
               a2 = client.backend.make(a1.hash);
    for (const auto& made : {a1, b1, a2})
        client.hub.apply(made.event);
    client.hub.apply(client.backend.set_best(a2.hash));
    client.apply(client.backend.finalize(a1.hash));
    const auto events = client.results();
    ASSERT_EQ(events.size(), 4U) << "the fork was gone before it could be told";
    EXPECT_EQ(events[0], (Json{{"event", "newBlock"}, {"blockHash", hex(a1.hash)}, {"parentBlockHash", hex(genesis)}}));
    EXPECT_EQ(events[1]["blockHash"], hex(a2.hash));
    EXPECT_EQ(events[2]["event"], "bestBlockChanged");
    EXPECT_EQ(events[3], (Json{{"event", "finalized"},
                               {"finalizedBlockHashes", Json::array({hex(a1.hash)})},
                               {"prunedBlockHashes", Json::array()}}));
    const auto b2 = client.grow(a1.hash, false, 7);
    client.results();
    client.apply(client.backend.finalize(a2.hash));
    EXPECT_EQ(client.results().at(0)["prunedBlockHashes"], Json::array({hex(b2)}));
}

TEST_F(ChainHeadTest, a_new_runtime_is_told_with_its_block)
{
    follow();
    client.results();
    auto version = testing::fake_version();
    version.spec_version = 8;
    client.apply(client.backend.make(genesis, {}, {}, 0, version).event);
    EXPECT_EQ(client.results().at(0)["newRuntime"]["spec"]["specVersion"], 8);
}

TEST_F(ChainHeadTest, a_gap_stops_the_subscription)
{
    const auto id = follow();
    client.results();
    auto at = genesis;
    for (size_t i = 0; i != kRecentFinalized + 1; ++i)
    {
        const auto made = client.backend.make(at);
        client.hub.apply(made.event);
        at = made.hash;
    }
    client.apply(client.backend.finalize(at));
    EXPECT_EQ(names(), Names{"stop"});
    EXPECT_EQ(client.backend.pins(), 0U);
    EXPECT_EQ(client.ask("chainHead_v1_header", {id, hex(genesis)}), nullptr);
    EXPECT_EQ(client.ask("chainHead_v1_body", {id, hex(genesis)}), Json::parse(R"({"result":"limitReached"})"));
    EXPECT_EQ(client.ask("chainHead_v1_unpin", {id, hex(genesis)}), nullptr);
    EXPECT_EQ(client.ask("chainHead_v1_continue", {id, "1"}), nullptr);
    EXPECT_EQ(client.ask("chainHead_v1_stopOperation", {id, "1"}), nullptr);
    EXPECT_EQ(client.ask("chainHead_v1_unfollow", {id}), nullptr);
}

TEST_F(ChainHeadTest, too_many_pinned_finalised_blocks_stop_the_subscription)
{
    follow(false);
    auto at = genesis;
    size_t stops = 0, blocks = 0;
    for (; blocks != kPinnedMax + 10 && stops == 0; ++blocks)
    {
        at = client.grow(at);
        client.apply(client.backend.finalize(at));
        for (const auto& name : names())
            stops += name == "stop";
    }
    EXPECT_EQ(blocks, kPinnedMax) << "the first one was genesis";
    EXPECT_EQ(client.backend.pins(), 0U);
}

TEST_F(ChainHeadTest, unpin_takes_all_or_nothing)
{
    const auto a1 = client.grow(genesis);
    const auto id = follow();
    EXPECT_EQ(client.ask("chainHead_v1_unpin", {id, {hex(genesis), hex(Hash{1})}})["code"], -32801);
    EXPECT_EQ(client.ask("chainHead_v1_unpin", {id, {hex(genesis), hex(genesis)}})["code"], -32804);
    EXPECT_EQ(client.ask("chainHead_v1_unpin", {id, {hex(genesis), "0x"}})["code"], -32602);
    EXPECT_EQ(client.backend.pins(), 2U);
    EXPECT_EQ(client.ask("chainHead_v1_unpin", {id, {hex(genesis), hex(a1)}}), nullptr);
    EXPECT_EQ(client.backend.pins(), 0U);
    EXPECT_EQ(client.ask("chainHead_v1_unpin", {id, hex(a1)})["code"], -32801);
    EXPECT_EQ(client.ask("chainHead_v1_header", {id, hex(a1)})["code"], -32801);
    EXPECT_EQ(client.ask("chainHead_v1_body", {id, hex(a1)})["code"], -32801);
    EXPECT_EQ(client.ask("chainHead_v1_storage", {id, hex(a1), Json::array()})["code"], -32801);
    EXPECT_EQ(client.ask("chainHead_v1_call", {id, hex(a1), "Fake_echo", "0x"})["code"], -32801);
}

TEST_F(ChainHeadTest, header_body_and_call)
{
    const auto made = client.backend.make(genesis, {Bytes{1, 2}});
    client.apply(made.event);
    const auto id = follow();
    client.results();
    const auto hash = hex(made.hash);
    EXPECT_EQ(client.ask("chainHead_v1_header", {id, hash}), hex(scale::encode(made.event.header)));
    auto events = operate("body", {id, hash});
    EXPECT_EQ(events.at(0)["event"], "operationBodyDone");
    EXPECT_EQ(events.at(0)["value"], Json::array({"0x080102"}));
    events = operate("call", {id, hash, "Fake_echo", "0x12"});
    EXPECT_EQ(events.at(0)["event"], "operationCallDone");
    EXPECT_EQ(events.at(0)["output"], "0x12");
    EXPECT_EQ(operate("call", {id, hash, "Fake_trap", "0x"}).at(0)["event"], "operationError");
    client.backend.prune(made.hash);
    EXPECT_EQ(client.ask("chainHead_v1_body", {id, hash})["result"], "limitReached") << "nothing left to pin";
    const auto blind = follow(false);
    EXPECT_EQ(client.ask("chainHead_v1_call", {blind, hex(genesis), "Fake_echo", "0x"}),
              Json::parse(R"({"result":"limitReached"})"))
        << "it could not begin: its blocks are gone";
}

TEST_F(ChainHeadTest, a_subscription_without_runtime_makes_no_calls)
{
    const auto id = follow(false);
    EXPECT_EQ(client.ask("chainHead_v1_call", {id, hex(genesis), "Fake_echo", "0x"})["code"], -32802);
    EXPECT_EQ(client.ask("chainHead_v1_call", {id, hex(genesis), "Fake_echo"})["code"], -32602);
}

struct ChainHeadStorageTest : ChainHeadTest
{
    ChainHeadStorageTest()
    {
        std::vector<testing::FakeBackend::Change> changes;
        for (int i = 0; i != 600; ++i)
            changes.push_back({Bytes{0xaa, uint8_t(i >> 8), uint8_t(i)}, Bytes{uint8_t(i)}});
        changes.push_back({Bytes{0xbb}, Bytes{1}});
        block = client.backend.make(genesis, {}, changes);
        client.backend.set_child(block.hash, Bytes{'c'}, {{Bytes{1}, Bytes{9}}});
        client.apply(block.event);
        id = follow();
        client.results();
    }
    std::vector<Json> items(Json queries, Json child = nullptr)
    {
        std::vector<Json> all;
        const auto events = operate("storage", {id, hex(block.hash), std::move(queries), std::move(child)});
        EXPECT_EQ(events.back()["event"], "operationStorageDone");
        for (const auto& event : events)
            if (event["event"] == "operationStorageItems")
                all.insert(all.end(), event["items"].begin(), event["items"].end());
        return all;
    }
    testing::FakeBackend::Made block;
    std::string id;
};

TEST_F(ChainHeadStorageTest, every_kind_of_query_is_answered)
{
    const auto query = [](const char* key, const char* type) {
        return Json::array({Json{{"key", key}, {"type", type}}});
    };
    EXPECT_EQ(items(query("0xbb", "value")), std::vector{(Json{{"key", "0xbb"}, {"value", "0x01"}})});
    EXPECT_EQ(items(query("0xbb", "hash")),
              std::vector{(Json{{"key", "0xbb"}, {"hash", hex(hash::blake2_256(ByteView{Bytes{1}}))}})});
    EXPECT_TRUE(items(query("0xcc", "value")).empty());
    EXPECT_TRUE(items(query("0xcc", "closestDescendantMerkleValue")).empty());
    EXPECT_TRUE(items(query("0xaa", "closestDescendantMerkleValue")).at(0).contains("closestDescendantMerkleValue"));
    EXPECT_EQ(items(query("0x01", "value"), "0x63"), std::vector{(Json{{"key", "0x01"}, {"value", "0x09"}})});
    const auto all = items(query("0xaa", "descendantsValues"));
    ASSERT_EQ(all.size(), 600U);
    EXPECT_EQ(all[599], (Json{{"key", "0xaa0257"}, {"value", "0x57"}}));
    EXPECT_EQ(items(query("0x", "descendantsHashes")).size(), 601U);
    EXPECT_TRUE(items(Json::array()).empty());
    EXPECT_EQ(client.ask("chainHead_v1_storage", {id, hex(block.hash), query("0x", "other"), nullptr})["code"], -32602);
    EXPECT_EQ(client.ask("chainHead_v1_storage", {id, hex(block.hash), "0x", nullptr})["code"], -32602);
}

TEST_F(ChainHeadStorageTest, operations_are_bounded_and_what_is_too_much_is_told)
{
    auto many = Json::array();
    for (size_t i = 0; i != kOperationsMax + 5; ++i)
        many.push_back(Json{{"key", "0xbb"}, {"type", "value"}});
    const auto started = client.ask("chainHead_v1_storage", {id, hex(block.hash), many, nullptr});
    EXPECT_EQ(started["discardedItems"], 5);
    EXPECT_EQ(client.ask("chainHead_v1_storage", {id, hex(block.hash), many, nullptr}),
              Json::parse(R"({"result":"limitReached"})"));
    EXPECT_EQ(client.ask("chainHead_v1_body", {id, hex(block.hash)})["result"], "limitReached");
    EXPECT_EQ(client.ask("chainHead_v1_continue", {id, started["operationId"]})["code"], -32803);
    EXPECT_EQ(client.ask("chainHead_v1_stopOperation", {id, started["operationId"]}), nullptr);
    client.run();
    EXPECT_TRUE(client.events.empty()) << "a stopped operation says nothing more";
    EXPECT_EQ(client.ask("chainHead_v1_body", {id, hex(block.hash)})["result"], "started");
}

TEST_F(ChainHeadStorageTest, a_long_result_waits_to_be_continued)
{
    std::vector<testing::FakeBackend::Change> changes;
    for (uint8_t i = 0; i != 100; ++i)
        changes.push_back({Bytes{0xdd, i}, Bytes(100'000, i)});
    const auto big = client.backend.make(block.hash, {}, changes);
    client.apply(big.event);
    client.results();
    auto started =
        client.ask("chainHead_v1_storage",
                   {id, hex(big.hash), Json::parse(R"([{"key":"0xdd","type":"descendantsValues"}])"), nullptr});
    size_t count = 0, waits = 0;
    for (bool done = false; !done;)
    {
        client.run();
        for (const auto& event : client.results())
        {
            if (event["event"] == "operationStorageItems")
                count += event["items"].size();
            done = done || event["event"] == "operationStorageDone";
            if (event["event"] != "operationWaitingForContinue")
                continue;
            ++waits;
            EXPECT_EQ(client.ask("chainHead_v1_unpin", {id, hex(big.hash)}).is_null(), waits == 1)
                << "it goes on unpinned";
            EXPECT_EQ(client.ask("chainHead_v1_continue", {id, started["operationId"]}), nullptr);
        }
    }
    EXPECT_EQ(count, 100U);
    EXPECT_EQ(waits, 2U);
}

TEST_F(ChainHeadTest, subscriptions_are_few_and_leave_no_pins)
{
    std::vector<std::string> ids;
    for (size_t i = 0; i != kFollowsMax; ++i)
        ids.push_back(follow());
    EXPECT_EQ(client.ask("chainHead_v1_follow", {true})["code"], -32800);
    EXPECT_EQ(client.ask("chainHead_v1_body", {ids[0], hex(genesis)})["result"], "started");
    for (const auto& id : ids)
        EXPECT_EQ(client.ask("chainHead_v1_unfollow", {id}), nullptr);
    client.run();
    EXPECT_EQ(client.backend.pins(), 0U);
    EXPECT_EQ(client.ask("chainHead_v1_follow")["code"], -32602);
    {
        Session other{client.hub, 2, {}};
        other.receive(R"({"jsonrpc":"2.0","id":1,"method":"chainHead_v1_follow","params":[true]})");
        EXPECT_EQ(client.backend.pins(), 1U);
    }
    EXPECT_EQ(client.backend.pins(), 0U) << "a client that goes takes its pins along";
}

} // namespace
} // namespace rpc
