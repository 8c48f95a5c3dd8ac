#include "primitives/ss58.hpp"
#include "rpc/hex.hpp"
#include "rpc/method.hpp"
#include "rpc/present.hpp"

#include <array>
#include <limits>

namespace rpc {
namespace {

constexpr char kJustifications[] = "grandpa_justifications";

class Justifications final : public Subscription
{
public:
    Justifications() : Subscription(kJustifications) {}
    std::expected<void, Error> start(Session&) override { return {}; }
    void on_justified(Session& session, const Bytes& justification) override
    {
        session.notify(*this, hex(justification));
    }
};

Reply subscribe_justifications(Session& session, Params&) { return session.open(std::make_unique<Justifications>()); }

Reply round_state(Session& session, Params&)
{
    const auto states = session.backend().round_state();
    return states ? Reply{present(*states)} : refuse(code::kGrandpaNotReady, "GRANDPA RPC endpoint not ready");
}

Reply prove_finality(Session& session, Params& params)
{
    const auto number = params.number("block", std::numeric_limits<BlockNumber>::max());
    if (params.failed())
        return params.error();
    const auto proof = session.backend().prove_finality(BlockNumber(number));
    return proof ? Reply{present_bytes(*proof)} : refuse(code::kInternal, proof.error());
}

Reply epoch_authorship(Session& session, Params&)
{
    const auto slots = session.backend().epoch_authorship();
    if (!slots)
        return refuse(code::kInternal, slots.error());
    auto object = Json::object();
    for (const auto& key : *slots)
        object[primitives::ss58::encode(ByteView{key.authority.bytes})] =
            Json{{"primary", key.primary}, {"secondary", key.secondary}, {"secondary_vrf", key.secondary_vrf}};
    return object;
}

using enum Method::Needs;
constexpr auto kMethods = std::to_array<Method>({
    {"grandpa_roundState", round_state},
    {"grandpa_proveFinality", prove_finality},
    {"grandpa_subscribeJustifications", subscribe_justifications, socket},
    {"grandpa_unsubscribeJustifications", unsubscribe<kJustifications>, socket},
    {"babe_epochAuthorship", epoch_authorship, trust},
});

} // namespace

std::span<const Method> consensus_methods() { return kMethods; }

} // namespace rpc
