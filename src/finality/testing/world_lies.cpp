#include "finality/testing/world.hpp"

#include <algorithm>

namespace finality::testing {

namespace grandpa = primitives::grandpa;
namespace wire = protocols::grandpa;

BlockId World::some_block()
{
    if (blocks_.empty())
        return id_of(root_);
    const auto recent = std::min<size_t>(blocks_.size(), 6);
    const auto hash = blocks_[blocks_.size() - 1 - random(recent)];
    return chance(0.05) ? BlockId{{uint8_t(random(256)), 7}, BlockNumber(random(40))}
                        : BlockId{hash, *all_.number(hash)};
}

/// What a liar tells one peer: votes as it likes, forged commits and catch-ups, old messages, wrong places.
World::Message World::some_lie(Node& node, size_t)
{
    const auto round = round_max_ + random(3) - (round_max_ > 1 ? 1 : 0);
    const auto vote = [&](Step step, const BlockId& block) {
        const auto& key = node.keys[random(node.keys.size())];
        const auto message = message_of(step, block);
        return grandpa::SignedMessage{
            message,
            {signature::ed25519::sign(key, grandpa::signed_payload(message, round, set_max_))},
            {key.public_key()}};
    };
    switch (random(12))
    {
    case 0: {
        const auto block = some_block();
        wire::Commit commit{round, set_max_, {block.hash, block.number, {}, {}}};
        for (const auto& authority : set_at(set_max_).authorities)
        {
            commit.commit.precommits.push_back({block.hash, block.number});
            commit.commit.auth_data.emplace_back(vote(Step::precommit, block).signature, authority.id);
        }
        return commit;
    }
    case 1:
        return wire::Neighbor{wire::NeighborV1{round_max_ + random(5), set_max_, final_ ? final_->number : 0}};
    case 2:
        return wire::CatchUpRequest{random(round_max_ + 1), set_max_};
    case 3:
        return wire::CatchUp{set_max_, round_max_ + 3, {}, {}, some_block().hash, 1};
    case 4:
        if (!overheard_.empty())
            return overheard_[random(overheard_.size())];
        [[fallthrough]];
    case 5:
        return wire::Vote{round, set_max_, vote(Step::propose, some_block())};
    default:
        return wire::Vote{round, set_max_, vote(chance(0.5) ? Step::prevote : Step::precommit, some_block())};
    }
}

void World::lie(Node& node)
{
    for (auto& other : nodes_)
        if (!other.liar && chance(0.7))
            deliver(node.id, other.id, some_lie(node, other.id));
    after(Time(50 + random(250)), [this, &node] { lie(node); });
}

} // namespace finality::testing
