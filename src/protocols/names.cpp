#include "protocols/names.hpp"

#include "base/hex.hpp"
#include "base/invariant.hpp"

namespace protocols {
namespace {

std::string_view suffix(Name name)
{
    switch (name)
    {
    case Name::block_announces:
        return "/block-announces/1";
    case Name::transactions:
        return "/transactions/1";
    case Name::grandpa:
        return "/grandpa/1";
    case Name::sync:
        return "/sync/2";
    case Name::warp_sync:
        return "/sync/warp";
    case Name::light:
        return "/light/2";
    case Name::state:
        return "/state/2";
    }
    base::invariant(false);
    return {};
}

std::string chain_name(const Hash& genesis, std::string_view fork_id)
{
    auto text = "/" + base::hex(genesis);
    if (!fork_id.empty())
        text.append("/").append(fork_id);
    return text;
}

} // namespace

std::string kad_name(const Hash& genesis, std::string_view fork_id) { return chain_name(genesis, fork_id) + "/kad"; }

libp2p::Protocol protocol(Name name, const Hash& genesis, std::string_view fork_id)
{
    auto text = chain_name(genesis, fork_id);
    text += suffix(name);
    const bool notifications = name <= Name::grandpa;
    libp2p::Protocol result{.name = std::move(text),
                            .kind =
                                notifications ? libp2p::ProtocolKind::notifications : libp2p::ProtocolKind::requests};
    if (name == Name::sync || name == Name::warp_sync)
        result.message_max = 1024; // a hash, a number and a few flags
    return result;
}

} // namespace protocols
