#pragma once

#include "rpc/session.hpp"

#include <span>

namespace rpc {

/// A method as clients name it.
struct Method
{
    enum class Needs : uint8_t
    {
        nothing,
        socket, ///< notifications follow, so not over HTTP
        trust,  ///< changes the node, or costs much: refused unless Access::unsafe
    };
    std::string_view name;
    Reply (*run)(Session&, Params&);
    Needs needs = Needs::nothing;
};

// By group, each in its own file.
std::span<const Method> system_methods();
std::span<const Method> chain_methods();
std::span<const Method> state_methods();
std::span<const Method> child_state_methods();
std::span<const Method> author_methods();
std::span<const Method> payment_methods();
std::span<const Method> consensus_methods(); ///< babe, grandpa
std::span<const Method> offchain_methods();
std::span<const Method> chain_spec_methods();
std::span<const Method> chain_head_methods();
std::span<const Method> archive_methods();
std::span<const Method> transaction_methods();

/// Null when there is none.
const Method* find_method(std::string_view name);
/// All names, sorted.
const std::vector<std::string_view>& method_names();

/// Ends the subscription of kind `event` that the first parameter names: the body of all legacy unsubscribe methods.
template <const char* event>
Reply unsubscribe(Session& session, Params& params)
{
    const auto id = params.text("subscription");
    if (params.failed())
        return params.error();
    return session.close(event, id);
}

} // namespace rpc
