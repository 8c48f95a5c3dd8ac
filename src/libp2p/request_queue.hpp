#pragma once

#include "libp2p/swarm.hpp"

#include <functional>

namespace libp2p {

/// What all peers and each of them may have waiting and under way.
struct QueueLimits
{
    size_t waiting_max = 256;        ///< requests
    size_t waiting_of_peer_max = 16; ///< requests
    size_t waiting_bytes_max = 32 << 20;
    size_t waiting_bytes_of_peer_max = 16 << 20;
    size_t running_max = 2;                   ///< as many as there are workers
    size_t running_of_peer_max = 1;           ///< so that none holds all workers
    size_t peers_max = 1024;                  ///< remembered
    Time wait_max = std::chrono::seconds(15); ///< then the asker has gone, or soon will [Substrate: 20 s]
    Time burst = std::chrono::seconds(4);     ///< of work that a peer may have at once
    uint32_t share = 2;                       ///< over time, a peer's work may take 1/share of a worker
};

/// Requests that wait for a worker, whose turn it is, and what each peer has cost.
///
/// Turns go round the peers, not the requests. A peer's work is charged as time; one that is `burst` ahead of its share
/// waits until the share has caught up. When too much waits, requests or bytes, who has the most of it loses its
/// newest.
///
/// Caller  done() once for each request that next() gave; refuses at the peer what push() and expired() return
/// Bounds  QueueLimits
/// Source  the generic cell rate algorithm (ITU-T I.371, Annex A), with time as the unit
class RequestQueue
{
public:
    using Request = swarm_event::Request;

    /// Requests of one peer that are remembered, to notice repeats.
    static constexpr size_t kRecentMax = 32;

    explicit RequestQueue(QueueLimits limits = {}) : limits_(limits) {}

    struct Pushed
    {
        std::vector<RequestId> refused; ///< this one, or those that made room for it
        size_t repeats = 0;             ///< how many of the peer's last kRecentMax were the same
    };
    Pushed push(Request request, Time now);

    /// The next one to work on, of a peer that `reads` what it was sent; nothing while all must wait.
    std::optional<Request> next(Time now, const std::function<bool(const PeerId&)>& reads);

    /// Work on a request of the peer is over. `cost`: the time it took, and what its answer's bytes take.
    void done(const PeerId& peer, Time cost, Time now);

    /// Drops what waits of a peer that is gone; its debt stays.
    void forget(const PeerId& peer);

    /// Takes out what has waited for wait_max.
    std::vector<RequestId> expired(Time now);

    size_t waiting() const { return waiting_; }
    size_t running() const { return running_; }

private:
    struct Item
    {
        Request request;
        Time since;
    };
    struct Lane
    {
        std::deque<Item> waiting;
        size_t bytes = 0;          ///< that wait
        std::deque<size_t> recent; ///< hashes
        size_t running = 0;
        Time paid_at{}; ///< when its share has paid for its work so far
    };
    using Lanes = std::map<PeerId, Lane>;

    bool spare(const Lane& lane, Time now) const;
    bool room_for(const PeerId& peer, Time now);
    std::optional<RequestId> give_up_one(const PeerId& newcomer, size_t bytes);
    size_t count_repeats(Lane& lane, const Request& request) const;
    void take_out(Lane& lane, const Item& item);

    QueueLimits limits_;
    Lanes lanes_;
    PeerId turn_; ///< who had the last one
    size_t waiting_ = 0, bytes_ = 0, running_ = 0;
};

} // namespace libp2p
