#pragma once

#include "finality/aggregate.hpp"

#include <chrono>
#include <deque>
#include <set>
#include <variant>

namespace finality {

/// Since any origin, the same in all calls.
using Time = std::chrono::milliseconds;

/// What this node's keys signed last, as it stands in their durable record.
struct Mark
{
    SetId set = 0;
    RoundNumber round = 0;
    Step step = Step::precommit;
    Hash target{};
    friend bool operator==(const Mark&, const Mark&) = default;
};

/// What the owner stored of a voter's Keep effects: bytes of its own disk.
struct Memory
{
    base::Bytes completed; ///< the last Keep::completed; empty: none
    base::Bytes votes;     ///< the last Keep::votes; empty: none
};

struct VoterOptions
{
    VoterSet set;                    ///< not empty
    BlockId base;                    ///< final: the block that enacted the set, or a later one
    std::vector<Ed25519Public> ours; ///< the keys of this node; those that are no voters are passed over
    std::optional<Mark> mark;        ///< the highest of all keys' marks
    Memory memory;                   ///< of this set; what does not read counts as lost
    Time gossip = Time(300);         ///< T: within this a message reaches nearly everybody
};

/// What a voter asks of its owner, in this order.
namespace effect {

/// Vote with these keys: mark the vote durably, sign it with each, and give the signed votes back through hear().
/// Never sign what the marks refuse: say forgo() instead.
struct Cast
{
    SetId set = 0;
    RoundNumber round = 0;
    Step step = Step::prevote;
    BlockId target;
    std::vector<Ed25519Public> keys;
};
/// Store these bytes in place of the last ones of their kind and set. On the disk before the next Cast is signed.
struct Keep
{
    enum class What : uint8_t
    {
        completed, ///< the votes of the last completed round
        votes,     ///< our own signed votes of the current one
    };
    What what = What::completed;
    SetId set = 0;
    base::Bytes bytes;
};
/// This block, and all below it, is final. check() accepts the proof.
struct Decide
{
    BlockId block;
    SetId set = 0;
    Justification proof;
};
/// Nobody has told of this decision yet, as far as we heard: tell everybody.
struct Publish
{
    RoundNumber round = 0;
    Commit commit;
};
/// A voter voted twice.
struct Equivocated
{
    EquivocationProof proof;
};

} // namespace effect

using VoterEffect = std::variant<effect::Cast, effect::Keep, effect::Decide, effect::Publish, effect::Equivocated>;

/// What became of a vote, a commit or a catch-up.
enum class Heard : uint8_t
{
    fresh,   ///< it counts, or will when its blocks come
    known,   ///< it, or something better, was here
    past,    ///< of an earlier round or set
    future,  ///< of a later round or set
    refused, ///< see why
};
struct Verdict
{
    Heard heard = Heard::fresh;
    Refusal why = Refusal::malformed;  ///< of what is refused
    std::vector<BlockId> lacking = {}; ///< blocks without which it does not count yet
};

/// One node in the rounds of one voter set: counts the votes, says what to vote, what is final, and when to call next.
/// A node without keys in the set follows the rounds and never votes.
///
/// Round 1 begins with the base as estimate of a round 0. A round is left when it is completable and this node has
/// voted in it. Prevotes go to the best block on the estimate of the round before, precommits to g(V) once that stands
/// on the estimate; docs/decisions/0011-finality-timing.md says when.
///
/// Holds   nothing above a scheduled change of authorities is voted for: Chain::best_containing() ends there
///         no vote is asked for at or below the mark, but for the very same one once more
///         own votes count when they come back, not when they are asked for
/// Bound   three rounds: the one before the current one, that one, and the next; one commit, one catch-up that lack
///         blocks
/// Source  GRANDPA paper, section 3.1; Polkadot specification §6.3
class Voter
{
public:
    /// chain  outlives the voter
    Voter(const VoterOptions& options, const Chain& chain, Time now);

    /// A vote, of others or our own. Its signature is checked here, unless it is known or out of place.
    /// Cost  at most one ed25519 verification
    Verdict hear(RoundNumber round, const primitives::grandpa::SignedMessage& vote, Time now);
    /// A commit of this set, of whatever round.
    Verdict hear(RoundNumber round, const Commit& commit, Time now);
    /// All votes of a later round, which the owner asked for.
    Verdict hear(const CatchUp& catch_up, Time now);
    /// The chain has one more block.
    void block_imported(const Hash& block, Time now);
    /// A block is final by a proof that the owner checked.
    void finalised(const BlockId& block, Time now);
    /// The votes that this Cast asks for are not to be had: go on without them.
    void forgo(const effect::Cast& cast, Time now);
    void tick(Time now);
    /// When to call tick() at the latest; nothing: when something happens.
    std::optional<Time> deadline() const;

    /// Takes the oldest effect.
    std::optional<VoterEffect> next_effect();

    const Voters& voters() const { return voters_; }
    RoundNumber round() const { return current_; }
    const BlockId& finalised() const { return finalised_; }
    /// Whether somebody has voted in the current round.
    bool voted() const { return now_voted().voted(); }
    /// The votes of one round; nothing unless it is the current one or a neighbour of it.
    const Round* votes_of(RoundNumber round) const;
    /// The hint of a round's primary.
    const primitives::grandpa::SignedMessage* proposal(RoundNumber round) const;
    /// The last round that is over, for a node that asks for `asked` or later.
    std::optional<CatchUp> catch_up(RoundNumber asked) const;
    /// The newest decision of this set that this node can prove.
    const std::optional<effect::Publish>& last_commit() const { return last_commit_; }
    /// Takes an older decision of this set as last_commit(), where there is none.
    void recall(const effect::Publish& decision)
    {
        if (!last_commit_)
            last_commit_ = decision;
    }
    /// Blocks without which something here does not count.
    std::vector<BlockId> awaited() const;

private:
    /// What the marks allow in a step of the current round.
    enum class Right : uint8_t
    {
        free,
        bound, ///< to vote the marked target once more
        none,
    };
    /// What is checked but for blocks that this node lacks.
    template <class What>
    struct Waiting
    {
        What what;
        std::vector<BlockId> lacking;
    };

    using SignedMessage = primitives::grandpa::SignedMessage;

    void restore(const Memory& memory, Time now);
    Verdict hear_proposal(RoundNumber round, size_t voter, const SignedMessage& vote);
    Verdict take(const effect::Publish& commit);
    Verdict take(const CatchUp& catch_up);
    void report_new(const Round& before, const Round& after);
    void adopt(Round round);

    Round& now_voted() { return rounds_.at(current_); }
    const Round& now_voted() const { return rounds_.at(current_); }
    Right right(Step step) const;
    bool has_all(Step step) const;
    bool given(Step step) const;
    bool cut_off() const;
    std::optional<BlockId> said(Step step) const;
    std::optional<BlockId> previous_estimate() const;
    bool is_final(const BlockId& block) const { return chain_->leads(block, finalised_); }
    bool is_above(const BlockId& block) const { return chain_->leads(finalised_, block); }
    std::optional<BlockId> choice(const BlockId& estimate, Time now) const;
    BlockId hinted(const BlockId& estimate) const;
    void cast(Step step, const BlockId& target);
    void propose();
    void prevote(Time now);
    void precommit(Time now);
    bool may_go_on() const;
    void open(RoundNumber round, Time now);
    void decide(Time now);
    void keep_completed();
    void keep_votes();
    void advance(Time now);
    Time commit_delay(RoundNumber round) const;

    Voters voters_;
    const Chain* chain_;
    Time gossip_;
    BlockId base_;
    std::vector<size_t> ours_;
    std::optional<Mark> mark_;
    BlockId finalised_;

    std::map<RoundNumber, Round> rounds_;
    std::map<RoundNumber, primitives::grandpa::SignedMessage> proposals_;
    RoundNumber current_ = 0;
    RoundNumber silent_to_ = 0; ///< up to this round nothing is cast: others completed it
    Time now_{}, began_{};
    std::optional<Time> prevoted_;
    std::set<Step> asked_, forgone_;
    size_t kept_votes_ = 0;

    std::optional<Waiting<effect::Publish>> commit_;
    std::optional<Waiting<CatchUp>> catch_up_;
    std::optional<effect::Publish> last_commit_;
    std::optional<Time> publish_at_;
    std::deque<VoterEffect> effects_;
};

} // namespace finality
