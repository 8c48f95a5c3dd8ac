#include "rpc/hex.hpp"
#include "rpc/method.hpp"
#include "rpc/present.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace rpc {
namespace {

constexpr char kNewHead[] = "chain_newHead";
constexpr char kAllHead[] = "chain_allHead";
constexpr char kFinalizedHead[] = "chain_finalizedHead";

/// The blocks after `from` up to the best, where `from` is an ancestor that the view knows; else the best alone.
std::vector<HeadBlockPtr> route_to_best(const View& view, const Hash& from)
{
    std::vector<HeadBlockPtr> route;
    Hash wanted = view.best->hash;
    const auto walk = [&](const std::vector<HeadBlockPtr>& blocks) {
        for (auto at = blocks.rbegin(); at != blocks.rend() && wanted != from; ++at)
            if ((*at)->hash == wanted)
            {
                route.push_back(*at);
                wanted = (*at)->header.parent_hash;
            }
    };
    walk(view.open);
    walk(view.finalized);
    if (wanted != from)
        return {view.best};
    std::ranges::reverse(route);
    return route;
}

class NewHeads final : public Subscription
{
public:
    NewHeads() : Subscription(kNewHead) {}
    std::expected<void, Error> start(Session& session) override
    {
        on_view(session, session.view());
        return {};
    }
    void on_view(Session& session, const View& view) override
    {
        if (view.best->hash == last_)
            return;
        for (const auto& block : last_ ? route_to_best(view, *last_) : std::vector{view.best})
            session.notify(*this, present(block->header));
        last_ = view.best->hash;
    }

private:
    std::optional<Hash> last_;
};

class AllHeads final : public Subscription
{
public:
    AllHeads() : Subscription(kAllHead) {}
    std::expected<void, Error> start(Session& session) override
    {
        session.notify(*this, present(session.view().best->header));
        last_ = session.view().imported;
        return {};
    }
    void on_view(Session& session, const View& view) override
    {
        std::vector<HeadBlockPtr> fresh;
        for (const auto* blocks : {&view.finalized, &view.open})
            std::ranges::copy_if(*blocks, std::back_inserter(fresh), [&](const auto& b) { return b->order > last_; });
        std::ranges::sort(fresh, {}, [](const auto& block) { return block->order; });
        for (const auto& block : fresh)
            session.notify(*this, present(block->header));
        last_ = view.imported;
    }

private:
    uint64_t last_ = 0;
};

class FinalizedHeads final : public Subscription
{
public:
    FinalizedHeads() : Subscription(kFinalizedHead) {}
    std::expected<void, Error> start(Session& session) override
    {
        const auto& block = session.view().last_finalized();
        session.notify(*this, present(block.header));
        last_ = block.number();
        return {};
    }
    void on_view(Session& session, const View& view) override
    {
        for (const auto& block : view.finalized)
            if (block->number() > last_)
                session.notify(*this, present(block->header));
        last_ = view.last_finalized().number();
    }

private:
    BlockNumber last_ = 0;
};

template <class Kind>
Reply subscribe(Session& session, Params&)
{
    return session.open(std::make_unique<Kind>());
}

Reply get_header(Session& session, Params& params)
{
    const auto hash = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto header = session.backend().header(hash.value_or(session.best()));
    return header ? present(*header) : Json();
}

Reply get_block(Session& session, Params& params)
{
    const auto given = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto hash = given.value_or(session.best());
    const auto header = session.backend().header(hash);
    const auto body = header ? session.backend().body(hash) : std::nullopt;
    return body ? present_block(*header, *body, session.backend().justifications(hash)) : Json();
}

/// A number as JSON, or hexadecimal as some clients send it.
std::optional<uint64_t> as_number(const Json& value)
{
    if (value.is_number_unsigned())
        return value.get<uint64_t>();
    const auto* text = value.get_ptr<const std::string*>();
    if (!text || !text->starts_with("0x") || text->size() == 2 || text->size() > 2 + 16)
        return std::nullopt;
    const auto bytes = from_hex((text->size() % 2 == 0 ? "0x" : "0x0") + text->substr(2));
    if (!bytes)
        return std::nullopt;
    uint64_t number = 0;
    for (const auto byte : *bytes)
        number = number << 8 | byte;
    return number;
}

Reply hash_of_number(Session& session, const Json& value)
{
    const auto number = as_number(value);
    if (!number)
        return invalid_params("hash must be a block number, or a list of them");
    if (*number > std::numeric_limits<BlockNumber>::max())
        return refuse(code::kChain, "Client error: `" + std::to_string(*number) + "` > u32::MAX, the max block number");
    const auto hash = session.backend().block_hash(BlockNumber(*number));
    return hash ? Json(hex(*hash)) : Json();
}

Reply get_block_hash(Session& session, Params& params)
{
    const auto& value = params.any("hash");
    if (value.is_null())
        return hex(session.best());
    if (!value.is_array())
        return hash_of_number(session, value);
    if (value.size() > kListMax)
        return invalid_params("hash must be a list of at most " + std::to_string(kListMax) + " numbers");
    auto hashes = Json::array();
    for (const auto& item : value)
    {
        auto hash = hash_of_number(session, item);
        if (!hash)
            return hash;
        hashes.push_back(std::move(*hash));
    }
    return hashes;
}

Reply get_finalized_head(Session& session, Params&) { return hex(session.view().last_finalized().hash); }

using enum Method::Needs;
constexpr auto kMethods = std::to_array<Method>({
    {"chain_getHeader", get_header},
    {"chain_getBlock", get_block},
    {"chain_getBlockHash", get_block_hash},
    {"chain_getHead", get_block_hash},
    {"chain_getFinalizedHead", get_finalized_head},
    {"chain_getFinalisedHead", get_finalized_head},
    {"chain_subscribeAllHeads", subscribe<AllHeads>, socket},
    {"chain_unsubscribeAllHeads", unsubscribe<kAllHead>, socket},
    {"chain_subscribeNewHeads", subscribe<NewHeads>, socket},
    {"chain_unsubscribeNewHeads", unsubscribe<kNewHead>, socket},
    {"chain_subscribeNewHead", subscribe<NewHeads>, socket},
    {"chain_unsubscribeNewHead", unsubscribe<kNewHead>, socket},
    {"subscribe_newHead", subscribe<NewHeads>, socket},
    {"unsubscribe_newHead", unsubscribe<kNewHead>, socket},
    {"chain_subscribeFinalizedHeads", subscribe<FinalizedHeads>, socket},
    {"chain_unsubscribeFinalizedHeads", unsubscribe<kFinalizedHead>, socket},
    {"chain_subscribeFinalisedHeads", subscribe<FinalizedHeads>, socket},
    {"chain_unsubscribeFinalisedHeads", unsubscribe<kFinalizedHead>, socket},
});

} // namespace

std::span<const Method> chain_methods() { return kMethods; }

} // namespace rpc
