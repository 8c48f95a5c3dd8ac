#pragma once

#include "libp2p/kad.hpp"
#include "libp2p/testing/pair.hpp"

#include <functional>
#include <memory>
#include <queue>

namespace libp2p::testing {

/// Kademlia machines joined by a network of 10 ms, without connections' own machinery: one seed, one history.
struct KadWorld
{
    static constexpr Time kLatency = std::chrono::milliseconds(10);
    static constexpr Time kDialWait = std::chrono::seconds(5); ///< until a dial to nobody has failed

    struct Member
    {
        Member(uint32_t number, KadRules rules, KadLimits limits)
            : entropy(uint8_t(number)), id(id_of(number)), address(address_of(number)),
              kad(id, entropy, {.allow_local = true}, std::move(rules), limits)
        {
        }
        static PeerId id_of(uint32_t number)
        {
            PeerId peer;
            peer.key[0] = uint8_t(number);
            peer.key[1] = uint8_t(number >> 8);
            peer.key[2] = 0x51;
            return peer;
        }
        static Multiaddr address_of(uint32_t number)
        {
            return address_of_socket(Bytes{10, uint8_t(number >> 8), uint8_t(number), 1}, 30333);
        }
        SeededEntropy entropy;
        PeerId id;
        Multiaddr address;
        Kad kad;
        std::set<PeerId> peers;
        std::vector<KadEffect> results;
        std::vector<KadContact> learned;
        size_t junk = 0, asked = 0;
        /// In place of the machine's own answers.
        std::function<std::optional<Bytes>(const PeerId&, ByteView)> answers = {};
    };

    Member& add(uint32_t number, KadRules rules = {}, KadLimits limits = {})
    {
        auto member = std::make_unique<Member>(number, std::move(rules), limits);
        member->kad.set_addresses({member->address});
        const auto id = member->id;
        return *members.emplace(id, std::move(member)).first->second;
    }
    void connect(Member& a, Member& b)
    {
        if (&a == &b || a.peers.contains(b.id))
            return;
        for (auto* each : {&a, &b})
        {
            auto& other = each == &a ? b : a;
            each->peers.insert(other.id);
            each->kad.connected(other.id, now);
            each->kad.identified(other.id, {other.address.bytes()}, true, now);
        }
        settle();
    }
    void leave(const PeerId& id)
    {
        members.erase(id);
        for (auto& [other, member] : members)
            if (member->peers.erase(id) != 0)
                member->kad.disconnected(id);
    }
    void settle()
    {
        for (auto& [id, member] : members)
            while (auto effect = member->kad.next_effect())
                std::visit([&](auto& what) { on(*member, what); }, *effect);
    }
    void run(Time time)
    {
        const auto end = now + time;
        while (now < end)
        {
            auto next = end;
            if (!letters.empty())
                next = std::min(next, letters.top().at);
            for (const auto& [id, member] : members)
                next = std::min(next, std::max(now, member->kad.deadline()));
            now = std::max(next, now);
            while (!letters.empty() && letters.top().at <= now)
            {
                const auto letter = letters.top();
                letters.pop();
                letter.deliver();
            }
            for (auto& [id, member] : members)
                if (member->kad.deadline() <= now)
                    member->kad.tick(now);
            settle();
        }
    }
    Member* find(const PeerId& id)
    {
        const auto found = members.find(id);
        return found == members.end() ? nullptr : found->second.get();
    }
    template <class E>
    std::optional<E> result(Member& of)
    {
        for (auto& each : of.results)
            if (auto* found = std::get_if<E>(&each))
                return *found;
        return std::nullopt;
    }
    /// The result of a query that has just begun.
    template <class E>
    std::optional<E> wait_for(Member& of, Time limit = std::chrono::seconds(90))
    {
        of.results.clear();
        for (const auto end = now + limit; now < end && !result<E>(of);)
            run(kLatency);
        return result<E>(of);
    }

    std::map<PeerId, std::unique_ptr<Member>> members;
    Time now{};

private:
    struct Letter
    {
        Time at;
        uint64_t number;
        std::function<void()> deliver;
        bool operator<(const Letter& other) const { return std::pair(at, number) > std::pair(other.at, other.number); }
    };
    void post(Time after, std::function<void()> what) { letters.push({now + after, ++posted, std::move(what)}); }

    void on(Member& from, const kad_effect::Ask& ask)
    {
        post(kLatency, [this, ask, asker = from.id] {
            auto* to = find(ask.peer);
            std::expected<Bytes, RequestFailure> result = std::unexpected(RequestFailure::disconnected);
            if (to != nullptr)
            {
                ++to->asked;
                const auto answer =
                    to->answers ? to->answers(asker, ask.message) : to->kad.request(asker, ask.message, now);
                result =
                    answer ? std::expected<Bytes, RequestFailure>(*answer) : std::unexpected(RequestFailure::refused);
            }
            post(kLatency, [this, asker, result, id = ask.id] {
                if (auto* member = find(asker))
                    member->kad.response(id, result, now);
            });
        });
    }
    void on(Member& from, const kad_effect::Reach& reach)
    {
        auto* to = find(reach.contact.peer);
        const auto& addresses = reach.contact.addresses;
        const bool there = to != nullptr && std::ranges::find(addresses, to->address) != addresses.end();
        post(there ? 2 * kLatency : kDialWait, [this, asker = from.id, peer = reach.contact.peer, there] {
            auto *a = find(asker), *b = find(peer);
            if (a != nullptr && b != nullptr && there)
                connect(*a, *b);
            else if (a != nullptr)
                a->kad.unreachable(peer, true, now);
        });
    }
    void on(Member& from, const kad_effect::Learned& learned) { from.learned.push_back(learned.contact); }
    void on(Member& from, const kad_effect::Junk&) { ++from.junk; }
    template <class Result>
    void on(Member& from, const Result& result)
    {
        from.results.emplace_back(result);
    }

    std::priority_queue<Letter> letters;
    uint64_t posted = 0;
};

} // namespace libp2p::testing
