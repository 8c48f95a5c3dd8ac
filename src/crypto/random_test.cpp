#include "crypto/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

namespace {

using base::Bytes;
using base::Digest;
using crypto::SeedStream;

// Fields of their own, since crypto knows none: just enough to be read from words.
template <uint32_t P>
struct Toy
{
    static constexpr uint32_t kModulus = P;
    uint32_t value = 0;
    friend bool operator==(const Toy&, const Toy&) = default;
};
struct ToyExtension
{
    using Base = Toy<13>;
    static constexpr uint32_t kDegree = 3;
    std::array<Base, 3> coefficients;
};
using Koala = Toy<0x7f000001>;

Digest counting()
{
    Digest bytes;
    for (size_t i = 0; i != bytes.size(); ++i)
        bytes[i] = uint8_t(i);
    return bytes;
}

std::vector<uint32_t> words_of(SeedStream& stream, size_t count)
{
    std::vector<uint32_t> words(count);
    for (auto& word : words)
        word = stream.word();
    return words;
}

/// Made with Debian's b3sum 1.2.0: keyed hash of "pad" ‖ u64le index.
TEST(SeedStream, is_the_keyed_output_over_label_and_index)
{
    SeedStream first(counting(), "pad", 0);
    EXPECT_EQ(words_of(first, 4), (std::vector<uint32_t>{0xc7157afb, 0xa5790147, 0x2cad7cf4, 0x640c7f42}));
    SeedStream eighth(counting(), "pad", 7);
    EXPECT_EQ(words_of(eighth, 4), (std::vector<uint32_t>{0x460c4aca, 0x4af2e6ed, 0xd1c55248, 0x904ad9f1}));
}

TEST(SeedStream, words_are_the_whole_output_in_order)
{
    base::Writer index;
    index.put(uint64_t{5});
    Bytes expected(4 * 1000);
    crypto::Blake3::keyed(counting()).update(base::view("tail")).update(index.bytes()).xof(0, expected);
    base::Reader reader(expected);

    SeedStream stream(counting(), "tail", 5);
    for (const uint32_t word : words_of(stream, 1000))
        ASSERT_EQ(word, reader.get<uint32_t>());
}

TEST(SeedStream, seed_label_and_index_each_give_another_stream)
{
    std::set<uint32_t> first_words;
    for (const Digest& seed : {counting(), Digest{}})
        for (const auto* label : {"", "pad", "padd", "tail"})
            for (uint64_t index : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40})
                first_words.insert(SeedStream(seed, label, index).word());
    EXPECT_EQ(first_words.size(), 2u * 4 * 3);
}

TEST(CanonicalMask, covers_the_modulus_tightly)
{
    EXPECT_EQ(crypto::kCanonicalMask<Toy<2>>, 1u);
    EXPECT_EQ(crypto::kCanonicalMask<Toy<13>>, 15u);
    EXPECT_EQ(crypto::kCanonicalMask<Toy<17>>, 31u);
    EXPECT_EQ(crypto::kCanonicalMask<Koala>, 0x7fffffffu);
}

template <uint32_t P>
void expect_masked_and_rejected(uint32_t mask)
{
    std::vector<Toy<P>> elements(2000);
    SeedStream stream(counting(), "rejection");
    crypto::expand_field<Toy<P>>(stream, elements);

    SeedStream words(counting(), "rejection");
    for (const auto& element : elements)
    {
        uint32_t word = words.word() & mask;
        while (word >= P)
            word = words.word() & mask;
        ASSERT_EQ(element.value, word);
    }
}

TEST(ExpandField, masks_each_word_and_skips_those_above_the_modulus)
{
    expect_masked_and_rejected<2>(1);
    expect_masked_and_rejected<13>(15);
    expect_masked_and_rejected<17>(31);
    expect_masked_and_rejected<0x7f000001>(0x7fffffff);
}

/// 13,000 draws: each residue 1,000 times on average, standard deviation 30; the seed is fixed.
TEST(ExpandField, residues_of_a_toy_field_are_equally_frequent)
{
    std::vector<Toy<13>> elements(13'000);
    SeedStream stream(counting(), "frequency");
    crypto::expand_field<Toy<13>>(stream, elements);
    std::array<int, 13> count{};
    for (const auto& element : elements)
        ++count[element.value];
    for (const int times : count)
        EXPECT_NEAR(times, 1000, 5 * 30);
}

TEST(ExpandField, an_extension_element_takes_its_coefficients_in_order)
{
    SeedStream extension(counting(), "x"), base(counting(), "x");
    for (int i = 0; i != 100; ++i)
        for (const auto& coefficient : extension.element<ToyExtension>().coefficients)
            ASSERT_EQ(coefficient, base.element<Toy<13>>());
}

/// Writes down who asked, and answers with one byte value for each request.
struct Scripted final : crypto::Entropy
{
    std::vector<std::string> asked;
    void fill(std::span<uint8_t> out, std::string_view label) override
    {
        asked.emplace_back(label);
        std::ranges::fill(out, uint8_t(asked.size()));
    }
};

TEST(FreshField, draws_one_seed_under_its_label)
{
    Scripted entropy;
    std::vector<Koala> pad(100), tail(100);
    crypto::fresh_field<Koala>(entropy, "pad", pad);
    crypto::fresh_field<Koala>(entropy, "tail", tail);
    EXPECT_EQ(entropy.asked, (std::vector<std::string>{"pad", "tail"}));

    Digest ones;
    ones.fill(1);
    SeedStream stream(ones, "pad");
    for (const auto& element : pad)
        EXPECT_EQ(element, stream.element<Koala>());
    EXPECT_NE(pad, tail);
}

TEST(Wipe, leaves_nothing)
{
    Bytes secret(100, 0xff);
    crypto::wipe(std::span(secret).subspan(1));
    EXPECT_EQ(secret[0], 0xff);
    EXPECT_TRUE(std::ranges::all_of(std::span(secret).subspan(1), [](uint8_t byte) { return byte == 0; }));
}

} // namespace
