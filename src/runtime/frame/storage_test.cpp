#include "runtime/frame/storage.hpp"

#include "runtime/native/externalities.hpp"
#include "runtime/testing/memory.hpp"

#include <gtest/gtest.h>

namespace runtime {
namespace {

using Value = StorageValue<"Test", "Value", uint32_t>;
using Maybe = OptionalValue<"Test", "Maybe", uint32_t>;
using Map = StorageMap<"Test", "Map", Blake2_128Concat, uint32_t, uint64_t>;
using Pairs = OptionalDoubleMap<"Test", "Pairs", Twox64Concat, uint8_t, Identity, uint8_t, Bytes>;

class Storage : public ::testing::Test
{
protected:
    testing::Memory memory;
    native::Enter enter{memory};
};

std::string hex(ByteView bytes)
{
    std::string text;
    for (const auto byte : bytes)
        for (const int digit : {byte >> 4, byte & 15})
            text.push_back("0123456789abcdef"[digit]);
    return text;
}

/// Published keys of every Substrate chain: System.Account and Timestamp.Now (Substrate's documentation, "Storage").
TEST_F(Storage, prefixes_are_substrates)
{
    EXPECT_EQ(hex(storage_prefix("System", "Account")),
              "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9");
    EXPECT_EQ(hex(storage_prefix("Timestamp", "Now")),
              "f0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb");
}

TEST_F(Storage, a_value_is_its_default_until_put_and_after_kill)
{
    EXPECT_EQ(Value::get(), 0u);
    Value::put(7);
    EXPECT_EQ(Value::mutate([](uint32_t& v) { return v++; }), 7u);
    EXPECT_EQ(Value::take(), 8u);
    EXPECT_TRUE(memory.top.empty());
    EXPECT_FALSE(Maybe::get());
    Maybe::put(0);
    EXPECT_EQ(Maybe::take(), 0u);
    EXPECT_FALSE(Maybe::exists());
}

TEST_F(Storage, maps_keep_entries_apart)
{
    Map::insert(1, 10);
    Map::mutate(2, [](uint64_t& v) { v += 5; });
    EXPECT_EQ(Map::get(1), 10u);
    EXPECT_EQ(Map::get(2), 5u);
    EXPECT_EQ(Map::get(3), 0u);
    EXPECT_EQ(Map::key(1).size(), 32u + 16 + 4);
    Pairs::insert(1, 2, {9});
    EXPECT_EQ(Pairs::get(1, 2), Bytes{9});
    EXPECT_FALSE(Pairs::get(2, 1));
    EXPECT_EQ(Map::clear(1).count, 1u);
    EXPECT_TRUE(Map::clear(std::nullopt).all);
    EXPECT_EQ(memory.top.size(), 1u);
}

TEST_F(Storage, a_layer_that_fails_leaves_nothing)
{
    const auto run = [](bool good) {
        return with_storage_layer([&]() -> std::expected<void, int> {
            Value::put(3);
            if (!good)
                return std::unexpected(1);
            return {};
        });
    };
    EXPECT_FALSE(run(false));
    EXPECT_EQ(Value::get(), 0u);
    EXPECT_TRUE(run(true));
    EXPECT_EQ(Value::get(), 3u);
}

TEST_F(Storage, a_value_that_does_not_decode_is_a_missing_migration)
{
    memory.set(Value::key, Bytes{1});
    EXPECT_THROW((void)Value::get(), native::Panic);
}

} // namespace
} // namespace runtime
