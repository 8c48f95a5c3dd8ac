#pragma once

#include "finality/justification.hpp"

#include <map>

namespace finality {

/// The steps of a round, in their order. Only prevotes and precommits are counted.
enum class Step : uint8_t
{
    propose,
    prevote,
    precommit,
};

/// A voter set by index: what its rounds count with.
class Voters
{
public:
    explicit Voters(const VoterSet& set);

    SetId set_id() const { return id_; }
    size_t size() const { return keys_.size(); }
    uint64_t total() const { return total_; }
    uint64_t threshold() const { return threshold_; }
    /// The weight of the voters that may equivocate without harm.
    uint64_t tolerated() const { return total_ - threshold_; }
    /// Nothing for a stranger.
    std::optional<size_t> find(const Ed25519Public& key) const;
    const Ed25519Public& key(size_t voter) const { return keys_[voter]; }
    uint64_t weight(size_t voter) const { return weights_[voter]; }
    /// The voter that may propose a block in a round.  [Polkadot specification §6.3]
    size_t primary(RoundNumber round) const { return size_t(round % keys_.size()); }

private:
    SetId id_;
    uint64_t total_, threshold_;
    std::vector<Ed25519Public> keys_; ///< without repetition, in the order of the list
    std::vector<uint64_t> weights_;   ///< of a key that is listed twice the last, as check() counts
    std::map<Ed25519Public, size_t> index_;
};

/// What a voter signs in a step.
primitives::grandpa::Message message_of(Step step, const BlockId& target);
/// The step and the block of a vote.
std::pair<Step, BlockId> read_vote(const primitives::grandpa::Message& message);

} // namespace finality
