#pragma once

#include "libp2p/protocol.hpp"

#include <map>
#include <vector>

namespace libp2p {

/// A peer that may not connect for so long.
struct Ban
{
    PeerId peer;
    Time left;
    friend bool operator==(const Ban&, const Ban&) = default;
};

/// What peers have earned. Starts at 0, returns towards 0 by one a second.
///
/// Bound  kEntriesMax peers: when full, the one nearest to 0 that is not banned is forgotten
class ReputationTable
{
public:
    static constexpr size_t kEntriesMax = 4096;
    static constexpr int32_t kBanBelow = -1000;
    static constexpr int32_t kScoreMax = 1000;
    static constexpr Time kBan = std::chrono::minutes(10);

    /// True when the peer has just fallen to kBanBelow: it is banned for kBan, and starts at 0 after that.
    bool change(const PeerId& peer, int32_t change, Time now);
    bool banned(const PeerId& peer, Time now) const;
    int32_t score(const PeerId& peer, Time now) const;
    /// To be kept over a restart, and given back after it. A ban longer than kBan is cut to that.
    std::vector<Ban> bans(Time now) const;
    void restore(const Ban& ban, Time now);
    size_t size() const { return entries_.size(); }

private:
    struct Entry
    {
        int32_t score = 0;
        Time since{};
        std::optional<Time> banned_until = {};
    };
    static int32_t decayed(const Entry& entry, Time now);
    void make_room(Time now);

    std::map<PeerId, Entry> entries_;
};

} // namespace libp2p
