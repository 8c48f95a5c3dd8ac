#include "database/diff.hpp"

#include "database/testing/chain.hpp"

#include <gtest/gtest.h>

namespace database {
namespace {

TEST(DatabaseDiff, a_diff_reads_as_it_is_written_and_no_shorter_or_longer_one_does)
{
    std::mt19937_64 random(2);
    auto diff = testing::genesis_block().diff;
    diff.removed = {testing::block_hash(1), testing::block_hash(2)};
    diff.flat[flat_child_key(Bytes{1}, Bytes{2})] = std::nullopt;
    const auto bytes = encode(diff);
    const auto again = decode_diff(bytes);
    ASSERT_TRUE(again);
    EXPECT_EQ(encode(*again), bytes);
    EXPECT_EQ(again->flat, diff.flat);
    EXPECT_EQ(again->removed, diff.removed);
    for (size_t size = 0; size != bytes.size(); ++size)
        EXPECT_FALSE(decode_diff(ByteView(bytes).first(size))) << size;
    auto longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(decode_diff(longer));
    for (int run = 0; run != 3000; ++run)
    {
        auto changed = bytes;
        for (int i = 0; i != 3; ++i)
            changed[random() % changed.size()] = uint8_t(random());
        if (const auto read = decode_diff(changed))
            EXPECT_LE(encode(*read).size(), changed.size());
    }
}

TEST(DatabaseDiff, flat_keys_of_different_tries_never_meet)
{
    std::map<Bytes, int> seen;
    const std::array<Bytes, 4> parts{Bytes{}, Bytes{0}, Bytes{1}, Bytes{1, 0}};
    for (const auto& key : parts)
    {
        EXPECT_EQ(seen[flat_key(key)]++, 0);
        for (const auto& name : parts)
            EXPECT_EQ(seen[flat_child_key(name, key)]++, 0);
    }
}

} // namespace
} // namespace database
