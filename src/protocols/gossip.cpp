#include "protocols/gossip.hpp"

namespace protocols {

Bytes encode_role(Role role) { return {uint8_t(role)}; }

std::optional<Role> decode_role(ByteView handshake)
{
    if (handshake.size() != 1)
        return std::nullopt;
    switch (handshake[0])
    {
    case 1:
        return Role::full;
    case 2:
        return Role::light;
    case 4:
    case 5:
        return Role::authority;
    default:
        return std::nullopt;
    }
}

std::optional<Transactions> decode_transactions(ByteView message)
{
    scale::Reader reader{message};
    const auto count = scale::decode<scale::Compact<uint32_t>>(reader);
    if (!count || count->value > kTransactionsMax) // before anything is allocated
        return std::nullopt;
    auto list = scale::decode<Transactions>(message);
    if (!list)
        return std::nullopt;
    return std::move(*list);
}

namespace grandpa {

std::optional<primitives::grandpa::Commit> expand(const CompactCommit& commit)
{
    if (commit.precommits.size() != commit.auth_data.size())
        return std::nullopt;
    primitives::grandpa::Commit whole{commit.target_hash, commit.target_number, {}};
    for (size_t i = 0; i != commit.precommits.size(); ++i)
        whole.precommits.push_back({commit.precommits[i], commit.auth_data[i].first, commit.auth_data[i].second});
    return whole;
}

CompactCommit compact(const primitives::grandpa::Commit& commit)
{
    CompactCommit small{commit.target_hash, commit.target_number, {}, {}};
    for (const auto& [precommit, signature, id] : commit.precommits)
    {
        small.precommits.push_back(precommit);
        small.auth_data.emplace_back(signature, id);
    }
    return small;
}

} // namespace grandpa

} // namespace protocols
