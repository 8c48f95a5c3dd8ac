#pragma once

#include "ledger/ledger.hpp"
#include "primitives/grandpa.hpp"

#include <functional>
#include <span>

namespace node {

/// Tells the runtime of who signed two things where one is allowed. The runtime makes an extrinsic of it, for the pool.
///
/// Thread  any
class Reports
{
public:
    /// submit  takes an encoded extrinsic into the pool
    Reports(const ledger::Ledger& ledger, std::function<bool(base::ByteView)> submit)
        : ledger_(ledger), submit_(std::move(submit))
    {
    }

    /// False when the runtime knows nothing of the offender, or has been told.
    ///
    /// seen_in  one of the blocks that the author sealed twice
    bool author(const primitives::babe::EquivocationProof& proof, const ledger::Hash& seen_in) const;
    bool voter(const primitives::grandpa::EquivocationProof& proof) const;

private:
    bool report(std::string_view api, base::ByteView proof, base::ByteView offence,
                std::span<const ledger::Hash> places) const;

    const ledger::Ledger& ledger_;
    std::function<bool(base::ByteView)> submit_;
};

} // namespace node
