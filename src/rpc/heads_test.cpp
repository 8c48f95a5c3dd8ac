#include "rpc/heads.hpp"

#include "rpc/testing/fake_backend.hpp"

#include <gtest/gtest.h>

namespace rpc {
namespace {

using testing::FakeBackend;

std::vector<Hash> hashes(const std::vector<HeadBlockPtr>& blocks)
{
    std::vector<Hash> all;
    for (const auto& block : blocks)
        all.push_back(block->hash);
    return all;
}

struct HeadsTest : ::testing::Test
{
    Hash add(const Hash& parent, uint8_t salt = 0)
    {
        const auto made = backend.make(parent, {}, {}, salt);
        heads.apply(made.event);
        return made.hash;
    }
    FakeBackend backend;
    Heads heads{backend.head()};
};

TEST_F(HeadsTest, begin_with_the_finalised_block_alone)
{
    const auto view = heads.view();
    EXPECT_EQ(hashes(view->finalized), std::vector{backend.genesis()});
    EXPECT_TRUE(view->open.empty());
    EXPECT_EQ(view->best->hash, backend.genesis());
}

TEST_F(HeadsTest, a_finalised_block_takes_its_ancestors_along_and_prunes_the_forks)
{
    const auto a1 = add(backend.genesis()), a2 = add(a1), a3 = add(a2);
    const auto b1 = add(backend.genesis(), 1), b2 = add(b1), c2 = add(a1, 2);
    heads.apply(BestChanged{b2});
    EXPECT_EQ(hashes(heads.view()->open), (std::vector{a1, a2, a3, b1, b2, c2}));
    heads.apply(Finalized{a2});
    const auto view = heads.view();
    EXPECT_EQ(hashes(view->finalized), (std::vector{backend.genesis(), a1, a2}));
    EXPECT_EQ(hashes(view->open), std::vector{a3});
    EXPECT_EQ(view->best->hash, a2) << "the best block went with its fork";
}

TEST_F(HeadsTest, events_that_do_not_fit_change_nothing)
{
    const auto a1 = add(backend.genesis());
    auto orphan = backend.make(a1).event;
    orphan.header.parent_hash[0] ^= 1;
    auto jump = backend.make(a1, {}, {}, 1).event;
    jump.header.number = 7;
    heads.apply(orphan);
    heads.apply(jump);
    heads.apply(heads.view()->open[0].operator*());
    heads.apply(BestChanged{Hash{1}});
    heads.apply(Finalized{Hash{1}});
    heads.apply(Finalized{backend.genesis()});
    const auto view = heads.view();
    EXPECT_EQ(hashes(view->open), std::vector{a1});
    EXPECT_EQ(view->finalized.size(), 1U);
}

TEST_F(HeadsTest, only_the_last_finalised_blocks_are_kept)
{
    auto at = backend.genesis();
    for (size_t i = 0; i != kRecentFinalized + 10; ++i)
        at = add(at);
    heads.apply(Finalized{at});
    EXPECT_EQ(heads.view()->finalized.size(), kRecentFinalized);
    EXPECT_EQ(heads.view()->finalized.back()->hash, at);
}

} // namespace
} // namespace rpc
