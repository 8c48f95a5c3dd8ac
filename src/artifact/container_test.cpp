#include "artifact/container.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

using artifact::Fault;
using artifact::kAlignment;
using base::Bytes;
using base::ByteView;

Bytes joined(const artifact::Packed& packed)
{
    Bytes file;
    for (const auto part : packed.parts())
        file.insert(file.end(), part.begin(), part.end());
    return file;
}

/// Two small and two large sections, one of each empty.
Bytes example()
{
    const Bytes large(5000, 7);
    const std::array<ByteView, 2> small_sections{base::view("public"), base::view("")};
    const std::array<ByteView, 2> large_sections{large, base::view("")};
    return joined(artifact::Packed("TEST", small_sections, large_sections));
}

TEST(Container, sections_come_back_and_large_ones_start_at_pages)
{
    const auto file = example();
    const auto sections = artifact::unpack(file, "TEST", 2, 2);
    ASSERT_TRUE(sections) << sections.error().words;
    EXPECT_TRUE(std::ranges::equal(sections->small[0], base::view("public")));
    EXPECT_TRUE(sections->small[1].empty());
    EXPECT_EQ(sections->large[0].size(), 5000u);
    for (const auto large : sections->large)
        EXPECT_EQ(size_t(large.data() - file.data()) % kAlignment, 0u);
    EXPECT_TRUE(sections->large[1].empty());
}

TEST(Container, every_shorter_and_every_longer_file_is_refused)
{
    auto file = example();
    for (size_t size = 0; size != file.size(); ++size)
        EXPECT_FALSE(artifact::unpack(ByteView(file).first(size), "TEST", 2, 2)) << size;
    file.push_back(0);
    EXPECT_FALSE(artifact::unpack(file, "TEST", 2, 2));
}

TEST(Container, every_changed_byte_of_header_and_small_sections_is_refused)
{
    const auto file = example();
    const size_t checked = 40 + 4 * 8 + 6;
    for (size_t i = 0; i != checked; ++i)
        for (const uint8_t change : {1, 0x80})
        {
            auto changed = file;
            changed[i] ^= change;
            const auto sections = artifact::unpack(changed, "TEST", 2, 2);
            ASSERT_FALSE(sections) << i;
            EXPECT_EQ(sections.error().fault, Fault::damaged);
        }
}

TEST(Container, lengths_that_overflow_are_refused)
{
    auto file = example();
    for (size_t section = 0; section != 4; ++section)
        for (size_t byte = 0; byte != 8; ++byte)
        {
            auto changed = file;
            changed[40 + 8 * section + byte] = 0xff;
            EXPECT_FALSE(artifact::unpack(changed, "TEST", 2, 2)) << section << " " << byte;
        }
}

TEST(Container, another_kind_or_number_of_sections_is_refused)
{
    const auto file = example();
    EXPECT_FALSE(artifact::unpack(file, "ELSE", 2, 2));
    EXPECT_FALSE(artifact::unpack(file, "TEST", 2, 3));
    EXPECT_FALSE(artifact::unpack(file, "TEST", 1, 2));
}

} // namespace
