#pragma once

#include "libp2p/kad_table.hpp"

#include <map>

namespace libp2p {

struct KadQueryLimits
{
    size_t nearest = 20;     ///< k: when so many of the nearest have answered, it is over
    size_t parallel = 3;     ///< α
    size_t waiting_max = 12; ///< asked and not yet heard from, the slow ones included
    size_t asked_max = 100;  ///< peers, in all
    size_t candidates_max = 200;
    size_t of_one_answer = 20;                 ///< peers of one answer that are looked at
    Time slow_after = std::chrono::seconds(2); ///< then another is asked beside the one that keeps silent
    Time wait = std::chrono::seconds(60);      ///< of the whole
};

/// One walk towards a point: asks the nearest known, who tell of nearer ones, until the nearest have all answered.
///
/// Caller   asks whom next() names; says answered() or failed() for each; ends it when finished()
/// Bounds   KadQueryLimits: a peer that answers with junk, itself, others that do not exist or loops costs a failure or
///          a place in a bounded list. A peer is asked once.
/// Source   Maymounkov and Mazières, Kademlia, section 2.3
class KadQuery
{
public:
    KadQuery(const KadPoint& target, const PeerId& self, KadQueryLimits limits, Time now)
        : target_(target), self_(self), limits_(limits), until_(now + limits.wait)
    {
    }

    /// Peers that somebody told of, or that our table has.
    void heard(const std::vector<KadContact>& peers);
    std::optional<KadContact> next(Time now);
    void answered(const PeerId& peer);
    void failed(const PeerId& peer);
    bool finished(Time now) const;
    /// Of those that answered, nearest first, at most `nearest`.
    std::vector<KadContact> closest() const;
    size_t asked() const { return asked_; }
    /// When next() may have more to say without news.
    Time deadline(Time now) const;

private:
    enum class State : uint8_t
    {
        heard,
        waiting,
        answered,
        failed,
    };
    struct Candidate
    {
        KadContact contact;
        State state = State::heard;
        Time since{};
    };
    Candidate* find(const PeerId& peer);
    size_t waiting() const;

    KadPoint target_;
    PeerId self_;
    KadQueryLimits limits_;
    Time until_;
    std::map<KadPoint, Candidate> candidates_; ///< by distance
    size_t asked_ = 0;
};

} // namespace libp2p
