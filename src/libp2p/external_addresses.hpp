#pragma once

#include "libp2p/protocol.hpp"
#include "libp2p/site.hpp"

#include <map>

namespace libp2p {

/// Under which IPs the internet sees us: what peers that we dialled say, when enough of different networks agree.
///
/// Caller   passes on what identify says, of peers that we chose to dial: who dials us may be one liar many times
/// Holds    one vote a network (net_of). An IP is confirmed while it has kVotes of them and no other of its family has
///          more. On a development network a local IP needs one.
/// Bounds   kVotersMax votes, each for kVoteLife
class ExternalAddresses
{
public:
    static constexpr size_t kVotes = 3;
    static constexpr size_t kVotersMax = 64;
    static constexpr Time kVoteLife = std::chrono::hours(1);

    explicit ExternalAddresses(AddressRules rules) : rules_(rules) {}

    /// `observed`: how the peer at `remote` sees us, as it came. The port of it is a passing one, and not used.
    void observed(const Multiaddr& remote, ByteView observed, Time now);
    /// Each confirmed IP with the ports of the listeners of its family.
    std::vector<Multiaddr> confirmed(const std::vector<Multiaddr>& listening, Time now) const;

private:
    struct Vote
    {
        Multiaddr::Part ip;
        Time since{};
    };
    AddressRules rules_;
    std::map<Bytes, Vote> votes_; ///< by network
};

} // namespace libp2p
