#pragma once

#include "rpc/backend.hpp"

#include <variant>

/// What the node tells the server, in the order in which it happens.
namespace rpc {

/// A new best block, imported before.
struct BestChanged
{
    Hash hash{};
};

/// A block and all its ancestors are final; blocks that do not descend from it are gone.
struct Finalized
{
    Hash hash{};
};

/// A GRANDPA justification of a finalised block, encoded.
struct Justified
{
    Bytes justification;
};

/// What became of a transaction of the pool.
struct PoolEvent
{
    enum class What : uint8_t
    {
        future, ///< waits for others
        ready,
        broadcast,        ///< sent to `peers`
        in_block,         ///< in `block` of the best chain, at `index` of its body
        retracted,        ///< `block` is no longer on the best chain
        finality_timeout, ///< `block` was not finalised for too long; last event
        finalized,        ///< with `block`, at `index`; last event
        usurped,          ///< replaced by the transaction `block`; last event
        dropped,          ///< no room for it; last event
        invalid,          ///< last event
    };
    Hash transaction{};
    What what{};
    Hash block{};
    uint32_t index = 0;
    std::vector<std::string> peers;
};

/// Whether no event about the transaction follows.
constexpr bool is_last(PoolEvent::What what) { return what >= PoolEvent::What::finality_timeout; }

using Event = std::variant<Imported, BestChanged, Finalized, Justified, PoolEvent>;

} // namespace rpc
