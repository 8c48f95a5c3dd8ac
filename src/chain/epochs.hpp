#pragma once

#include "primitives/babe.hpp"

#include <expected>
#include <memory>
#include <optional>

namespace chain {

using primitives::babe::Slot;
using Epoch = primitives::babe::Epoch;

/// Why a block's announcements of epochs are refused.
enum class EpochRefusal : uint8_t
{
    malformed,      ///< a BABE consensus item does not read, or there are two of one kind
    missing,        ///< the first block of an epoch must announce the next one
    unexpected,     ///< any other block must not
    config_alone,   ///< a configuration comes only with an epoch
    no_authorities, ///< an epoch without authorities, or with one of weight 0
    epoch_too_far,  ///< the slot lies so far ahead that numbers overflow
};

/// What the chain up to a block says about its slots: the epoch of the block itself, and the one that was announced to
/// follow. Shared between blocks, so that a block costs two pointers.
///
/// Source  Polkadot specification §5.2.1; epochs without a block are skipped, their number counts
class Epochs
{
public:
    /// Before block 1.
    static Epochs genesis(const primitives::babe::Configuration& configuration);

    /// What the runtime says after any other block: BabeApi_current_epoch and BabeApi_next_epoch.
    static Epochs of(Epoch current, Epoch next);

    /// The epoch that a child in `slot` belongs to. Block 1 begins epoch 0, in whatever slot it is.
    ///
    /// Errors  epoch_too_far
    std::expected<std::shared_ptr<const Epoch>, EpochRefusal> epoch_of_child(Slot slot) const;

    /// What holds after a child with this header.
    ///
    /// Errors  epoch_too_far, malformed, config_alone, missing, unexpected, no_authorities, in this order
    std::expected<Epochs, EpochRefusal> after(const primitives::Header& child, Slot slot) const;

    /// The block's own epoch; null at genesis.
    const std::shared_ptr<const Epoch>& current() const { return current_; }
    /// The announced one; at genesis epoch 0, whose start is not known yet.
    const std::shared_ptr<const Epoch>& next() const { return next_; }

private:
    std::shared_ptr<const Epoch> current_, next_;
};

} // namespace chain
