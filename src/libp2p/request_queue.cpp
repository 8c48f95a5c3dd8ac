#include "libp2p/request_queue.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <string_view>

namespace libp2p {

/// Whether nothing is lost when the lane is forgotten, but the memory of repeats.
bool RequestQueue::spare(const Lane& lane, Time now) const
{
    return lane.waiting.empty() && lane.running == 0 && lane.paid_at <= now;
}

bool RequestQueue::room_for(const PeerId& peer, Time now)
{
    if (lanes_.contains(peer) || lanes_.size() < limits_.peers_max)
        return true;
    std::erase_if(lanes_, [&](const auto& item) { return spare(item.second, now); });
    return lanes_.size() < limits_.peers_max;
}

void RequestQueue::take_out(Lane& lane, const Item& item)
{
    --waiting_;
    bytes_ -= item.request.message.size();
    lane.bytes -= item.request.message.size();
}

/// The newest request of the peer with the most of what is short, requests or bytes, unless the newcomer would have as
/// much with one more of `bytes`.
std::optional<RequestId> RequestQueue::give_up_one(const PeerId& newcomer, size_t bytes)
{
    const bool crowded = waiting_ >= limits_.waiting_max;
    const auto has = [&](const Lane& lane) { return crowded ? lane.waiting.size() : lane.bytes; };
    const auto most = std::ranges::max_element(lanes_, {}, [&](const auto& item) { return has(item.second); });
    if (has(most->second) <= has(lanes_[newcomer]) + (crowded ? 1 : bytes))
        return std::nullopt;
    const auto item = std::move(most->second.waiting.back());
    most->second.waiting.pop_back();
    take_out(most->second, item);
    return item.request.id;
}

size_t RequestQueue::count_repeats(Lane& lane, const Request& request) const
{
    const std::string_view text(reinterpret_cast<const char*>(request.message.data()), request.message.size());
    const size_t hash = std::hash<std::string_view>{}(text) ^ request.protocol;
    const auto repeats = size_t(std::ranges::count(lane.recent, hash));
    lane.recent.push_back(hash);
    if (lane.recent.size() > kRecentMax)
        lane.recent.pop_front();
    return repeats;
}

RequestQueue::Pushed RequestQueue::push(Request request, Time now)
{
    Pushed pushed;
    const auto peer = request.peer;
    if (!room_for(peer, now))
        return {.refused = {request.id}};
    auto& lane = lanes_[peer];
    pushed.repeats = count_repeats(lane, request);
    const size_t bytes = request.message.size();
    const auto full = [&] { return waiting_ >= limits_.waiting_max || bytes_ + bytes > limits_.waiting_bytes_max; };
    bool room = lane.waiting.size() < limits_.waiting_of_peer_max &&
                lane.bytes + bytes <= std::min(limits_.waiting_bytes_max, limits_.waiting_bytes_of_peer_max);
    while (room && full())
    {
        const auto given_up = give_up_one(peer, bytes);
        room = given_up.has_value();
        if (room)
            pushed.refused.push_back(*given_up);
    }
    if (!room)
    {
        pushed.refused.push_back(request.id);
        return pushed;
    }
    ++waiting_;
    bytes_ += bytes;
    lane.bytes += bytes;
    lane.waiting.push_back({std::move(request), now});
    return pushed;
}

std::optional<RequestQueue::Request> RequestQueue::next(Time now, const std::function<bool(const PeerId&)>& reads)
{
    if (running_ >= limits_.running_max || waiting_ == 0)
        return std::nullopt;
    auto at = lanes_.upper_bound(turn_);
    for (size_t looked_at = 0; looked_at != lanes_.size(); ++looked_at, ++at)
    {
        if (at == lanes_.end())
            at = lanes_.begin();
        auto& [peer, lane] = *at;
        if (lane.waiting.empty() || lane.running >= limits_.running_of_peer_max || lane.paid_at > now + limits_.burst ||
            !reads(peer))
            continue;
        turn_ = peer;
        auto item = std::move(lane.waiting.front());
        lane.waiting.pop_front();
        take_out(lane, item);
        ++lane.running;
        ++running_;
        return std::move(item.request);
    }
    return std::nullopt;
}

void RequestQueue::done(const PeerId& peer, Time cost, Time now)
{
    const auto found = lanes_.find(peer);
    base::invariant(found != lanes_.end() && found->second.running != 0);
    --found->second.running;
    --running_;
    auto& paid_at = found->second.paid_at;
    paid_at = std::max(paid_at, now) + cost * limits_.share;
}

void RequestQueue::forget(const PeerId& peer)
{
    const auto found = lanes_.find(peer);
    if (found == lanes_.end())
        return;
    for (const auto& item : std::exchange(found->second.waiting, {}))
        take_out(found->second, item);
}

std::vector<RequestId> RequestQueue::expired(Time now)
{
    std::vector<RequestId> late;
    for (auto& [peer, lane] : lanes_)
        while (!lane.waiting.empty() && now - lane.waiting.front().since >= limits_.wait_max)
        {
            late.push_back(lane.waiting.front().request.id);
            take_out(lane, lane.waiting.front());
            lane.waiting.pop_front();
        }
    return late;
}

} // namespace libp2p
