#pragma once

#include "finality/voter.hpp"

namespace finality {

/// A peer, by its ed25519 key.
using PeerKey = std::array<uint8_t, 32>;

/// What a peer earns with a message; a node is left alone below −1000, and one point comes back a second.
///
/// Source  the proportions are those of sc_consensus_grandpa::communication
namespace conduct {

inline constexpr int32_t kNews = 1;         ///< a vote or a commit that we did not have
inline constexpr int32_t kPast = -1;        ///< of a round that is over, or of another number: little, it may be honest
inline constexpr int32_t kFuture = -50;     ///< of a round or a set that we did not say we are in
inline constexpr int32_t kForged = -200;    ///< a signature that its voter did not make, or a stranger's vote
inline constexpr int32_t kBadCommit = -500; ///< a commit or a catch-up that proves nothing
inline constexpr int32_t kBackwards = -200; ///< a neighbour packet below an earlier one
inline constexpr int32_t kUnasked = -200;   ///< a catch-up that we did not ask for
inline constexpr int32_t kNoAnswer = -50;   ///< our request for a catch-up stayed without one
inline constexpr int32_t kNeedlessRequest = -20; ///< a request for a catch-up that the peer does not need, or too soon

} // namespace conduct

/// Who hears what: the peers, where they say they are, and what they were told.
///
/// A peer in our set wants the votes of its round, of the one before and of the next one, and commits above its
/// finalised block; a light client wants commits alone.
///
/// Bound   for each peer: four bits a voter for three rounds
/// Caller  bounds the number of peers
/// Source  sc_consensus_grandpa::communication::gossip
class Audience
{
public:
    using View = protocols::grandpa::NeighborV1;

    struct Peer
    {
        bool light = false;
        std::optional<View> view;
        Time viewed{};
        std::map<RoundNumber, std::vector<uint8_t>> told; ///< of this set, by the voter; one more for the proposal
        BlockNumber commit = 0;       ///< it has, or was sent, a commit for this block or a higher one
        std::optional<Time> answered; ///< when it last got a catch-up
    };
    enum class Moved : uint8_t
    {
        forward,
        stalled, ///< the same again, some time later
        same,
        backwards, ///< then the old view stays
    };

    void join(const PeerKey& key, bool light) { peers_.try_emplace(key).first->second.light = light; }
    void leave(const PeerKey& key) { peers_.erase(key); }
    Peer* find(const PeerKey& key);
    std::map<PeerKey, Peer>& peers() { return peers_; }
    const std::map<PeerKey, Peer>& peers() const { return peers_; }

    /// Takes a peer's neighbour packet. A peer that stalls may have lost what it was told: it is told again.
    Moved moved(Peer& peer, const View& view, Time now, Time stall);
    static bool wants_votes(const Peer& peer, SetId set, RoundNumber round);
    static bool wants_commit(const Peer& peer, SetId set, BlockNumber block);

    /// Whether the peer is to be told an item of a round, now that it is noted as told. `item`: a voter's first or
    /// second vote in a step, or the proposal.
    static bool tell(Peer& peer, RoundNumber round, size_t voters, size_t voter, uint8_t bit);
    static constexpr uint8_t bit_of(Step step, size_t vote)
    {
        return uint8_t(1u << (2 * (step == Step::precommit) + vote));
    }

    /// A new set begins: what was told of the old one is forgotten.
    void begin_set();

private:
    std::map<PeerKey, Peer> peers_;
};

} // namespace finality
