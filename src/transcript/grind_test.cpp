#include "transcript/grind.hpp"

#include "crypto/blake3.hpp"

#include <gtest/gtest.h>

namespace {

using base::Digest;

Digest seed_of(uint64_t number)
{
    base::Writer bytes;
    bytes.put(number);
    return crypto::blake3(bytes.bytes());
}

/// The definition, word for word.
bool defined_valid(const Digest& seed, uint32_t bits, uint64_t nonce)
{
    base::Writer message;
    message.put(nonce);
    for (int i = 0; i != 56; ++i)
        message.put(uint8_t{0});
    const auto digest = crypto::Blake3::keyed(seed).update(message.bytes()).digest();
    base::Reader reader(digest);
    return *reader.get<uint64_t>() % (uint64_t{1} << bits) == 0;
}

TEST(Grind, checking_follows_the_definition)
{
    for (uint32_t bits = 0; bits <= 4; ++bits)
        for (uint64_t nonce = 0; nonce != 200; ++nonce)
            EXPECT_EQ(transcript::check_nonce(seed_of(1), bits, nonce), defined_valid(seed_of(1), bits, nonce));
}

TEST(Grind, the_search_finds_the_smallest_nonce)
{
    for (uint64_t number = 0; number != 20; ++number)
        for (uint32_t bits = 0; bits <= 9; ++bits)
        {
            const auto seed = seed_of(number);
            uint64_t least = 0;
            while (!defined_valid(seed, bits, least))
                ++least;
            EXPECT_EQ(transcript::find_nonce(seed, bits), least) << number << " " << bits;
        }
}

/// 16 bits need 65,536 tries on average: four windows of the search.
TEST(Grind, the_search_goes_on_until_it_finds_one)
{
    for (uint64_t number = 0; number != 4; ++number)
    {
        const auto nonce = transcript::find_nonce(seed_of(number), 16);
        EXPECT_TRUE(defined_valid(seed_of(number), 16, nonce));
        EXPECT_EQ(transcript::find_nonce(seed_of(number), 16), nonce);
    }
}

TEST(Grind, a_nonce_works_for_its_own_seed_only)
{
    int passed = 0;
    const auto nonce = transcript::find_nonce(seed_of(0), 12);
    for (uint64_t number = 1; number != 100; ++number)
        passed += transcript::check_nonce(seed_of(number), 12, nonce);
    EXPECT_LE(passed, 2);
}

TEST(GrindDeathTest, more_bits_than_anybody_grinds_stop)
{
    EXPECT_DEATH(transcript::check_nonce(seed_of(0), transcript::kGrindBitsMax + 1, 0), "");
}

} // namespace
