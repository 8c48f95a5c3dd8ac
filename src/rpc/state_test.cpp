#include "hash/blake2b.hpp"
#include "rpc/testing/client.hpp"

#include <gtest/gtest.h>

/// The groups chain, state and childstate.
namespace rpc {
namespace {

using testing::Client;

struct StateTest : ::testing::Test
{
    StateTest()
    {
        const auto one =
            client.backend.make(client.backend.genesis(), {Bytes{1, 2}, Bytes{3}},
                                {{Bytes{0xaa}, Bytes{1}}, {Bytes{0xaa, 1}, Bytes{2, 3}}, {Bytes{0xab}, Bytes{4}}});
        first = one.hash;
        client.backend.set_child(first, Bytes{'c'}, {{Bytes{1}, Bytes{2}}, {Bytes{1, 1}, Bytes{3}}});
        client.apply(one.event);
        client.apply(client.backend.set_best(first));
        const auto two = client.backend.make(first, {}, {{Bytes{0xaa}, std::nullopt}, {Bytes{0xab}, Bytes{5}}});
        second = two.hash;
        client.apply(two.event);
        client.apply(client.backend.set_best(second));
        client.apply(client.backend.finalize(first));
    }
    Client client;
    Hash first{}, second{};
};

TEST_F(StateTest, headers_and_blocks_look_as_in_substrate)
{
    const auto header = client.ask("chain_getHeader", {hex(first)});
    EXPECT_EQ(header["number"], "0x1");
    EXPECT_EQ(header["parentHash"], hex(client.backend.genesis()));
    EXPECT_EQ(header["digest"]["logs"], Json::parse(R"(["0x000400"])"));
    const auto block = client.ask("chain_getBlock", {hex(first)});
    EXPECT_EQ(block["block"]["header"], header);
    EXPECT_EQ(block["block"]["extrinsics"], Json::parse(R"(["0x080102","0x0403"])"));
    EXPECT_EQ(block["justifications"], Json::parse("[[[70,82,78,75],[1,2]]]"));
    EXPECT_EQ(client.ask("chain_getBlock", {hex(client.backend.genesis())})["justifications"], nullptr);
    EXPECT_EQ(client.ask("chain_getHeader")["number"], "0x2");
    EXPECT_EQ(client.ask("chain_getHeader", {hex(Hash{1})}), nullptr);
    EXPECT_EQ(client.ask("chain_getBlock", {hex(Hash{1})}), nullptr);
    EXPECT_EQ(client.ask("chain_getFinalizedHead"), hex(first));
}

TEST_F(StateTest, hashes_are_found_by_number)
{
    EXPECT_EQ(client.ask("chain_getBlockHash"), hex(second));
    EXPECT_EQ(client.ask("chain_getBlockHash", {1}), hex(first));
    EXPECT_EQ(client.ask("chain_getBlockHash", {"0x1"}), hex(first));
    EXPECT_EQ(client.ask("chain_getBlockHash", {3}), nullptr);
    EXPECT_EQ(client.ask("chain_getBlockHash", Json::array({Json::array({0, 3})})),
              Json::array({hex(client.backend.genesis()), nullptr}));
    EXPECT_EQ(client.ask("chain_getBlockHash", {uint64_t{1} << 32})["code"], code::kChain);
    for (const auto* wrong : {"-1", "1.5", "\"1\"", "\"0x\"", "\"0x11111111111111111\"", "{}", "[[1]]", "true"})
        EXPECT_EQ(client.ask("chain_getBlockHash", Json::array({Json::parse(wrong)}))["code"], code::kInvalidParams)
            << wrong;
}

TEST_F(StateTest, values_their_hashes_and_sizes)
{
    EXPECT_EQ(client.ask("state_getStorage", {"0xab"}), "0x05");
    EXPECT_EQ(client.ask("state_getStorage", {"0xab", hex(first)}), "0x04");
    EXPECT_EQ(client.ask("state_getStorage", {"0xaa"}), nullptr);
    EXPECT_EQ(client.ask("state_getStorageHash", {"0xab"}), hex(hash::blake2_256(ByteView{Bytes{5}})));
    EXPECT_EQ(client.ask("state_getStorageHash", {"0xaa"}), nullptr);
    EXPECT_EQ(client.ask("state_getStorageSize", {"0xab"}), 1);
    EXPECT_EQ(client.ask("state_getStorageSize", {"0xaa"}), 2) << "what lies below, as nothing is at the key";
    EXPECT_EQ(client.ask("state_getStorageSize", {"0xff"}), nullptr);
    const auto error = client.ask("state_getStorage", {"0xab", hex(Hash{1})});
    EXPECT_EQ(error["code"], code::kStateClient);
    EXPECT_EQ(error["message"], "Client error: UnknownBlock: Header was not found");
    client.backend.prune(first);
    EXPECT_EQ(client.ask("state_getStorage", {"0xab", hex(first)})["message"], "Client error: State already discarded");
}

TEST_F(StateTest, keys_come_in_pages)
{
    EXPECT_EQ(client.ask("state_getKeysPaged", {"0xaa", 10, nullptr, hex(first)}), Json::parse(R"(["0xaa","0xaa01"])"));
    EXPECT_EQ(client.ask("state_getKeysPaged", {"0x", 1, "0xaa", hex(first)}), Json::parse(R"(["0xaa01"])"));
    EXPECT_EQ(client.ask("state_getKeysPaged", {nullptr, 0}), Json::array());
    EXPECT_EQ(client.ask("state_getKeysPaged", {"0x", 1001})["code"], code::kStateCount);
    EXPECT_EQ(client.ask("state_getKeysPaged", {"0x", 1001})["message"],
              "count exceeds maximum value. value: 1001, max: 1000");
    EXPECT_EQ(client.ask("state_getKeys", {"0x"}), Json::parse(R"(["0xaa01","0xab"])"));
    EXPECT_EQ(client.ask("state_getPairs", {"0x"}), Json::parse(R"([["0xaa01","0x0203"],["0xab","0x05"]])"));
    EXPECT_EQ(client.ask("state_getReadProof", {Json::array({"0xab"}), hex(first)}),
              (Json{{"at", hex(first)}, {"proof", {"0xab"}}}));
}

TEST_F(StateTest, queries_tell_changes_between_blocks)
{
    const auto keys = Json::array({"0xaa", "0xab"});
    EXPECT_EQ(
        client.ask("state_queryStorageAt", {keys, hex(first)}),
        Json::array({Json{{"block", hex(first)}, {"changes", Json::parse(R"([["0xaa","0x01"],["0xab","0x04"]])")}}}));
    const auto sets = client.ask("state_queryStorage", {keys, hex(client.backend.genesis())});
    ASSERT_EQ(sets.size(), 3U);
    EXPECT_EQ(sets[0]["changes"], Json::parse(R"([["0xaa",null],["0xab",null]])"));
    EXPECT_EQ(sets[2]["changes"], Json::parse(R"([["0xaa",null],["0xab","0x05"]])"));
    EXPECT_EQ(client.ask("state_queryStorage", {keys, hex(second), hex(first)})["code"], code::kStateRange);
}

TEST_F(StateTest, calls_and_versions)
{
    EXPECT_EQ(client.ask("state_call", {"Fake_echo", "0x1234"}), "0x1234");
    EXPECT_EQ(client.ask("state_call", {"Fake_trap", "0x"})["code"], code::kStateClient);
    EXPECT_EQ(client.ask("state_getMetadata"), "0x6d657461");
    const auto version = client.ask("state_getRuntimeVersion");
    EXPECT_EQ(version["specName"], "fake");
    EXPECT_EQ(version["specVersion"], 7);
    EXPECT_EQ(version["apis"], Json::parse(R"([["0xdf6acb689907609b",5],["0x37e397fc7c91f5e4",2]])"));
}

TEST_F(StateTest, child_tries_are_named_with_their_prefix)
{
    const auto child = hex(base::view(":child_storage:default:c")), at = hex(first);
    EXPECT_EQ(client.ask("childstate_getStorage", {child, "0x01", at}), "0x02");
    EXPECT_EQ(client.ask("childstate_getStorageSize", {child, "0x01", at}), 1);
    EXPECT_EQ(client.ask("childstate_getStorageHash", {child, "0x02", at}), nullptr);
    EXPECT_EQ(client.ask("childstate_getStorageEntries", {child, {"0x01", "0x02"}, at}),
              Json::parse(R"(["0x02",null])"));
    EXPECT_EQ(client.ask("childstate_getKeys", {child, "0x", at}), Json::parse(R"(["0x01","0x0101"])"));
    EXPECT_EQ(client.ask("childstate_getKeysPaged", {child, "0x01", 1, "0x01", at}), Json::parse(R"(["0x0101"])"));
    EXPECT_EQ(client.ask("state_getChildReadProof", {child, Json::array({"0x01"}), at})["at"], at);
    EXPECT_EQ(client.ask("childstate_getKeys", {hex(base::view(":child_storage:default:d")), "0x", at}), Json::array());
    EXPECT_EQ(client.ask("childstate_getStorage", {"0x63", "0x01", at})["code"], code::kInvalidParams);
}

} // namespace
} // namespace rpc
