#include "base/bytes.hpp"
#include "base/hex.hpp"
#include "base/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>

TEST(Reader, returns_what_writer_wrote_and_then_nothing)
{
    base::Writer writer;
    writer.put(uint8_t{7});
    writer.put(uint32_t{0xdeadbeef});
    writer.put(uint64_t{1} << 63);
    base::Reader reader(writer.bytes());
    EXPECT_EQ(reader.get<uint8_t>(), 7);
    EXPECT_EQ(reader.get<uint32_t>(), 0xdeadbeef);
    EXPECT_EQ(reader.get<uint64_t>(), uint64_t{1} << 63);
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(reader.get<uint8_t>(), std::nullopt);
    EXPECT_FALSE(reader.at_end());
}

TEST(Reader, stays_failed_after_the_first_short_read)
{
    const base::Bytes bytes{1, 2, 3};
    base::Reader reader(bytes);
    EXPECT_EQ(reader.get<uint32_t>(), std::nullopt);
    EXPECT_EQ(reader.get<uint8_t>(), std::nullopt);
    EXPECT_TRUE(reader.failed());
}

TEST(Hex, is_read_as_it_is_written_and_nothing_else_is)
{
    const base::Bytes bytes{0x00, 0x9A, 0xBC, 0xFF};
    EXPECT_EQ(base::hex(bytes), "009abcff");
    EXPECT_EQ(base::hex({}), "");
    EXPECT_EQ(base::unhex("009abcff"), bytes);
    EXPECT_EQ(base::unhex("009ABCFF"), bytes);
    EXPECT_EQ(base::unhex(""), base::Bytes{});
    for (const auto* wrong : {"0", "0g", "g0", "0x00", "0 ", "/0", ":0", "@0", "`0", "\xE1\xE1"})
        EXPECT_FALSE(base::unhex(wrong)) << wrong;
}

TEST(Parallel, covers_every_index_once)
{
    for (const size_t count : {0, 1, 7, 1000, 4099})
    {
        std::vector<std::atomic<int>> seen(count);
        base::parallel(count, 3, [&](size_t begin, size_t end) {
            for (size_t i = begin; i != end; ++i)
                ++seen[i];
        });
        for (const auto& times : seen)
            ASSERT_EQ(times, 1);
    }
}
