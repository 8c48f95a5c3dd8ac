#include "rpc/present.hpp"

#include "primitives/ss58.hpp"
#include "rpc/hex.hpp"

namespace rpc {
namespace {

Json numbers(ByteView bytes)
{
    auto list = Json::array();
    for (const auto byte : bytes)
        list.push_back(byte);
    return list;
}

Json present_round(const RoundState& round)
{
    const auto votes = [](const RoundState::Votes& votes) {
        auto missing = Json::array();
        for (const auto& voter : votes.missing)
            missing.push_back(primitives::ss58::encode(ByteView{voter.bytes}));
        return Json{{"currentWeight", votes.weight}, {"missing", std::move(missing)}};
    };
    return Json{{"round", round.round},
                {"totalWeight", round.total_weight},
                {"thresholdWeight", round.threshold_weight},
                {"prevotes", votes(round.prevotes)},
                {"precommits", votes(round.precommits)}};
}

Json numbers_of(const RuntimeVersion& version)
{
    return Json{{"specName", version.spec_name},
                {"implName", version.impl_name},
                {"authoringVersion", version.authoring_version},
                {"specVersion", version.spec_version},
                {"implVersion", version.impl_version},
                {"transactionVersion", version.transaction_version},
                {"stateVersion", version.state_version},
                {"systemVersion", version.state_version}};
}

} // namespace

Json present_bytes(const std::optional<Bytes>& bytes) { return bytes ? Json(hex(*bytes)) : Json(nullptr); }

Json present_list(const std::vector<Bytes>& list)
{
    auto items = Json::array();
    for (const auto& bytes : list)
        items.push_back(hex(bytes));
    return items;
}

Bytes with_length(ByteView extrinsic)
{
    scale::Writer writer{extrinsic.size() + 4};
    scale::encode(extrinsic, writer);
    return writer.take();
}

std::optional<Bytes> without_length(ByteView encoded)
{
    auto bytes = scale::decode<Bytes>(encoded);
    if (!bytes)
        return std::nullopt;
    return std::move(*bytes);
}

Json present(const Header& header)
{
    auto logs = Json::array();
    for (const auto& item : header.digest.logs)
        logs.push_back(hex(scale::encode(item)));
    return Json{{"parentHash", hex(header.parent_hash)},
                {"number", hex_number(BlockNumber{header.number})},
                {"stateRoot", hex(header.state_root)},
                {"extrinsicsRoot", hex(header.extrinsics_root)},
                {"digest", {{"logs", std::move(logs)}}}};
}

Json present_block(const Header& header, const std::vector<Bytes>& body, const primitives::Justifications& proofs)
{
    auto extrinsics = Json::array();
    for (const auto& extrinsic : body)
        extrinsics.push_back(hex(with_length(extrinsic)));
    Json justifications;
    for (const auto& proof : proofs)
        justifications.push_back(Json::array({numbers(proof.engine), numbers(proof.data)}));
    return Json{{"block", {{"header", present(header)}, {"extrinsics", std::move(extrinsics)}}},
                {"justifications", std::move(justifications)}};
}

Json present(const RuntimeVersion& version)
{
    auto apis = Json::array();
    for (const auto& api : version.apis)
        apis.push_back(Json::array({hex(api.id), api.version}));
    auto object = numbers_of(version);
    object["apis"] = std::move(apis);
    return object;
}

Json present_spec(const RuntimeVersion& version)
{
    auto apis = Json::object();
    for (const auto& api : version.apis)
        apis[hex(api.id)] = api.version;
    auto object = numbers_of(version);
    object["apis"] = std::move(apis);
    return object;
}

Json present(const RoundStates& states)
{
    auto background = Json::array();
    for (const auto& round : states.background)
        background.push_back(present_round(round));
    return Json{{"setId", states.set_id}, {"best", present_round(states.best)}, {"background", std::move(background)}};
}

} // namespace rpc
