#pragma once

#include "libp2p/connection.hpp"

#include <algorithm>

/// Doubles and helpers of the libp2p tests.
namespace libp2p::testing {

inline Bytes from_hex(std::string_view hex)
{
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    Bytes out;
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        out.push_back(uint8_t(digit(hex[i]) << 4 | digit(hex[i + 1])));
    return out;
}

inline Key32 key_of_hex(std::string_view hex)
{
    Key32 key;
    std::ranges::copy(from_hex(hex), key.begin());
    return key;
}

inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

/// Replays one seed.
class SeededEntropy final : public crypto::Entropy
{
public:
    explicit SeededEntropy(uint32_t seed) : stream_({uint8_t(seed), uint8_t(seed >> 8)}, "libp2p test") {}
    void fill(std::span<uint8_t> out, std::string_view) override
    {
        for (auto& byte : out)
            byte = uint8_t(stream_.word());
    }

private:
    crypto::SeedStream stream_;
};

/// Bytes that do not repeat soon.
inline Bytes pattern(size_t size, uint32_t seed = 1)
{
    Bytes out(size);
    for (auto& byte : out)
        byte = uint8_t((seed = seed * 1664525 + 1013904223) >> 24);
    return out;
}

/// A node of the test network: an identity and its host.
struct Node
{
    explicit Node(uint8_t seed, std::vector<Protocol> protocols = {}, Waits waits = {})
        : entropy(seed), identity(entropy),
          host{.identity = identity, .entropy = entropy, .protocols = std::move(protocols), .self = {}, .waits = waits}
    {
        host.self.agent_version = "test/" + std::to_string(seed);
    }
    SeededEntropy entropy;
    Identity identity;
    Host host;
};

/// Two connections, joined by a wire that cuts what it carries into pieces of `chunk` bytes.
struct Pair
{
    Pair(const Node& a, const Node& b, size_t chunk_size = 65536)
        : dialer(Role::dialer, a.host, b.identity.peer_id(), {}, Time{}),
          listener(Role::listener, b.host, std::nullopt, {}, Time{}), chunk(chunk_size)
    {
    }

    static bool carry(Connection& from, Connection& to, size_t chunk, Time now)
    {
        const auto bytes = from.take_output();
        for (ByteView rest(bytes); !rest.empty();)
        {
            const auto piece = rest.first(std::min(rest.size(), chunk));
            to.receive(piece, now);
            rest = rest.subspan(piece.size());
        }
        return !bytes.empty();
    }
    /// Until nothing moves.
    void run()
    {
        while (carry(dialer, listener, chunk, now) | carry(listener, dialer, chunk, now))
            ;
    }
    void wait(Time time)
    {
        now += time;
        dialer.tick(now);
        listener.tick(now);
        run();
    }

    Connection dialer, listener;
    size_t chunk;
    Time now{};
};

/// The next event of kind E, skipping others.
template <class E>
std::optional<E> next(Connection& connection)
{
    while (auto event = connection.next_event())
        if (auto* found = std::get_if<E>(&*event))
            return std::move(*found);
    return std::nullopt;
}

} // namespace libp2p::testing
