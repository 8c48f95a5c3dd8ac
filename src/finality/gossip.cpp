#include "finality/gossip.hpp"

namespace finality {

Audience::Peer* Audience::find(const PeerKey& key)
{
    const auto found = peers_.find(key);
    return found == peers_.end() ? nullptr : &found->second;
}

Audience::Moved Audience::moved(Peer& peer, const View& view, Time now, Time stall)
{
    const auto place = [](const View& at) { return std::pair(at.set_id, at.round); };
    if (peer.view)
    {
        const auto& old = *peer.view;
        if (place(view) < place(old) || view.commit_finalized_height < old.commit_finalized_height)
            return Moved::backwards;
        if (place(view) == place(old) && view.commit_finalized_height == old.commit_finalized_height)
        {
            if (now < peer.viewed + stall)
                return Moved::same;
            peer.viewed = now;
            peer.told.clear();
            peer.commit = view.commit_finalized_height;
            return Moved::stalled;
        }
    }
    peer.commit = std::max(peer.commit, view.commit_finalized_height);
    if (peer.view && peer.view->set_id != view.set_id)
        peer.told.clear();
    std::erase_if(peer.told, [&](const auto& entry) { return entry.first + 1 < view.round; });
    peer.view = view;
    peer.viewed = now;
    return Moved::forward;
}

bool Audience::wants_votes(const Peer& peer, SetId set, RoundNumber round)
{
    if (peer.light || !peer.view || peer.view->set_id != set)
        return false;
    const auto at = peer.view->round;
    return round >= at ? round - at <= 1 : at - round == 1;
}

bool Audience::wants_commit(const Peer& peer, SetId set, BlockNumber block)
{
    return peer.view && peer.view->set_id == set && peer.commit < block;
}

bool Audience::tell(Peer& peer, RoundNumber round, size_t voters, size_t voter, uint8_t bit)
{
    auto& told = peer.told[round];
    told.resize(voters + 1);
    const bool fresh = (told[voter] & bit) == 0;
    told[voter] |= bit;
    return fresh;
}

void Audience::begin_set()
{
    for (auto& [key, peer] : peers_)
        peer.told.clear();
}

} // namespace finality
