#include "rpc/method.hpp"
#include "rpc/testing/client.hpp"

#include <gtest/gtest.h>

/// JSON-RPC itself, and the groups system, payment, offchain, grandpa, babe, chainSpec.
namespace rpc {
namespace {

using testing::Client;

std::vector<Json> send(Client& client, const std::string& text)
{
    std::vector<Json> messages;
    for (const auto& message : client.session.receive(text))
        messages.push_back(Json::parse(message));
    return messages;
}

int code_of(const std::vector<Json>& messages) { return messages.at(0)["error"]["code"]; }

/// The examples of the JSON-RPC 2.0 specification, section 7, with a method of ours.
TEST(Protocol, the_examples_of_the_specification_get_its_answers)
{
    Client client;
    EXPECT_EQ(send(client, R"({"jsonrpc": "2.0", "method": "system_name", "params": [], "id": 1})").at(0),
              Json::parse(R"({"jsonrpc": "2.0", "result": "fake-node", "id": 1})"));
    EXPECT_TRUE(send(client, R"({"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]})").empty());
    EXPECT_EQ(
        send(client, R"({"jsonrpc": "2.0", "method": "foobar", "id": "1"})").at(0),
        Json::parse(R"({"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "1"})"));
    EXPECT_EQ(send(client, R"({"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz])").at(0),
              Json::parse(R"({"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null})"));
    EXPECT_EQ(code_of(send(client, R"({"jsonrpc": "2.0", "method": 1, "params": "bar"})")), code::kInvalidRequest);
    EXPECT_EQ(code_of(send(client, "[]")), code::kInvalidRequest);
    EXPECT_EQ(send(client, "[1,2,3]").at(0).size(), 3U);
    EXPECT_EQ(send(client, "[1]").at(0)[0]["error"]["code"], code::kInvalidRequest);
    EXPECT_TRUE(send(client, R"([{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}])").empty());
    EXPECT_EQ(
        send(client, R"([{"jsonrpc":"2.0","method":"system_name","id":1},{"jsonrpc":"2.0","method":"x"},
                              {"jsonrpc":"2.0","method":"system_version","id":"2"}])")
            .at(0),
        Json::parse(R"([{"jsonrpc":"2.0","result":"fake-node","id":1},{"jsonrpc":"2.0","result":"1.2.3","id":"2"}])"));
}

TEST(Protocol, identifiers_come_back_as_they_were)
{
    Client client;
    for (const auto* id : {"null", "0", "-1", "18446744073709551615", "\"\"", "\"a\\u0000b\"", "1.5"})
    {
        const auto answer =
            send(client, std::string{R"({"jsonrpc":"2.0","method":"system_name","id":)"} + id + "}").at(0);
        EXPECT_EQ(answer["id"], Json::parse(id));
        EXPECT_EQ(answer["result"], "fake-node");
    }
    for (const auto* id : {"[]", "{}", "true"})
        EXPECT_EQ(code_of(send(client, std::string{R"({"jsonrpc":"2.0","method":"system_name","id":)"} + id + "}")),
                  code::kInvalidRequest);
    EXPECT_EQ(code_of(send(client, R"({"jsonrpc":"1.0","method":"system_name","id":1})")), code::kInvalidRequest);
    EXPECT_EQ(code_of(send(client, R"({"method":"system_name","id":1})")), code::kInvalidRequest);
}

TEST(Protocol, parameters_go_by_position_or_by_name)
{
    Client client;
    const auto genesis = hex(client.backend.genesis());
    EXPECT_EQ(client.ask("chain_getHeader", {genesis})["number"], "0x0");
    EXPECT_EQ(client.ask("chain_getHeader", Json{{"hash", genesis}})["number"], "0x0");
    EXPECT_EQ(client.ask("chain_getHeader", Json::array({nullptr}))["number"], "0x0");
    EXPECT_EQ(client.ask("chain_getHeader", {"0x12"})["code"], code::kInvalidParams);
    EXPECT_EQ(client.ask("chain_getHeader", {7})["code"], code::kInvalidParams);
    EXPECT_EQ(client.ask("chain_getHeader", Json(7))["code"], code::kInvalidParams);
    EXPECT_EQ(client.ask("chain_getHeader", {genesis, 1, 2})["number"], "0x0") << "more than needed is passed over";
}

TEST(Protocol, batches_are_bounded)
{
    Client client;
    auto batch = Json::array();
    for (size_t i = 0; i != kBatchMax; ++i)
        batch.push_back(Json{{"jsonrpc", "2.0"}, {"id", i}, {"method", "system_chain"}});
    EXPECT_EQ(send(client, batch.dump()).at(0).size(), kBatchMax);
    batch.push_back(1);
    EXPECT_EQ(code_of(send(client, batch.dump())), code::kOversizedBatch);
}

TEST(Protocol, answers_are_bounded)
{
    Client client;
    const auto big = hex(Bytes(kMessageMax / 2 + 1));
    EXPECT_EQ(client.ask("state_call", {"Fake_echo", big})["code"], code::kOversizedResponse);
    const Json one{{"jsonrpc", "2.0"},
                   {"id", 1},
                   {"method", "state_call"},
                   {"params", {"Fake_echo", hex(Bytes(kMessageMax / 5))}}};
    EXPECT_EQ(code_of(send(client, Json::array({one, one, one}).dump())), code::kOversizedBatchResponse);
}

TEST(Protocol, unsafe_methods_are_refused_unless_allowed)
{
    Client safe{{Session::Carrier::web_socket, false}};
    for (const auto* name :
         {"system_peers", "author_rotateKeys", "author_rotateKeysWithOwner", "author_insertKey", "system_dryRun",
          "state_getPairs", "offchain_localStorageSet", "author_removeExtrinsic", "babe_epochAuthorship"})
    {
        const auto error = safe.ask(name);
        EXPECT_EQ(error["code"], code::kMethodNotFound) << name;
        EXPECT_EQ(error["message"], "RPC call is unsafe to be called externally");
    }
}

TEST(Protocol, subscriptions_need_a_socket)
{
    Client client{{Session::Carrier::http, true}};
    for (const auto* name : {"chain_subscribeNewHeads", "chainHead_v1_follow", "author_submitAndWatchExtrinsic"})
        EXPECT_EQ(client.ask(name)["code"], code::kMethodNotFound) << name;
}

TEST(Protocol, rpc_methods_names_every_method_once)
{
    Client client;
    const auto names = client.ask("rpc_methods")["methods"];
    EXPECT_EQ(names.size(), method_names().size());
    for (const auto* name :
         {"rpc_methods", "chain_getBlockHash", "state_getRuntimeVersion", "system_chain", "system_properties",
          "state_call", "state_subscribeRuntimeVersion", "system_health", "chainHead_v1_follow", "archive_v1_storage",
          "transaction_v1_broadcast", "chainSpec_v1_genesisHash"})
        EXPECT_NE(std::ranges::find(names, Json(name)), names.end()) << name;
    for (const auto& name : names)
        EXPECT_FALSE(client.ask(name).is_discarded()) << name;
}

TEST(System, tells_about_the_node)
{
    Client client;
    EXPECT_EQ(client.ask("system_chain"), "Fake Chain");
    EXPECT_EQ(client.ask("system_chainType"), "Development");
    EXPECT_EQ(client.ask("system_properties")["tokenSymbol"], "ZKP");
    EXPECT_EQ(client.ask("system_health"), Json::parse(R"({"peers":3,"isSyncing":false,"shouldHavePeers":true})"));
    EXPECT_EQ(client.ask("system_nodeRoles"), Json::parse(R"(["Authority"])"));
    EXPECT_EQ(client.ask("system_syncState"), Json::parse(R"({"startingBlock":0,"currentBlock":2,"highestBlock":5})"));
    EXPECT_EQ(client.ask("system_peers")[0]["roles"], "AUTHORITY");
    EXPECT_EQ(client.ask("system_localPeerId"), "12D3KooWFake");
    EXPECT_EQ(client.ask("system_addReservedPeer", {"/ip4/1.2.3.4"}), nullptr);
    EXPECT_EQ(client.ask("system_addReservedPeer", {"1.2.3.4"})["code"], code::kSystem);
    EXPECT_EQ(client.ask("chainSpec_v1_chainName"), "Fake Chain");
    EXPECT_EQ(client.ask("chainSpec_v1_genesisHash"), hex(client.backend.genesis()));
    EXPECT_EQ(client.ask("chainSpec_v1_properties")["tokenDecimals"], 18);
}

/// Alice's address, from Substrate's documentation: her key begins with 0xd4.
TEST(System, account_next_index_adds_the_pool_to_the_state)
{
    Client client;
    const auto* const alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    EXPECT_EQ(client.ask("system_accountNextIndex", {alice}), 0xd4);
    EXPECT_EQ(client.ask("account_nextIndex", {alice}), 0xd4);
    client.ask("author_submitExtrinsic", {"0x0801ff"});
    EXPECT_EQ(client.ask("system_accountNextIndex", {alice}), 0xd5);
    EXPECT_EQ(client.ask("system_accountNextIndex", {"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX"})["code"],
              code::kInvalidParams);
    EXPECT_EQ(client.ask("system_accountNextIndex", {"0x" + std::string(64, '0')}), 1);
    EXPECT_EQ(client.ask("system_dryRun", {"0x0801ff"}), "0x0000");
    EXPECT_EQ(client.ask("system_dryRun", {"0x0901"})["code"], code::kUndecodable);
}

TEST(Payment, fees_have_the_forms_of_substrate)
{
    Client client;
    EXPECT_EQ(client.ask("payment_queryInfo", {"0x0801ff"}),
              Json::parse(R"({"weight":{"ref_time":1,"proof_size":2},"class":"operational","partialFee":"12345"})"));
    EXPECT_EQ(
        client.ask("payment_queryFeeDetails", {"0x0801ff"}),
        Json::parse(R"({"inclusionFee":{"baseFee":"0xa","lenFee":"0x0","adjustedWeightFee":"0x10000000000000000"}})"));
    EXPECT_EQ(client.ask("payment_queryInfo", {"0x0901"})["code"], code::kUndecodable);
    EXPECT_EQ(client.ask("payment_queryInfo", {"0x0801ff", hex(Hash{1})})["code"], code::kRuntime);
}

TEST(Consensus, rounds_proofs_and_slots)
{
    Client client;
    const auto rounds = client.ask("grandpa_roundState");
    EXPECT_EQ(rounds["setId"], 1);
    EXPECT_EQ(rounds["best"]["prevotes"]["currentWeight"], 2);
    EXPECT_EQ(rounds["best"]["prevotes"]["missing"].size(), 1U);
    EXPECT_EQ(client.ask("grandpa_proveFinality", {1}), "0xaa");
    EXPECT_EQ(client.ask("grandpa_proveFinality", {0}), nullptr);
    EXPECT_EQ(client.ask("grandpa_proveFinality", {2})["code"], code::kInternal);
    EXPECT_EQ(client.ask("grandpa_proveFinality", {-1})["code"], code::kInvalidParams);
    const auto slots = client.ask("babe_epochAuthorship");
    EXPECT_EQ(slots.begin().value(), Json::parse(R"({"primary":[1,2],"secondary":[],"secondary_vrf":[3]})"));
}

TEST(Offchain, the_persistent_store_is_read_written_and_cleared)
{
    Client client;
    EXPECT_EQ(client.ask("offchain_localStorageGet", {"PERSISTENT", "0x01"}), nullptr);
    EXPECT_EQ(client.ask("offchain_localStorageSet", {"PERSISTENT", "0x01", "0x02"}), nullptr);
    EXPECT_EQ(client.ask("offchain_localStorageGet", {"PERSISTENT", "0x01"}), "0x02");
    EXPECT_EQ(client.ask("offchain_localStorageClear", {"PERSISTENT", "0x01"}), nullptr);
    EXPECT_EQ(client.ask("offchain_localStorageGet", {"PERSISTENT", "0x01"}), nullptr);
    EXPECT_EQ(client.ask("offchain_localStorageGet", {"LOCAL", "0x01"})["code"], code::kOffchainKind);
    EXPECT_EQ(client.ask("offchain_localStorageGet", {"OTHER", "0x01"})["code"], code::kInvalidParams);
}

} // namespace
} // namespace rpc
