#pragma once

#include "finality/solo.hpp"
#include "host/keystore.hpp"
#include "ledger/ledger.hpp"
#include "watermark/record.hpp"

#include <functional>
#include <mutex>

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

/// Votes for the best block with the keys that are here, and finalises it when they suffice. Never asks anybody.
///
/// Holds  a block at which the authorities change is finalised by itself, its justification kept: light clients walk
///        from one to the next
///        rounds count from 1 in each set; a round is in the record, on the disk, before a vote in it is signed, and so
///        is the block voted for. A vote whose decision was cut off is cast again, the same, before any other: what
///        these keys voted for is never left for another block
class Finality
{
public:
    /// Every so many blocks a justification is kept beside those that changes of authorities need.
    static constexpr uint32_t kJustificationPeriod = 512;

    Finality(ledger::Ledger& ledger, host::Keystore& keystore, watermark::Record& record);

    /// Called for each decision, in order, on the thread that calls vote().
    void on_decision(std::function<void(const Decision&)> told) { told_ = std::move(told); }

    /// Finalises as far as the keys allow. The words of the first failure, if any.
    std::optional<std::string> vote();

    /// The newest decision, also one from before a restart.
    std::optional<Decision> latest() const;
    finality::SetId set_id() const;
    finality::RoundNumber round() const;
    /// Who decides about the children of a block.
    ///
    /// Errors  what the runtime says, in words
    std::expected<finality::VoterSet, std::string> voters(const ledger::Hash& at) const;

private:
    /// Of the voters, those whose keys are here.
    struct Ours
    {
        std::vector<watermark::Key> keys;
        uint64_t weight = 0;
        std::optional<watermark::Vote> last; ///< their newest vote in this set
    };
    Ours ours(const finality::VoterSet& set) const;
    BlockId target(const BlockId& finalised) const;
    /// The block that these keys voted for and did not decide yet: the node ended in between.
    ///
    /// Errors  the chain does not have the block they voted for
    std::expected<std::optional<BlockId>, std::string> begun(const Ours& ours, const BlockId& finalised) const;
    finality::RoundNumber round_for(const finality::VoterSet& set, const Ours& ours, const BlockId& block) const;
    std::optional<std::string> decide(const finality::VoterSet& set, const Ours& ours, const BlockId& block);

    ledger::Ledger& ledger_;
    host::Keystore& keystore_;
    watermark::Record& record_;
    std::function<void(const Decision&)> told_;
    mutable std::mutex mutex_;
    std::optional<Decision> latest_;
    finality::SetId set_id_ = 0;
    finality::RoundNumber round_ = 0;
};

} // namespace node
