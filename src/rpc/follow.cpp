#include "rpc/follow.hpp"

#include "rpc/hex.hpp"
#include "rpc/present.hpp"

#include <algorithm>

namespace rpc {
namespace {

Json runtime_event(const RuntimeVersion& version) { return Json{{"type", "valid"}, {"spec", present_spec(version)}}; }

Json runtime_event(const Answer<RuntimeVersion>& version)
{
    return version ? runtime_event(*version) : Json{{"type", "invalid"}, {"error", version.error().text}};
}

} // namespace

std::expected<void, Error> Follow::start(Session& session)
{
    const auto& view = session.view();
    std::vector<Hash> finalized;
    for (auto at = view.finalized.rbegin(); at != view.finalized.rend() && finalized.size() != kFirstFinalized; ++at)
    {
        if (!session.backend().pin((*at)->hash))
            break; // so are the older ones
        pinned_.insert((*at)->hash);
        finalized.push_back((*at)->hash);
    }
    if (finalized.empty())
    {
        halt(session);
        return {};
    }
    std::ranges::reverse(finalized);
    auto hashes = Json::array();
    for (const auto& hash : finalized)
        hashes.push_back(hex(hash));
    Json event{{"event", "initialized"}, {"finalizedBlockHashes", std::move(hashes)}};
    if (with_runtime_)
        event["finalizedBlockRuntime"] = runtime_event(session.backend().runtime_version(finalized.back()));
    session.notify(*this, std::move(event));
    last_finalized_ = finalized.back();
    for (const auto& block : view.open)
        if (!announce(session, *block))
            return {};
    last_order_ = view.imported;
    last_best_ = view.best->hash;
    session.notify(*this, Json{{"event", "bestBlockChanged"}, {"bestBlockHash", hex(last_best_)}});
    return {};
}

/// False when the block has gone already, and with it the subscription.
bool Follow::announce(Session& session, const HeadBlock& block)
{
    if (!session.backend().pin(block.hash))
    {
        halt(session);
        return false;
    }
    pinned_.insert(block.hash);
    open_.insert(block.hash);
    Json event{
        {"event", "newBlock"}, {"blockHash", hex(block.hash)}, {"parentBlockHash", hex(block.header.parent_hash)}};
    if (with_runtime_)
        event["newRuntime"] = block.new_runtime ? runtime_event(*block.new_runtime) : Json();
    session.notify(*this, std::move(event));
    return true;
}

void Follow::on_view(Session& session, const View& view)
{
    if (done())
        return;
    const auto known =
        std::ranges::find(view.finalized, last_finalized_, [](const auto& block) { return block->hash; });
    if (known == view.finalized.end())
        return halt(session); // a gap: too far behind, or the chain jumped
    const auto from = size_t(known - view.finalized.begin()) + 1;

    std::vector<HeadBlockPtr> fresh;
    for (const auto* blocks : {&view.finalized, &view.open})
        std::ranges::copy_if(*blocks, std::back_inserter(fresh),
                             [&](const auto& block) { return block->order > last_order_; });
    std::ranges::sort(fresh, {}, [](const auto& block) { return block->order; });
    for (const auto& block : fresh)
        if (!announce(session, *block))
            return;
    last_order_ = view.imported;

    if (view.best->hash != last_best_)
    {
        last_best_ = view.best->hash;
        session.notify(*this, Json{{"event", "bestBlockChanged"}, {"bestBlockHash", hex(last_best_)}});
    }
    if (from != view.finalized.size())
        report_finalized(session, view, from);
}

void Follow::report_finalized(Session& session, const View& view, size_t from)
{
    auto finalized = Json::array(), pruned = Json::array();
    for (auto i = from; i != view.finalized.size(); ++i)
    {
        finalized.push_back(hex(view.finalized[i]->hash));
        open_.erase(view.finalized[i]->hash);
    }
    last_finalized_ = view.last_finalized().hash;
    std::set<Hash> still_open;
    for (const auto& block : view.open)
        still_open.insert(block->hash);
    std::erase_if(open_, [&](const Hash& hash) {
        if (still_open.contains(hash))
            return false;
        pruned.push_back(hex(hash));
        return true;
    });
    session.notify(*this, Json{{"event", "finalized"},
                               {"finalizedBlockHashes", std::move(finalized)},
                               {"prunedBlockHashes", std::move(pruned)}});
    const auto open_pinned =
        size_t(std::ranges::count_if(open_, [&](const Hash& hash) { return pinned_.contains(hash); }));
    if (pinned_.size() - open_pinned > kPinnedMax)
        halt(session);
}

void Follow::halt(Session& session)
{
    session.notify(*this, Json{{"event", "stop"}});
    finish();
}

void Follow::stop(Session& session)
{
    while (!operations_.empty())
        end(session, std::string{operations_.begin()->first});
    for (const auto& block : pinned_)
        session.backend().unpin(block);
    pinned_.clear();
}

std::expected<void, Error> Follow::unpin(Session& session, const std::vector<Hash>& blocks)
{
    if (std::set<Hash>(blocks.begin(), blocks.end()).size() != blocks.size())
        return refuse(code::kDuplicateHashes, "Received duplicate hashes for the `chainHead_unpin` method");
    if (!std::ranges::all_of(blocks, [&](const Hash& hash) { return pinned_.contains(hash); }))
        return refuse(code::kBlockNotPinned, "Invalid block hash");
    for (const auto& hash : blocks)
    {
        pinned_.erase(hash);
        session.backend().unpin(hash);
    }
    return {};
}

std::optional<std::string> Follow::begin(Session& session, std::unique_ptr<Operation> operation)
{
    // A pin of its own: it goes on when the client unpins the block.
    if (operation->slots() > free_slots() || !session.backend().pin(operation->block()))
        return std::nullopt;
    slots_ += operation->slots();
    auto id = session.new_id();
    operations_.emplace(id, Running{std::move(operation), false});
    if (schedule(session, id))
        return id;
    end(session, id);
    return std::nullopt;
}

/// By name, as subscription and operation may be gone when their turn comes.
bool Follow::schedule(Session& session, const std::string& operation)
{
    return session.defer([&session, id = id(), operation] {
        if (auto* const self = session.find(kFollowEvent, id))
            static_cast<Follow*>(self)->run(session, operation);
    });
}

void Follow::run(Session& session, const std::string& id)
{
    const auto found = operations_.find(id);
    if (found == operations_.end())
        return;
    std::vector<Json> events;
    const auto state = found->second.operation->step(session.backend(), events);
    for (auto& event : events)
    {
        event["operationId"] = id;
        session.notify(*this, std::move(event));
    }
    found->second.waiting = state == Operation::State::waiting;
    if (state == Operation::State::done)
        return end(session, id);
    if (state == Operation::State::running && !schedule(session, id))
    {
        session.notify(*this, Json{{"event", "operationInaccessible"}, {"operationId", id}});
        end(session, id);
    }
}

void Follow::end(Session& session, const std::string& id)
{
    const auto found = operations_.find(id);
    slots_ -= found->second.operation->slots();
    session.backend().unpin(found->second.operation->block());
    operations_.erase(found);
}

void Follow::stop_operation(Session& session, const std::string& id)
{
    if (operations_.contains(id))
        end(session, id);
}

bool Follow::continue_operation(Session& session, const std::string& id)
{
    const auto found = operations_.find(id);
    if (found == operations_.end())
        return true;
    if (!found->second.waiting)
        return false;
    found->second.waiting = false;
    if (!schedule(session, id))
        end(session, id);
    return true;
}

} // namespace rpc
