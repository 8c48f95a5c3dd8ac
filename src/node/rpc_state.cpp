#include "node/rpc_backend.hpp"

#include "trie/child.hpp"
#include "trie/read.hpp"

/// What the server asks about states: values, proofs, calls.
namespace node {
namespace {

executor::Child view(const rpc::Backend::Child& child)
{
    return child ? executor::Child(rpc::ByteView(*child)) : std::nullopt;
}

bool begins(rpc::ByteView key, rpc::ByteView prefix)
{
    return key.size() >= prefix.size() && std::ranges::equal(key.first(prefix.size()), prefix);
}

} // namespace

/// Why the ledger gave no answer about the state of a block.
rpc::Failure RpcBackend::failure(const rpc::Hash& at, const ledger::Failure& why) const
{
    using Why = rpc::Failure::Why;
    const auto header = parts_.ledger.header(at);
    if (!header)
        return {Why::unknown_block, "no block has that hash"};
    if (!parts_.ledger.has_state(at))
        return {Why::state_pruned, "the state of block " + std::to_string(header->number.value) +
                                       " is not kept any more: ask a node with --state-pruning archive"};
    return {Why::runtime, why.words};
}

bool RpcBackend::pin(const rpc::Hash& block) { return parts_.ledger.pin(block); }

rpc::Answer<std::optional<rpc::Bytes>> RpcBackend::storage(const rpc::Hash& at, const Child& child, rpc::ByteView key)
{
    auto value = parts_.ledger.value(at, view(child), key);
    if (!value)
        return std::unexpected(failure(at, value.error()));
    return std::move(*value);
}

rpc::Answer<std::vector<rpc::Bytes>> RpcBackend::keys(const rpc::Hash& at, const Child& child, rpc::ByteView prefix,
                                                      const std::optional<rpc::Bytes>& after, size_t limit)
{
    std::vector<rpc::Bytes> keys;
    const auto add_next = [&](rpc::ByteView key) -> rpc::Answer<bool> {
        auto next = parts_.ledger.next_key(at, view(child), key);
        if (!next)
            return std::unexpected(failure(at, next.error()));
        if (!*next || !begins(**next, prefix))
            return false;
        keys.push_back(std::move(**next));
        return true;
    };
    rpc::Bytes last(prefix.begin(), prefix.end());
    if (after && *after >= last)
        last = *after;
    else
    {
        // The prefix may be a key itself.
        const auto held = storage(at, child, prefix);
        if (!held)
            return std::unexpected(held.error());
        if (*held)
            keys.push_back(last);
    }
    while (keys.size() < limit)
    {
        const auto more = add_next(last);
        if (!more)
            return std::unexpected(more.error());
        if (!*more)
            break;
        last = keys.back();
    }
    if (keys.size() > limit)
        keys.resize(limit);
    return keys;
}

rpc::Answer<std::vector<rpc::Bytes>> RpcBackend::read_proof(const rpc::Hash& at, const Child& child,
                                                            std::span<const rpc::Bytes> keys)
{
    auto nodes = parts_.ledger.prove_values(at, view(child), keys, kRpcProofMax);
    if (!nodes)
        return std::unexpected(failure(at, nodes.error()));
    std::vector<rpc::Bytes> proof;
    for (const auto& node : *nodes)
        proof.emplace_back(node->begin(), node->end());
    return proof;
}

rpc::Answer<std::optional<rpc::Bytes>> RpcBackend::closest_merkle_value(const rpc::Hash& at, const Child& child,
                                                                        rpc::ByteView key)
{
    const auto header = parts_.ledger.header(at);
    if (!header)
        return std::unexpected(failure(at, {}));
    auto root = header->state_root;
    if (child)
    {
        const auto held = storage(at, {}, trie::child_key(*child));
        if (!held)
            return std::unexpected(held.error());
        if (!*held || (*held)->size() != root.size())
            return std::nullopt;
        std::ranges::copy(**held, root.begin());
    }
    auto value = trie::merkle_value(parts_.ledger.store().nodes(), root, key);
    if (!value)
        return std::unexpected(failure(at, {"a node of the state is missing"}));
    return std::move(*value);
}

rpc::Answer<rpc::Bytes> RpcBackend::call(const rpc::Hash& at, std::string_view function, rpc::ByteView arguments,
                                         rpc::CallContext context)
{
    const executor::CallOptions limits{.ticks = kRpcTicks};
    host::Surroundings with_keys;
    with_keys.keystore = &parts_.keystore;
    auto result = context == rpc::CallContext::keystore ? parts_.ledger.call(at, function, arguments, with_keys, limits)
                                                        : parts_.ledger.call(at, function, arguments, limits);
    if (!result)
        return std::unexpected(failure(at, result.error()));
    return std::move(*result);
}

rpc::Answer<rpc::RuntimeVersion> RpcBackend::runtime_version(const rpc::Hash& at)
{
    auto version = parts_.ledger.version(at);
    if (!version)
        return std::unexpected(failure(at, version.error()));
    return std::move(*version);
}

} // namespace node
