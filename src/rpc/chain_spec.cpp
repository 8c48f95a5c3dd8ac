#include "rpc/hex.hpp"
#include "rpc/method.hpp"

#include <array>

namespace rpc {
namespace {

Reply chain_name(Session& session, Params&) { return session.hub().identity().chain; }
Reply genesis_hash(Session& session, Params&) { return hex(session.hub().identity().genesis); }
Reply properties(Session& session, Params&) { return session.hub().properties(); }

constexpr auto kMethods = std::to_array<Method>({
    {"chainSpec_v1_chainName", chain_name},
    {"chainSpec_v1_genesisHash", genesis_hash},
    {"chainSpec_v1_properties", properties},
});

} // namespace

std::span<const Method> chain_spec_methods() { return kMethods; }

} // namespace rpc
