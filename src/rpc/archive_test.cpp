#include "rpc/testing/client.hpp"

#include <gtest/gtest.h>

namespace rpc {
namespace {

using testing::Client;

struct ArchiveTest : ::testing::Test
{
    ArchiveTest()
    {
        const auto made =
            client.backend.make(client.backend.genesis(), {Bytes{1}},
                                {{Bytes{0xaa, 1}, Bytes{1}}, {Bytes{0xaa, 2}, Bytes{2}}, {Bytes{0xbb}, Bytes{3}}});
        block = made.hash;
        header = made.event.header;
        client.backend.set_child(block, Bytes{'c'}, {{Bytes{1}, Bytes{9}}});
        client.apply(made.event);
        client.apply(client.backend.set_best(block));
        client.apply(client.backend.finalize(block));
    }
    Client client;
    Hash block{};
    Header header;
};

TEST_F(ArchiveTest, blocks_are_found_by_hash_and_height)
{
    EXPECT_EQ(client.ask("archive_v1_genesisHash"), hex(client.backend.genesis()));
    EXPECT_EQ(client.ask("archive_v1_finalizedHeight"), 1);
    EXPECT_EQ(client.ask("archive_v1_header", {hex(block)}), hex(scale::encode(header)));
    EXPECT_EQ(client.ask("archive_v1_body", {hex(block)}), Json::array({"0x0401"}));
    EXPECT_EQ(client.ask("archive_v1_header", {hex(Hash{1})}), nullptr);
    EXPECT_EQ(client.ask("archive_v1_body", {hex(Hash{1})}), nullptr);
    EXPECT_EQ(client.ask("archive_v1_hashByHeight", {1}), Json::array({hex(block)}));
    const auto a = client.grow(block), b = client.grow(block, false, 1);
    EXPECT_EQ(client.ask("archive_v1_hashByHeight", {2}), Json::array({hex(a), hex(b)}));
    EXPECT_EQ(client.ask("archive_v1_hashByHeight", {3}), Json::array());
    EXPECT_EQ(client.ask("archive_v1_hashByHeight", {UINT64_MAX}), Json::array());
    EXPECT_EQ(client.ask("archive_v1_hashByHeight", {-1})["code"], code::kInvalidParams);
}

TEST_F(ArchiveTest, calls_tell_success_failure_and_absence)
{
    EXPECT_EQ(client.ask("archive_v1_call", {hex(block), "Fake_echo", "0x12"}),
              Json::parse(R"({"success":true,"value":"0x12"})"));
    EXPECT_EQ(client.ask("archive_v1_call", {hex(block), "Fake_trap", "0x"})["success"], false);
    EXPECT_EQ(client.ask("archive_v1_call", {hex(Hash{1}), "Fake_echo", "0x"}), nullptr);
}

TEST_F(ArchiveTest, storage_comes_item_by_item)
{
    const auto queries = Json::parse(R"([{"key":"0xaa","type":"descendantsValues","paginationStartKey":"0xaa01"},
                                         {"key":"0xbb","type":"value"}])");
    const auto id = client.ask("archive_v1_storage", {hex(block), queries, nullptr});
    ASSERT_TRUE(id.is_string());
    EXPECT_TRUE(client.events.empty());
    client.run();
    EXPECT_EQ(client.events.at(0)["method"], "archive_v1_storageEvent");
    EXPECT_EQ(client.results(), (std::vector{Json::parse(R"({"event":"storage","key":"0xaa02","value":"0x02"})"),
                                             Json::parse(R"({"event":"storage","key":"0xbb","value":"0x03"})"),
                                             Json::parse(R"({"event":"storageDone"})")}));
    client.ask("archive_v1_storage", {hex(block), Json::parse(R"([{"key":"0x01","type":"value"}])"), "0x63"});
    client.run();
    EXPECT_EQ(client.results().at(0),
              Json::parse(R"({"event":"storage","key":"0x01","value":"0x09","childTrieKey":"0x63"})"));
    client.ask("archive_v1_storage", {hex(Hash{1}), queries, nullptr});
    client.run();
    EXPECT_EQ(client.results().at(0)["event"], "storageError");
}

TEST_F(ArchiveTest, storage_can_be_stopped_and_is_bounded)
{
    const auto queries = Json::parse(R"([{"key":"0xbb","type":"value"}])");
    const auto id = client.ask("archive_v1_storage", {hex(block), queries, nullptr});
    EXPECT_EQ(client.ask("archive_v1_stopStorage", {id}), nullptr);
    client.run();
    EXPECT_TRUE(client.events.empty());
    for (int i = 0; i != 16; ++i)
        EXPECT_TRUE(client.ask("archive_v1_storage", {hex(block), queries, nullptr}).is_string());
    EXPECT_EQ(client.ask("archive_v1_storage", {hex(block), queries, nullptr})["code"], code::kTooManySubscriptions);
    EXPECT_EQ(client.ask("archive_v1_storage",
                         {hex(block), Json::parse(R"([{"key":"0xbb","type":"value","paginationStartKey":"0x"}])"),
                          nullptr})["code"],
              code::kInvalidParams);
}

} // namespace
} // namespace rpc
