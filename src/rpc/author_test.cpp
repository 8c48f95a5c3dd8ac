#include "rpc/testing/client.hpp"
#include "rpc/watch.hpp"

#include <gtest/gtest.h>

/// The groups author, transaction_v1 and transactionWatch_v1.
namespace rpc {
namespace {

using testing::Client;
using What = PoolEvent::What;

/// Codes and texts of sc_rpc_api::author::error, which wallets match on.
TEST(Author, the_pools_refusals_have_substrates_codes)
{
    Client client;
    const auto submit = [&](uint8_t why) {
        return client.ask("author_submitExtrinsic", {hex(Bytes{4, uint8_t(0xf0 + why)})});
    };
    const int codes[] = {1010, 1011, 1012, 1013, 1014, 1015, 1016, 1018, 1019, 1020, 1021, 1001, 1002};
    for (uint8_t why = 0; why != std::size(codes); ++why)
        EXPECT_EQ(submit(why)["code"], codes[why]) << int(why);
    EXPECT_EQ(submit(0),
              Json::parse(R"({"code":1010,"message":"Invalid Transaction","data":"Transaction has a bad signature"})"));
    EXPECT_EQ(submit(1)["data"], "CannotLookup");
    EXPECT_EQ(submit(2), Json::parse(R"({"code":1012,"message":"Transaction is temporarily banned"})"));
    EXPECT_EQ(submit(4)["message"], "Priority is too low: (5 vs 4)");
}

TEST(Author, an_extrinsic_is_submitted_once_shown_and_removed)
{
    Client client;
    const auto hash = hex(transaction_hash(Bytes{1, 2}));
    EXPECT_EQ(client.ask("author_submitExtrinsic", {"0x080102"}), hash);
    EXPECT_EQ(client.ask("author_submitExtrinsic", {"0x080102"}),
              (Json{{"code", 1013}, {"message", "Transaction Already Imported"}, {"data", hash}}));
    EXPECT_EQ(client.ask("author_pendingExtrinsics"), Json::parse(R"(["0x080102"])"));
    EXPECT_EQ(
        client.ask("author_removeExtrinsic", Json::parse(R"([[{"extrinsic":"0x080102"},{"hash":")" + hash + R"("}]])")),
        Json::array({hash}));
    EXPECT_EQ(client.ask("author_pendingExtrinsics"), Json::array());
    for (const auto* wrong : {"0x", "0x0c0102", "0x04", "0x0801020"})
        EXPECT_TRUE(client.ask("author_submitExtrinsic", {wrong}).is_object()) << wrong;
    EXPECT_EQ(client.ask("author_removeExtrinsic", Json::parse(R"([[{"other":"0x"}]])"))["code"], code::kInvalidParams);
}

TEST(Author, keys_are_inserted_found_and_rotated)
{
    Client client;
    EXPECT_EQ(client.ask("author_hasKey", {"0x07", "babe"}), false);
    EXPECT_EQ(client.ask("author_insertKey", {"babe", "//Alice", "0x07"}), nullptr);
    EXPECT_EQ(client.ask("author_hasKey", {"0x07", "babe"}), true);
    EXPECT_EQ(client.ask("author_insertKey", {"babe", "Alice", "0x07"})["code"], code::kAuthorOther);
    EXPECT_EQ(client.ask("author_insertKey", {"babes", "//Alice", "0x07"})["code"], code::kInvalidParams);
    EXPECT_EQ(client.ask("author_rotateKeys"), "0x0909");
    EXPECT_EQ(client.ask("author_rotateKeysWithOwner", {"0x0a0b"}),
              Json::parse(R"({"keys": "0x0909", "proof": "0x0a0b"})"));
    EXPECT_EQ(client.ask("author_rotateKeysWithOwner", Json::array())["code"], code::kInvalidParams);
    EXPECT_EQ(client.ask("author_hasSessionKeys", {"0x0102"}), true);
    EXPECT_EQ(client.ask("author_hasSessionKeys", {"0x01"})["message"], "Session keys are not encoded correctly");
}

struct WatchTest : ::testing::Test
{
    PoolEvent event(What what, uint32_t index = 0) { return {hash, what, Hash{7}, index, {"12D3KooWPeer"}}; }
    Client client;
    Hash hash = transaction_hash(Bytes{1, 2});
};

TEST_F(WatchTest, a_watched_extrinsic_reports_until_its_last_event)
{
    const auto id = client.ask("author_submitAndWatchExtrinsic", {"0x080102"});
    ASSERT_TRUE(id.is_string());
    EXPECT_EQ(client.hub.watchers(hash), std::vector<SessionId>{1});
    for (const auto what :
         {What::ready, What::broadcast, What::in_block, What::retracted, What::future, What::finalized})
        client.pool(event(what));
    client.pool(event(What::dropped));
    ASSERT_EQ(client.events.size(), 6U);
    EXPECT_EQ(client.events[0]["method"], "author_extrinsicUpdate");
    EXPECT_EQ(client.events[0]["params"]["subscription"], id);
    const auto block = hex(Hash{7});
    EXPECT_EQ(client.results(),
              (std::vector<Json>{"ready", Json{{"broadcast", Json::array({"12D3KooWPeer"})}}, Json{{"inBlock", block}},
                                 Json{{"retracted", block}}, "future", Json{{"finalized", block}}}));
    EXPECT_TRUE(client.hub.watchers(hash).empty());
    EXPECT_EQ(client.ask("author_unwatchExtrinsic", {id}), false);
}

TEST_F(WatchTest, a_refused_extrinsic_is_not_watched)
{
    EXPECT_EQ(client.ask("author_submitAndWatchExtrinsic", {"0x04f0"})["code"], 1010);
    EXPECT_EQ(client.ask("author_submitAndWatchExtrinsic", {"0x05f0"})["code"], 1001);
    EXPECT_TRUE(client.hub.watchers(transaction_hash(Bytes{0xf0})).empty());
    const auto id = client.ask("author_submitAndWatchExtrinsic", {"0x080102"});
    EXPECT_EQ(client.ask("author_unwatchExtrinsic", {id}), true);
    EXPECT_TRUE(client.hub.watchers(hash).empty());
}

TEST_F(WatchTest, the_new_interface_tells_validity_and_place)
{
    client.ask("transactionWatch_v1_submitAndWatch", {"0x080102"});
    for (const auto what : {What::ready, What::broadcast, What::in_block, What::retracted})
        client.pool(event(what, 3));
    client.pool(event(What::finalized, 4));
    EXPECT_EQ(client.events.at(0)["method"], "transactionWatch_v1_watchEvent");
    const auto results = client.results();
    ASSERT_EQ(results.size(), 4U);
    EXPECT_EQ(results[0], Json::parse(R"({"event":"validated"})"));
    EXPECT_EQ(results[1]["block"], (Json{{"hash", hex(Hash{7})}, {"index", 3}}));
    EXPECT_EQ(results[2], Json::parse(R"({"event":"bestChainBlockIncluded","block":null})"));
    EXPECT_EQ(results[3]["event"], "finalized");
    // Refusals are events here, not errors.
    const auto id = client.ask("transactionWatch_v1_submitAndWatch", {"0x04f0"});
    EXPECT_TRUE(id.is_string());
    EXPECT_EQ(client.results().at(0),
              Json::parse(R"({"event":"invalid","error":"Invalid Transaction: Transaction has a bad signature"})"));
    EXPECT_TRUE(client.ask("transactionWatch_v1_submitAndWatch", {"0x1122334455"}).is_string());
    EXPECT_EQ(client.results().at(0)["event"], "invalid");
    EXPECT_EQ(client.ask("transactionWatch_v1_submitAndWatch", {"zz"})["code"], code::kInvalidParams);
}

TEST_F(WatchTest, a_broadcast_goes_on_until_it_is_final_or_stopped)
{
    const auto id = client.ask("transaction_v1_broadcast", {"0x080102"});
    ASSERT_TRUE(id.is_string());
    EXPECT_EQ(client.backend.take_pool().size(), 1U);
    client.grow(client.backend.genesis());
    EXPECT_TRUE(client.backend.pending().empty()) << "the pool did not say that it lost it";
    client.pool(event(What::dropped));
    client.grow(client.backend.genesis(), true, 1);
    EXPECT_EQ(client.backend.take_pool().size(), 1U);
    client.pool(event(What::finalized));
    client.grow(client.backend.genesis(), true, 2);
    EXPECT_TRUE(client.backend.pending().empty());
    EXPECT_EQ(client.ask("transaction_v1_stop", {id}), nullptr);
    EXPECT_TRUE(client.ask("transaction_v1_stop", {id}).is_object());
    EXPECT_TRUE(client.events.empty());
    for (int i = 0; i != 16; ++i)
        EXPECT_TRUE(client.ask("transaction_v1_broadcast", {"0x00"}).is_string());
    EXPECT_EQ(client.ask("transaction_v1_broadcast", {"0x080102"}), nullptr) << "one too many";
}

} // namespace
} // namespace rpc
