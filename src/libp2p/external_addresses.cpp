#include "libp2p/external_addresses.hpp"

#include <algorithm>

namespace libp2p {

void ExternalAddresses::observed(const Multiaddr& remote, ByteView observed, Time now)
{
    const auto address = address_of_bytes(observed);
    const auto net = net_of(remote);
    if (!address || net.empty())
        return;
    const auto& ip = address->parts[0];
    const auto reach = reach_of(*address);
    if ((ip.code != AddressCode::ip4 && ip.code != AddressCode::ip6) || reach == Reach::nowhere ||
        (reach == Reach::local && !rules_.allow_local))
        return;
    if (!votes_.contains(net) && votes_.size() >= kVotersMax)
        votes_.erase(std::ranges::min_element(votes_, {}, [](const auto& item) { return item.second.since; }));
    votes_.insert_or_assign(net, Vote{ip, now});
}

std::vector<Multiaddr> ExternalAddresses::confirmed(const std::vector<Multiaddr>& listening, Time now) const
{
    std::map<AddressCode, std::map<Bytes, size_t>> counts;
    for (const auto& [net, vote] : votes_)
        if (now - vote.since < kVoteLife)
            ++counts[vote.ip.code][vote.ip.value];
    std::vector<Multiaddr> out;
    for (const auto& [family, ips] : counts)
    {
        const auto most = std::ranges::max_element(ips, {}, [](const auto& item) { return item.second; });
        const Multiaddr::Part ip{family, most->first};
        const size_t enough = reach_of({{ip}}) == Reach::local ? 1 : kVotes;
        if (most->second < enough)
            continue;
        for (const auto& listener : listening)
        {
            auto address = listener;
            if (address.parts.empty() || address.parts[0].code != family || reach_of(address) == Reach::local)
                continue; // who listens only locally is not reached from outside
            address.parts[0] = ip;
            if (std::ranges::find(out, address) == out.end())
                out.push_back(std::move(address));
        }
    }
    return out;
}

} // namespace libp2p
