#pragma once

#include "env/loop.hpp"
#include "finality/voting.hpp"
#include "host/keystore.hpp"
#include "ledger/ledger.hpp"
#include "libp2p/peer_id.hpp"
#include "node/reports.hpp"
#include "watermark/record.hpp"

#include <functional>
#include <mutex>
#include <unordered_map>

namespace node {

using ledger::BlockId;
using ledger::Header;

/// A justification, and what it finalises.
struct Decision
{
    BlockId block;
    Header header;
    finality::SetId set_id = 0;
    finality::Justification justification;
};

/// What a peer loses with a proof of finality that does not hold. Little: the proof may be of a set that we do not know
/// yet.
inline constexpr int32_t kFalseProof = -20;

/// What finality stands on. All of it outlives it.
struct FinalityParts
{
    env::Loop& loop;
    ledger::Ledger& ledger;
    host::Keystore& keystore;
    watermark::Record& record;
    std::function<bool(base::ByteView extrinsic)> submit; ///< to the pool, on a worker
    bool vote = false;                                    ///< with the keys that are here; else it only follows
};

/// What finality asks of the node, on the loop's thread.
struct FinalityEvents
{
    std::function<void(const libp2p::PeerId&, const protocols::grandpa::Message&)> send;
    std::function<void(const libp2p::PeerId&, int32_t change)> report;
    /// A block that votes name and this node lacks; a peer that may have it.
    std::function<void(const libp2p::PeerId&, const BlockId&)> want;
    /// A peer is in a later set: it has proofs that this node lacks.
    std::function<void(const libp2p::PeerId&)> proofs;
    /// A new decision, once its block is final here.
    std::function<void(const Decision&)> decided;
    /// Sends on what was sent since the last message came in.
    std::function<void()> settle;
    std::function<void(host::LogLevel, const std::string& words)> log;
};

/// How far the votes of the current round have come.
struct RoundView
{
    finality::VoterSet set;
    finality::RoundNumber round = 0;
    std::vector<bool> prevoted, precommitted; ///< by the set's index
};

/// GRANDPA in this node: finality::Voting over the ledger, the keystore and the record of what was signed.
///
/// Thread  the loop's, but for what is marked: (chain) on the thread that changes the chain, (any)
/// Holds   a vote is in the record, and the block voted for on the disk, before it is signed
///         a block at which the authorities change is finalised by itself, its justification kept: light clients walk
///         from one to the next
class Finality final : private finality::Chain
{
public:
    /// Every so many blocks a justification is kept beside those that changes of authorities need.
    static constexpr uint32_t kJustificationPeriod = 512;

    Finality(const FinalityParts& parts, FinalityEvents events);

    void start();
    void stop() { stopped_ = true; }
    void joined(const libp2p::PeerId& peer, protocols::Role role);
    void left(const libp2p::PeerId& peer);
    void heard(const libp2p::PeerId& peer, const protocols::grandpa::Message& message);
    void imported(const ledger::Hash& block);

    /// Follows what became final. (chain)
    void finalised(const ledger::FinalisedBlocks& blocks);
    /// A proof from somebody. False when it does not hold; true also when it is not needed. (chain)
    bool accept(const ledger::Hash& block, base::ByteView justification);
    /// An author sealed two blocks for one slot: tells the runtime. (any)
    void report_author(const primitives::babe::EquivocationProof& proof, const ledger::Hash& seen_in);

    /// The newest decision, also one from before a restart. (any)
    std::optional<Decision> latest() const;
    /// The set that votes now, and its round. (any)
    finality::SetId set_id() const;
    finality::RoundNumber round() const;
    RoundView round_view() const;
    /// Who decides about the children of a block. (any)
    ///
    /// Errors  what the runtime says, in words
    std::expected<finality::VoterSet, std::string> voters(const ledger::Hash& at) const;

private:
    // finality::Chain
    std::optional<finality::BlockNumber> number(const ledger::Hash& block) const override;
    std::optional<ledger::Hash> parent(const ledger::Hash& block) const override;
    std::optional<Header> header(const ledger::Hash& block) const override;
    std::optional<ledger::Hash> ancestor_at(const ledger::Hash& block, finality::BlockNumber number) const override;
    BlockId best_containing(const BlockId& base) const override;

    std::optional<uint64_t> end_of_set(const ledger::Hash& block) const;
    finality::VoterOptions options_for(finality::VoterSet set, const BlockId& base) const;
    finality::Memory memory_of(finality::SetId set) const;
    void begin_set(finality::VoterSet set, const BlockId& base);
    bool same_set(const finality::VoterSet& set) const;
    void drain();
    void take(const finality::effect::Cast& cast);
    void take(const finality::effect::Keep& keep);
    void take(const finality::effect::Decide& decide);
    void take(const finality::effect::Equivocated& equivocated);
    void take(const finality::effect::Send& send);
    void take(const finality::effect::Report& report);
    void take(const finality::effect::Want& want);
    std::expected<std::vector<primitives::grandpa::SignedMessage>, std::string>
    sign(const finality::effect::Cast& cast); // (any)
    bool write_memos();                       // (any)
    /// `base`: a height at which the set ruled. (chain)
    bool finalise(const BlockId& block, finality::SetId set, finality::BlockNumber base, finality::Justification proof);
    void hand_over(const BlockId& block); // (chain)
    void show_round();

    env::Loop& loop_;
    ledger::Ledger& ledger_;
    host::Keystore& keystore_;
    watermark::Record& record_;
    Reports reports_;
    FinalityEvents events_;
    bool vote_;
    bool stopped_ = false;
    std::optional<finality::Voting> voting_;
    std::optional<finality::Mark> marked_;   ///< with which the set began
    BlockId set_base_;                       ///< on which the set began
    std::optional<finality::Time> due_;      ///< the earliest tick that is arranged
    std::vector<libp2p::PeerId> peers_;      ///< that take finality's messages
    std::map<libp2p::PeerId, bool> waiting_; ///< joined before start(); light?
    mutable std::unordered_map<ledger::Hash, std::optional<uint64_t>, trie::DigestHash> ends_; ///< see end_of_set()
    mutable ledger::Hash ends_above_{}; ///< the finalised block that ends_ is of

    std::mutex memos_mutex_;                    ///< one writer of memos at a time
    mutable std::mutex mutex_;                  ///< of what follows
    std::vector<finality::effect::Keep> memos_; ///< to be written
    std::optional<Decision> latest_;
    RoundView view_;
};

} // namespace node
