#pragma once

#include "pool/transaction.hpp"

#include <map>
#include <set>

namespace pool {

/// Transactions that may not come in for a while, so that nobody pays again to see them refused.
///
/// Bound  kBansMax; beyond it the ban that would end first ends now
class Bans
{
public:
    static constexpr size_t kBansMax = size_t{1} << 14;

    /// until_ms  on the clock of contains(); a later end stands over an earlier one
    void add(const Hash& hash, uint64_t until_ms);
    void lift(const Hash& hash);
    bool contains(const Hash& hash, uint64_t now_ms) const;
    /// Forgets the bans that have ended.
    void expire(uint64_t now_ms);
    size_t size() const { return until_.size(); }

private:
    std::map<Hash, uint64_t> until_;
    std::set<std::pair<uint64_t, Hash>> ends_;
};

} // namespace pool
