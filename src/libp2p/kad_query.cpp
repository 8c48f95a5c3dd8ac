#include "libp2p/kad_query.hpp"

#include <algorithm>

namespace libp2p {

void KadQuery::heard(const std::vector<KadContact>& peers)
{
    for (const auto& contact : std::span(peers).first(std::min(peers.size(), limits_.of_one_answer)))
    {
        if (contact.peer == self_ || contact.addresses.empty())
            continue;
        const auto distance = kad_distance(target_, kad_point(contact.peer));
        if (candidates_.contains(distance))
            continue;
        if (candidates_.size() >= limits_.candidates_max)
        {
            const auto farthest = std::prev(candidates_.end());
            if (farthest->first < distance || farthest->second.state == State::waiting)
                continue;
            candidates_.erase(farthest);
        }
        candidates_.emplace(distance, Candidate{.contact = contact});
    }
}

KadQuery::Candidate* KadQuery::find(const PeerId& peer)
{
    const auto found = candidates_.find(kad_distance(target_, kad_point(peer)));
    return found == candidates_.end() ? nullptr : &found->second;
}

size_t KadQuery::waiting() const
{
    return size_t(
        std::ranges::count_if(candidates_, [](const auto& item) { return item.second.state == State::waiting; }));
}

std::optional<KadContact> KadQuery::next(Time now)
{
    if (asked_ >= limits_.asked_max || waiting() >= limits_.waiting_max || finished(now))
        return std::nullopt;
    const auto fast = std::ranges::count_if(candidates_, [&](const auto& item) {
        return item.second.state == State::waiting && now - item.second.since < limits_.slow_after;
    });
    if (size_t(fast) >= limits_.parallel)
        return std::nullopt;
    size_t near = 0;
    for (auto& [distance, candidate] : candidates_)
    {
        if (candidate.state == State::failed)
            continue;
        // The slow are passed over: they may be no peers at all.
        const bool slow = candidate.state == State::waiting && now - candidate.since >= limits_.slow_after;
        near += slow ? 0 : 1;
        if (near > limits_.nearest)
            break;
        if (candidate.state != State::heard)
            continue;
        candidate.state = State::waiting;
        candidate.since = now;
        ++asked_;
        return candidate.contact;
    }
    return std::nullopt;
}

void KadQuery::answered(const PeerId& peer)
{
    if (auto* candidate = find(peer); candidate != nullptr && candidate->state == State::waiting)
        candidate->state = State::answered;
}

void KadQuery::failed(const PeerId& peer)
{
    if (auto* candidate = find(peer); candidate != nullptr && candidate->state == State::waiting)
        candidate->state = State::failed;
}

bool KadQuery::finished(Time now) const
{
    if (now >= until_)
        return true;
    size_t near = 0;
    for (const auto& [distance, candidate] : candidates_)
    {
        if (candidate.state == State::waiting || (candidate.state == State::heard && asked_ < limits_.asked_max))
            return false;
        near += candidate.state == State::answered;
        if (near == limits_.nearest)
            return true;
    }
    return true;
}

std::vector<KadContact> KadQuery::closest() const
{
    std::vector<KadContact> out;
    for (const auto& [distance, candidate] : candidates_)
        if (candidate.state == State::answered && out.size() < limits_.nearest)
            out.push_back(candidate.contact);
    return out;
}

Time KadQuery::deadline(Time now) const
{
    Time first = until_;
    for (const auto& [distance, candidate] : candidates_)
        if (candidate.state == State::waiting && candidate.since + limits_.slow_after > now)
            first = std::min(first, candidate.since + limits_.slow_after);
    return first;
}

} // namespace libp2p
