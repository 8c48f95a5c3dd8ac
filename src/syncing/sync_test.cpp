#include "syncing/sync.hpp"

#include "scale/scale.hpp"
#include "trie/root.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace syncing {
namespace {

using protocols::BlockData;
using protocols::BlockFields;
using protocols::BlockRequest;
using protocols::BlockResponse;

constexpr Time kSecond = std::chrono::seconds(1);

primitives::Block child_of(const Hash& parent, BlockNumber number, uint32_t salt)
{
    primitives::Block block;
    block.header.parent_hash = parent;
    block.header.number = {number};
    block.extrinsics = {Bytes{uint8_t(salt), uint8_t(salt >> 8), uint8_t(number)}};
    const auto encoded = scale::encode(block.extrinsics[0]);
    block.header.extrinsics_root = *trie::ordered_root(std::vector<base::ByteView>{encoded}, trie::Version::v0);
    return block;
}

/// All blocks that anybody has made.
struct Blocks
{
    std::map<Hash, primitives::Block> all;
    std::map<Hash, Bytes> justifications;
    BlockId genesis;

    Blocks()
    {
        const auto block = child_of({}, 0, 0);
        genesis.hash = primitives::hash_of(block.header);
        all.emplace(genesis.hash, block);
    }

    std::vector<BlockId> grow(const BlockId& on, size_t count, uint32_t salt)
    {
        std::vector<BlockId> made;
        auto parent = on;
        for (size_t i = 0; i != count; ++i)
        {
            auto block = child_of(parent.hash, parent.number + 1, salt);
            parent = {primitives::hash_of(block.header), parent.number + 1};
            all.emplace(parent.hash, std::move(block));
            made.push_back(parent);
        }
        return made;
    }
};

/// A chain as one node has it. The longest is best.
struct Chain final : ChainView
{
    explicit Chain(const Blocks& blocks) : all(blocks), top(blocks.genesis), final_block(blocks.genesis)
    {
        have.insert(blocks.genesis.hash);
    }
    BlockId best() const override { return top; }
    BlockId finalised() const override { return final_block; }
    bool contains(const Hash& hash) const override { return have.contains(hash); }

    void add(const BlockId& block)
    {
        have.insert(block.hash);
        if (block.number > top.number)
            top = block;
    }
    void add(const std::vector<BlockId>& blocks)
    {
        for (const auto& block : blocks)
            add(block);
    }
    std::vector<BlockId> way_down(const BlockId& from) const
    {
        std::vector<BlockId> way;
        for (auto at = from; at.number != 0; at = {all.all.at(at.hash).header.parent_hash, at.number - 1})
            way.push_back(at);
        way.push_back(all.genesis);
        return way;
    }

    const Blocks& all;
    std::set<Hash> have;
    BlockId top, final_block;
};

/// What a peer answers, honest unless told otherwise.
struct Server
{
    Chain chain;
    std::function<std::optional<BlockResponse>(const BlockRequest&, BlockResponse)> spoil = {};
    mutable std::vector<BlockId> way = {}; ///< the best chain by number, as of its last use

    std::optional<BlockResponse> answer(const BlockRequest& request) const
    {
        BlockResponse response;
        if (way.empty() || way.back() != chain.top)
        {
            way = chain.way_down(chain.top);
            std::ranges::reverse(way);
        }
        const auto numbered = [&](BlockNumber n) { return n < way.size() ? std::optional(way[n]) : std::nullopt; };
        std::optional<BlockId> at;
        if (const auto* number = std::get_if<BlockNumber>(&request.from))
            at = numbered(*number);
        else if (const auto& hash = std::get<Hash>(request.from); chain.contains(hash) && chain.all.all.contains(hash))
            at = BlockId{hash, chain.all.all.at(hash).header.number.value};
        while (at && response.blocks.size() < std::min<uint32_t>(request.blocks_max, 128))
        {
            const auto& block = chain.all.all.at(at->hash);
            BlockData data{.hash = at->hash, .header = scale::encode(block.header)};
            if (request.fields.has(BlockFields::kBody))
                data.body = {scale::encode(block.extrinsics[0])};
            if (const auto found = chain.all.justifications.find(at->hash); found != chain.all.justifications.end())
                data.justifications =
                    scale::encode(primitives::Justifications{{primitives::kGrandpaEngine, found->second}});
            response.blocks.push_back(data);
            const auto here = *at;
            at.reset();
            if (request.descending && here.number != 0)
                at = BlockId{block.header.parent_hash, here.number - 1};
            else if (!request.descending)
                at = numbered(here.number + 1);
        }
        return spoil ? spoil(request, response) : response;
    }
};

PeerId name(uint8_t n)
{
    PeerId peer;
    peer.key[0] = n;
    return peer;
}

/// One node that syncs, among servers.
struct World
{
    Blocks blocks;
    Chain mine{blocks};
    Sync sync{mine};
    std::map<PeerId, Server> servers;
    std::map<PeerId, int> reputation;
    std::map<Hash, int> asked; ///< bodies that came in, by block
    std::set<Hash> rotten;     ///< blocks that do not execute
    std::vector<std::pair<Hash, Bytes>> justified;
    Time now{};
    size_t requests = 0;

    PeerId serve(const std::vector<BlockId>& chain)
    {
        const auto peer = name(uint8_t(servers.size() + 1));
        servers.emplace(peer, Server{Chain(blocks)}).first->second.chain.add(chain);
        return peer;
    }
    void join(const PeerId& peer) { sync.joined(peer, servers.at(peer).chain.top, now); }

    bool import(const Incoming& block)
    {
        const auto& header = block.block.header;
        if (rotten.contains(block.hash))
            return sync.imported(block.hash, Outcome::bad, now), false;
        if (!mine.contains(header.parent_hash))
            return sync.imported(block.hash, Outcome::not_now, now), false;
        mine.add(BlockId{block.hash, header.number.value});
        sync.imported(block.hash, Outcome::imported, now);
        return true;
    }

    void take(const effect::Ask& ask)
    {
        ++requests;
        sync.response(ask.peer, ask.id, servers.at(ask.peer).answer(ask.request), now);
    }
    void take(const effect::Import& batch)
    {
        for (const auto& block : batch.blocks)
        {
            ++asked[block.hash];
            import(block);
        }
    }
    void take(const effect::Justified& proof) { justified.emplace_back(proof.hash, proof.justification); }
    void take(const effect::Report& report) { reputation[report.peer] += report.change; }

    /// Until nothing happens for a minute.
    void run()
    {
        for (const auto end = now + 60 * kSecond; now < end;)
        {
            if (auto effect = sync.next())
            {
                std::visit([&](const auto& each) { take(each); }, *effect);
                continue;
            }
            const auto due = sync.deadline();
            now = std::max(now + std::chrono::milliseconds(1), std::min(due, end));
            sync.tick(now);
        }
    }
};

TEST(Sync, a_new_node_gets_the_whole_chain_from_one_peer_and_each_block_once)
{
    World world;
    const auto chain = world.blocks.grow(world.blocks.genesis, 1000, 1);
    const auto peer = world.serve(chain);
    world.join(peer);
    EXPECT_TRUE(world.sync.behind());
    EXPECT_EQ(world.sync.target(), 1000u);
    world.run();
    EXPECT_EQ(world.mine.top, chain.back());
    EXPECT_FALSE(world.sync.behind());
    for (const auto& [hash, times] : world.asked)
        ASSERT_EQ(times, 1);
    EXPECT_LE(world.requests, 1000 / Sync::kRange + 4) << "ranges, and the search";
}

TEST(Sync, an_announced_block_costs_one_request_though_all_peers_have_it)
{
    World world;
    const auto chain = world.blocks.grow(world.blocks.genesis, 11, 1);
    const std::vector<BlockId> old(chain.begin(), chain.end() - 1);
    world.mine.add(old);
    std::vector<PeerId> peers;
    for (int i = 0; i != 5; ++i)
    {
        peers.push_back(world.serve(old));
        world.join(peers.back());
    }
    world.run();
    ASSERT_EQ(world.requests, 0u);
    for (const auto& peer : peers)
    {
        world.servers.at(peer).chain.add(chain.back());
        world.sync.announced(peer, world.blocks.all.at(chain.back().hash).header, true, world.now);
    }
    world.run();
    EXPECT_EQ(world.mine.top, chain.back());
    EXPECT_EQ(world.requests, 1u);
}

TEST(Sync, forks_of_any_depth_above_the_finalised_block_are_brought)
{
    for (const size_t depth : {1u, 5u, 63u, 64u, 65u, 200u, 700u})
    {
        World world;
        const auto common = world.blocks.grow(world.blocks.genesis, 100, 1);
        const auto ours = world.blocks.grow(common.back(), depth, 2);
        const auto theirs = world.blocks.grow(common.back(), depth + 1, 3);
        world.mine.add(common);
        world.mine.add(ours);
        world.mine.final_block = common[50];
        auto chain = common;
        chain.insert(chain.end(), theirs.begin(), theirs.end());
        const auto peer = world.serve(chain);
        world.join(peer);
        world.run();
        EXPECT_EQ(world.mine.top, theirs.back()) << depth;
        EXPECT_GE(world.reputation[peer], 0) << depth;
    }
}

TEST(Sync, peers_on_different_forks_do_not_stop_one_another)
{
    World world;
    const auto common = world.blocks.grow(world.blocks.genesis, 10, 1);
    std::vector<BlockId> tops;
    for (uint32_t fork = 0; fork != 6; ++fork)
    {
        auto chain = common;
        const auto own = world.blocks.grow(common.back(), 300 + fork, 10 + fork);
        chain.insert(chain.end(), own.begin(), own.end());
        tops.push_back(own.back());
        world.join(world.serve(chain));
    }
    world.run();
    for (const auto& top : tops)
        EXPECT_TRUE(world.mine.contains(top.hash));
}

TEST(Sync, a_peer_of_another_chain_is_reported_and_others_are_not_held_up)
{
    World world;
    const auto ours = world.blocks.grow(world.blocks.genesis, 200, 1);
    const auto other = world.blocks.grow(world.blocks.genesis, 5000, 2);
    world.mine.add({ours.begin(), ours.begin() + 100});
    world.mine.final_block = ours[90];
    const auto stranger = world.serve(other), friendly = world.serve(ours);
    world.join(stranger);
    world.join(friendly);
    world.run();
    EXPECT_EQ(world.mine.top, ours.back());
    EXPECT_LE(world.reputation[stranger], Sync::kOtherChain);
    EXPECT_FALSE(world.mine.contains(other.back().hash));
}

TEST(Sync, a_block_that_does_not_execute_is_held_against_its_senders_and_not_asked_for_again)
{
    World world;
    const auto good = world.blocks.grow(world.blocks.genesis, 40, 1);
    const auto bad = world.blocks.grow(good[9], 40, 2);
    world.rotten.insert(bad[3].hash);
    auto liars = std::vector<BlockId>(good.begin(), good.begin() + 10);
    liars.insert(liars.end(), bad.begin(), bad.end());
    const auto liar = world.serve(liars), honest = world.serve(good);
    world.join(liar);
    world.join(honest);
    world.run();
    EXPECT_EQ(world.mine.top, good.back());
    EXPECT_LE(world.reputation[liar], Sync::kBadBlock);
    EXPECT_GE(world.reputation[honest], 0);
    const auto late = world.serve(liars);
    world.join(late);
    world.sync.announced(late, world.blocks.all.at(bad[4].hash).header, true, world.now);
    EXPECT_EQ(world.asked[bad[3].hash], 1);
    world.run();
    EXPECT_LE(world.reputation[late], Sync::kBadBlock) << "it announces a child of a bad block";
    EXPECT_EQ(world.asked[bad[3].hash], 1);
}

TEST(Sync, a_false_body_is_held_against_who_sent_it_and_the_block_is_still_taken_from_others)
{
    World world;
    const auto chain = world.blocks.grow(world.blocks.genesis, 20, 1);
    const auto liar = world.serve(chain), honest = world.serve(chain);
    world.servers.at(liar).spoil = [](const BlockRequest& request, BlockResponse response) {
        if (request.fields.has(BlockFields::kBody))
            for (auto& block : response.blocks)
                block.body = {scale::encode(Bytes{1, 2, 3})};
        return response;
    };
    world.join(liar);
    world.join(honest);
    world.run();
    EXPECT_EQ(world.mine.top, chain.back());
    EXPECT_LE(world.reputation[liar], Sync::kBadResponse);
    EXPECT_GE(world.reputation[honest], 0);
}

TEST(Sync, peers_that_refuse_lie_about_their_best_block_or_answer_nonsense_only_cost_time)
{
    using Spoil = std::function<std::optional<BlockResponse>(const BlockRequest&, BlockResponse)>;
    const std::vector<Spoil> ways = {
        [](const BlockRequest&, const BlockResponse&) { return std::nullopt; },
        [](const BlockRequest&, const BlockResponse&) { return BlockResponse{}; },
        [](const BlockRequest&, BlockResponse response) {
            std::ranges::reverse(response.blocks);
            return response;
        },
        [](const BlockRequest&, BlockResponse response) {
            for (auto& block : response.blocks)
                block.header.resize(block.header.size() / 2);
            return response;
        },
        [](const BlockRequest&, BlockResponse response) {
            if (response.blocks.size() > 2)
                response.blocks.erase(response.blocks.begin() + 1);
            return response;
        },
    };
    for (size_t way = 0; way != ways.size(); ++way)
    {
        World world;
        const auto chain = world.blocks.grow(world.blocks.genesis, 500, 1);
        for (int i = 0; i != 3; ++i)
        {
            const auto liar = world.serve(chain);
            world.servers.at(liar).spoil = ways[way];
            world.sync.joined(liar, {Hash{uint8_t(i), 9}, 1'000'000}, world.now);
        }
        world.join(world.serve(chain));
        world.run();
        EXPECT_EQ(world.mine.top, chain.back()) << way;
        EXPECT_LT(world.requests, 400u) << "no peer makes us spin";
    }
}

TEST(Sync, few_liars_about_the_height_do_not_make_us_think_we_are_behind)
{
    World world;
    const auto chain = world.blocks.grow(world.blocks.genesis, 10, 1);
    world.mine.add(chain);
    for (int i = 0; i != 3; ++i)
        world.join(world.serve(chain));
    for (uint8_t i = 0; i != 2; ++i)
        world.sync.joined(name(uint8_t(100 + i)), {Hash{i, 9}, 1'000'000}, world.now);
    EXPECT_FALSE(world.sync.behind());
}

TEST(Sync, justifications_come_with_their_blocks_and_for_those_we_have_on_demand)
{
    World world;
    const auto chain = world.blocks.grow(world.blocks.genesis, 400, 1);
    world.blocks.justifications[chain[299].hash] = {1, 2, 3};
    world.mine.add(chain);
    const auto peer = world.serve(chain);
    world.join(peer);
    world.run();
    EXPECT_TRUE(world.justified.empty());
    world.sync.proofs_wanted(peer, world.now);
    world.run();
    EXPECT_EQ(world.justified, (std::vector<std::pair<Hash, Bytes>>{{chain[299].hash, {1, 2, 3}}}));
}

TEST(Sync, what_is_not_imported_yet_is_bounded)
{
    World world;
    const auto chain = world.blocks.grow(world.blocks.genesis, 2000, 1);
    const auto peer = world.serve(chain);
    world.join(peer);
    size_t queued = 0;
    while (auto effect = world.sync.next())
        if (const auto* ask = std::get_if<effect::Ask>(&*effect))
            world.sync.response(ask->peer, ask->id, world.servers.at(peer).answer(ask->request), world.now);
        else if (const auto* batch = std::get_if<effect::Import>(&*effect))
            queued += batch->blocks.size();
    EXPECT_EQ(queued, world.sync.queued());
    EXPECT_LT(queued, Sync::kQueuedMax + Sync::kRange);
}

/// Random trees, peers that come, go, grow and change forks: in the end we have everybody's best block.
TEST(Sync, random_worlds_converge)
{
    for (uint32_t seed = 0; seed != 12; ++seed)
    {
        std::mt19937 random(seed);
        World world;
        std::vector<BlockId> tips{world.blocks.genesis};
        const auto pick = [&](size_t n) { return size_t(random() % n); };
        std::vector<PeerId> peers;
        for (int step = 0; step != 40; ++step)
        {
            const auto on = tips[pick(tips.size())];
            const auto grown = world.blocks.grow(on, 1 + pick(step % 5 == 0 ? 150 : 6), uint32_t(100 + step));
            tips.insert(tips.end(), grown.begin(), grown.end());
            auto way = Chain(world.blocks).way_down(grown.back());
            std::ranges::reverse(way);
            if (peers.empty() || pick(3) == 0)
            {
                peers.push_back(world.serve(way));
                world.join(peers.back());
            }
            else
            {
                const auto peer = peers[pick(peers.size())];
                auto& chain = world.servers.at(peer).chain;
                const auto before = chain.top;
                chain.add(way);
                if (chain.top != before)
                    world.sync.announced(peer, world.blocks.all.at(chain.top.hash).header, true, world.now);
            }
            for (size_t i = pick(4); i != 0; --i)
                if (auto effect = world.sync.next())
                    std::visit([&](const auto& each) { world.take(each); }, *effect);
        }
        world.run();
        for (const auto& [peer, server] : world.servers)
        {
            EXPECT_TRUE(world.mine.contains(server.chain.top.hash)) << "seed " << seed;
            EXPECT_GE(world.reputation[peer], 0) << "seed " << seed;
        }
    }
}

} // namespace
} // namespace syncing
