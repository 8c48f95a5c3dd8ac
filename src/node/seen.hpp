#pragma once

#include "base/bytes.hpp"

#include <deque>
#include <set>

namespace node {

/// Hashes lately seen, the oldest forgotten first.
///
/// Bound  kMax hashes
class Seen
{
public:
    static constexpr size_t kMax = 4096;

    /// False when it is there already.
    bool insert(const base::Digest& hash)
    {
        if (!hashes_.insert(hash).second)
            return false;
        order_.push_back(hash);
        if (order_.size() > kMax)
        {
            hashes_.erase(order_.front());
            order_.pop_front();
        }
        return true;
    }
    bool contains(const base::Digest& hash) const { return hashes_.contains(hash); }

private:
    std::set<base::Digest> hashes_;
    std::deque<base::Digest> order_;
};

} // namespace node
