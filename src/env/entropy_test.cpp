#include "env/entropy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace {

TEST(OsEntropy, seeds_never_repeat)
{
    env::OsEntropy entropy;
    std::set<base::Digest> seen;
    for (int i = 0; i != 1000; ++i)
        EXPECT_TRUE(seen.insert(crypto::fresh_seed(entropy, "test")).second);
}

/// Above 256 bytes a signal may interrupt getrandom; a tail left unfilled would show as a run of one value.
TEST(OsEntropy, long_buffers_are_filled_to_the_end)
{
    env::OsEntropy entropy;
    std::vector<uint8_t> bytes(1 << 20, 0);
    entropy.fill(bytes, "test");
    for (size_t at = 0; at < bytes.size(); at += 4096)
    {
        const auto page = std::span(bytes).subspan(at, 4096);
        EXPECT_LT(std::ranges::count(page, page[0]), 100) << at;
    }
    EXPECT_LT(std::ranges::count(std::span(bytes).last(64), 0), 8);
}

TEST(OsEntropy, nothing_asked_is_nothing_done)
{
    env::OsEntropy entropy;
    entropy.fill({}, "test");
}

} // namespace
