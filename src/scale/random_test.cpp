#include "scale/scale.hpp"

#include "scale/testing/types.hpp"

#include <gtest/gtest.h>

#include <random>

namespace scale {
namespace {

using namespace testing;

struct Everything
{
    std::vector<std::pair<uint64_t, std::string>> pairs;
    std::map<int16_t, std::optional<u128>> map;
    std::set<Bytes> set;
    Compact<u128> compact;
    OptionBool option;
    std::expected<std::tuple<i128, Colour>, std::array<uint16_t, 2>> result;
    Tree tree;
    BitVec bits;
    friend bool operator==(const Everything&, const Everything&) = default;
};

Tree random_tree(std::mt19937_64& random, int depth)
{
    if (depth == 0 || random() % 4 == 0)
        return Leaf{uint8_t(random())};
    if (random() % 2 == 0)
        return Twig{random_tree(random, depth - 1)};
    Branch branch;
    for (auto n = random() % 4; n != 0; --n)
        branch.children.push_back(random_tree(random, depth - 1));
    return branch;
}

Everything random_everything(std::mt19937_64& random)
{
    const auto wide = [&] { return (u128{random()} << 64 | random()) >> random() % 128; };
    Everything value;
    for (auto n = random() % 5; n != 0; --n)
    {
        value.pairs.emplace_back(random(), std::string(random() % 70, char('a' + random() % 26)));
        value.map[int16_t(random())] = random() % 2 ? std::optional<u128>{} : wide();
        value.set.insert(Bytes(random() % 70, uint8_t(random())));
        value.bits.push_back(random() % 2);
    }
    value.compact = wide();
    if (random() % 3 != 0)
        value.option.value = random() % 2 == 0;
    if (random() % 2 == 0)
        value.result = std::tuple{i128(wide()), Colour::blue};
    else
        value.result = std::unexpected(std::array<uint16_t, 2>{1, uint16_t(random())});
    value.tree = random_tree(random, 6);
    return value;
}

TEST(Random, values_survive_a_round_trip_and_no_part_of_their_bytes_decodes)
{
    std::mt19937_64 random{11};
    for (int round = 0; round != 300; ++round)
    {
        const auto value = random_everything(random);
        const auto whole = encode(value);
        const auto again = decode<Everything>(whole);
        ASSERT_TRUE(again) << words(again.error().what);
        ASSERT_EQ(*again, value);
        for (size_t size = 0; size != whole.size(); ++size)
            ASSERT_FALSE(decode<Everything>(ByteView{whole}.first(size)));
    }
}

TEST(Random, changed_bytes_are_refused_or_the_only_encoding_of_another_value)
{
    std::mt19937_64 random{12};
    for (int round = 0; round != 3000; ++round)
    {
        auto changed = encode(random_everything(random));
        for (auto n = 1 + random() % 3; n != 0; --n)
            changed[random() % changed.size()] ^= uint8_t(1 << random() % 8);
        if (const auto other = decode<Everything>(changed))
            ASSERT_EQ(encode(*other), changed);
        else
            ASSERT_LE(other.error().at, changed.size());
    }
}

} // namespace
} // namespace scale
