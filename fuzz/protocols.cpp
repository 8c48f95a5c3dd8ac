// A message of Substrate's protocols, read as each of them: what is read writes and reads the same.
#include "canonical.hpp"

#include "protocols/gossip.hpp"
#include "protocols/light.hpp"
#include "protocols/sync.hpp"

namespace {

using base::invariant;
using protocols::ByteView;

/// A protobuf may spell the same in many ways; ours reads as what it was.
template <class T>
void survives(const std::optional<T>& read, std::optional<T> (*decode)(ByteView))
{
    if (!read)
        return;
    if constexpr (requires { read->encode(); })
        invariant(decode(read->encode()) == read);
    else
        invariant(decode(protocols::encode(*read)) == read);
}

void gossip(ByteView bytes)
{
    namespace grandpa = protocols::grandpa;
    fuzz::canonical<protocols::AnnouncesHandshake>(bytes);
    fuzz::canonical<protocols::BlockAnnounce>(bytes);
    fuzz::canonical<protocols::WarpProof>(bytes);
    fuzz::canonical<grandpa::Message>(bytes);
    if (const auto list = protocols::decode_transactions(bytes))
        invariant(list->size() <= protocols::kTransactionsMax && std::ranges::equal(scale::encode(*list), bytes));
    if (const auto message = scale::decode<grandpa::Message>(bytes))
        if (const auto* commit = message->get<grandpa::Commit>())
            if (const auto whole = grandpa::expand(commit->commit))
                invariant(grandpa::compact(*whole) == commit->commit);
    if (const auto begin = protocols::decode_warp_request(bytes))
        invariant(std::ranges::equal(protocols::encode_warp_request(*begin), bytes));
    (void)protocols::decode_role(bytes);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const ByteView bytes{data, size};
    gossip(bytes);
    survives(protocols::decode_block_request(bytes), protocols::decode_block_request);
    survives(protocols::decode_block_response(bytes), protocols::decode_block_response);
    survives(protocols::decode_light_request(bytes), protocols::decode_light_request);
    survives(protocols::decode_light_response(bytes), protocols::decode_light_response);
    survives(protocols::decode_state_request(bytes), protocols::decode_state_request);
    survives(protocols::decode_state_response(bytes), protocols::decode_state_response);
    return 0;
}
