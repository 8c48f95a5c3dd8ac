#pragma once

#include "finality/gossip.hpp"

namespace finality {

namespace effect {

/// Send one message to these peers.
struct Send
{
    std::vector<PeerKey> peers;
    protocols::grandpa::Message message;
};
/// A peer's reputation changes.
struct Report
{
    PeerKey peer{};
    int32_t change = 0;
};
/// Something waits for this block: ask for it, this peer first if one is named, which has it or lied.
struct Want
{
    BlockId block;
    std::optional<PeerKey> peer;
};

} // namespace effect

using Effect = std::variant<effect::Cast, effect::Keep, effect::Decide, effect::Equivocated, effect::Send,
                            effect::Report, effect::Want>;

struct VotingLimits
{
    Time neighbour = std::chrono::seconds(10);   ///< between two of our neighbour packets that say the same
    Time catch_up = std::chrono::seconds(5);     ///< for the answer to our request
    Time answer_every = std::chrono::seconds(2); ///< a peer gets one catch-up in this time
};

/// GRANDPA of one node, without I/O: a Voter for the set that decides now, and the talk with the peers.
///
/// The owner passes in what happens and drains next_effect() after each call, in order: see README.md.
///
/// Holds   peers outlive sets; the last commit of a set is told to those who are still in it, one set long
/// Bound   what Voter and Audience hold; effects grow by at most the votes of three rounds for each call and peer
class Voting
{
public:
    using Message = protocols::grandpa::Message;

    /// chain  outlives this
    Voting(const Chain& chain, const VoterOptions& options, Time now, VotingLimits limits = {});

    /// The next set takes over. To be called as soon as the block that enacts it is final, before anything else.
    void begin_set(const VoterOptions& options, Time now);

    /// The newest proof that this node has on its disk, of the set that decides or of the one before: peers that lack
    /// it are told. To be called once after a start.
    void serve(SetId set, const Justification& proof);

    /// We may send to a peer. `light`: it only wants to know what is final.
    void peer_joined(const PeerKey& peer, bool light, Time now);
    void peer_left(const PeerKey& peer, Time now);
    /// A message of a peer that has joined; others are passed over.
    void on_message(const PeerKey& peer, const Message& message, Time now);

    /// Our own signed votes, asked for by a Cast.
    void cast(RoundNumber round, const std::vector<primitives::grandpa::SignedMessage>& votes, Time now);
    void forgo(const effect::Cast& cast, Time now);
    void block_imported(const Hash& block, Time now);
    void finalised(const BlockId& block, Time now);
    void tick(Time now);
    std::optional<Time> deadline() const;

    std::optional<Effect> next_effect();

    const Voter& voter() const { return *voter_; }

private:
    using Peer = Audience::Peer;
    struct Asked
    {
        PeerKey peer{};
        RoundNumber round = 0;
        Time at{};
    };

    void hear(const PeerKey& from, const protocols::grandpa::Vote& vote, Time now);
    void hear(const PeerKey& from, const protocols::grandpa::Commit& commit, Time now);
    void hear(const PeerKey& from, const protocols::grandpa::Neighbor& neighbour, Time now);
    void hear(const PeerKey& from, const protocols::grandpa::CatchUpRequest& request, Time now);
    void hear(const PeerKey& from, const protocols::grandpa::CatchUp& catch_up, Time now);

    void report(const PeerKey& peer, int32_t change);
    void send(std::vector<PeerKey> peers, Message message);
    void want(const Verdict& verdict, const PeerKey& peer);
    bool tell_vote(Peer& peer, RoundNumber round, const primitives::grandpa::SignedMessage& vote);
    void forward(RoundNumber round, const primitives::grandpa::SignedMessage& vote);
    void tell_all(const PeerKey& key, Peer& peer);
    void tell_commit(const PeerKey& key, Peer& peer);
    void publish(const effect::Publish& decision);
    void introduce(Time now, bool again);
    void ask_catch_up(Time now);
    void settle(Time now);

    const Chain* chain_;
    VotingLimits limits_;
    Audience audience_;
    std::unique_ptr<Voter> voter_;
    std::optional<std::pair<SetId, effect::Publish>> before_; ///< the last commit of the set before
    std::optional<Audience::View> said_;                      ///< our last neighbour packet
    Time neighbour_at_{};
    std::optional<Asked> asked_;
    std::optional<PeerKey> asked_last_;
    std::deque<Effect> effects_;
};

} // namespace finality
