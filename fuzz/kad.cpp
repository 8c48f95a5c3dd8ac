// A Kademlia message, read alone, and as request and answer of a node: what is read writes and reads the same, and
// whatever a peer says, queries end and the bounds hold.
#include "libp2p/kad.hpp"

#include "base/invariant.hpp"
#include "crypto/random.hpp"

#include <algorithm>

namespace {

using base::invariant;
using libp2p::ByteView;
using libp2p::Kad;
using libp2p::PeerId;

class Zeroes final : public crypto::Entropy
{
public:
    void fill(std::span<uint8_t> out, std::string_view) override { std::ranges::fill(out, uint8_t(1)); }
};

PeerId peer(uint8_t number)
{
    PeerId id;
    id.key[0] = number;
    return id;
}

/// Messages only shrink on the way: what does not fit the bound is left out at the end of the lists.
void survives(ByteView bytes)
{
    const auto message = libp2p::decode_kad(bytes);
    if (!message)
        return;
    const auto again = message->encode();
    invariant(again.size() <= libp2p::kKadMessageMax);
    const auto read = libp2p::decode_kad(again);
    invariant(read && read->type == message->type && read->key == message->key && read->record == message->record);
    invariant(read->closer.size() <= message->closer.size() && read->providers.size() <= message->providers.size());
    for (size_t i = 0; i != read->closer.size(); ++i)
        invariant(read->closer[i] == message->closer[i]);
    const auto stable = libp2p::decode_kad(read->encode());
    invariant(stable == read);
}

/// Answers every question with the input.
void converse(ByteView bytes)
{
    Zeroes entropy;
    libp2p::KadRules rules;
    rules.valid = [](ByteView, ByteView) { return true; };
    Kad kad(peer(0), entropy, {.allow_local = true}, rules, {.query = {.asked_max = 6, .candidates_max = 12}});
    kad.set_walking(false); // small and short, so that many inputs are tried
    libp2p::Time now{};
    const auto address = libp2p::address_of_text("/ip4/10.0.0.1/tcp/1")->bytes();
    kad.connected(peer(1), now);
    kad.identified(peer(1), {address}, true, now);
    (void)kad.request(peer(1), bytes, now);
    invariant(kad.records().size() <= 1 && kad.providers().keys() <= 1);
    kad.get_value({1}, 2, now);
    kad.find_providers({1}, 2, now);
    for (int step = 0; step != 10; ++step, now += std::chrono::seconds(8))
    {
        kad.tick(now);
        while (const auto effect = kad.next_effect())
        {
            if (const auto* ask = std::get_if<libp2p::kad_effect::Ask>(&*effect))
                kad.response(ask->id, libp2p::Bytes(bytes.begin(), bytes.end()), now);
            else if (const auto* reach = std::get_if<libp2p::kad_effect::Reach>(&*effect))
                kad.connected(reach->contact.peer, now);
        }
    }
    kad.tick(now);
    invariant(kad.queries() == 0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const ByteView bytes{data, size};
    survives(bytes);
    converse(bytes);
    return 0;
}
