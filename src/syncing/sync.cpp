#include "syncing/sync.hpp"

#include "scale/scale.hpp"
#include "trie/root.hpp"

#include <algorithm>

namespace syncing {
namespace {

using protocols::BlockFields;

/// Whether a body is the header's. Without this, a false body would make a good block look bad.
bool is_body_of(const Header& header, const std::vector<Bytes>& extrinsics)
{
    std::vector<Bytes> encoded;
    encoded.reserve(extrinsics.size());
    for (const auto& extrinsic : extrinsics)
        encoded.push_back(scale::encode(extrinsic));
    const std::vector<base::ByteView> views(encoded.begin(), encoded.end());
    const auto root = trie::ordered_root(views, trie::Version::v0);
    return root && *root == header.extrinsics_root;
}

/// GRANDPA's, from either field.
std::optional<Bytes> justification_of(const protocols::BlockData& data)
{
    if (!data.justifications.empty())
        if (const auto all = scale::decode<primitives::Justifications>(base::ByteView(data.justifications)))
            for (const auto& each : *all)
                if (each.engine == primitives::kGrandpaEngine)
                    return each.data;
    if (!data.justification.empty())
        return data.justification;
    return std::nullopt;
}

size_t size_of(const Incoming& block)
{
    size_t bytes = 256;
    for (const auto& extrinsic : block.block.extrinsics)
        bytes += extrinsic.size() + sizeof(Bytes);
    return bytes;
}

std::optional<Header> header_of(const protocols::BlockData& data)
{
    auto header = scale::decode<Header>(base::ByteView(data.header));
    return header ? std::optional(std::move(*header)) : std::nullopt;
}

} // namespace

void Sync::joined(const PeerId& peer, const BlockId& best, Time now)
{
    if (peers_.size() >= kPeersMax && !peers_.contains(peer))
        return;
    peers_[peer].best = best;
    if (!began_)
        began_ = now;
    plan(now);
}

void Sync::left(const PeerId& peer, Time now)
{
    const auto found = peers_.find(peer);
    if (found == peers_.end())
        return;
    if (const auto& asked = found->second.asked)
    {
        asked_.erase(asked->hash);
        range_asked_ = range_asked_ && asked->purpose != Purpose::upwards;
    }
    peers_.erase(found);
    plan(now);
}

void Sync::announced(const PeerId& peer, const Header& header, bool is_best, Time now)
{
    const auto found = peers_.find(peer);
    if (found == peers_.end())
        return;
    const BlockId block{primitives::hash_of(header), header.number.value};
    if (bad_.contains(block.hash) || bad_.contains(header.parent_hash))
    {
        note_bad(block.hash);
        return report(peer, kBadBlock);
    }
    if (is_best)
        found->second.best = block;
    wanted(peer, block, now);
}

void Sync::wanted(const PeerId& peer, const BlockId& block, Time now)
{
    const auto found = peers_.find(peer);
    if (found == peers_.end())
        return;
    auto& also = found->second.also;
    if (block.hash != found->second.best.hash && wants(block) && std::ranges::find(also, block) == also.end())
    {
        also.push_back(block);
        if (also.size() > kAlsoMax)
            also.pop_front();
    }
    plan(now);
}

void Sync::proofs_wanted(const PeerId& peer, Time now)
{
    const auto found = peers_.find(peer);
    if (found == peers_.end() || found->second.proofs_from)
        return;
    found->second.proofs_from = chain_.finalised().number + 1;
    plan(now);
}

void Sync::chain_changed(Time now) { plan(now); }

void Sync::tick(Time now)
{
    if (retry_at_ && *retry_at_ <= now)
        retry_at_.reset();
    plan(now);
}

Time Sync::deadline() const
{
    Time due = retry_at_.value_or(Time::max());
    for (const auto& [key, peer] : peers_)
        if (peer.rests_until > now_)
            due = std::min(due, peer.rests_until);
    return due;
}

std::optional<Effect> Sync::next()
{
    if (effects_.empty())
        return std::nullopt;
    auto first = std::move(effects_.front());
    effects_.pop_front();
    return first;
}

BlockNumber Sync::target() const
{
    BlockNumber highest = chain_.best().number;
    for (const auto& [key, peer] : peers_)
        highest = std::max(highest, peer.best.number);
    return highest;
}

/// By the peer in the middle, and only while blocks do come: many liars keep us from making blocks for a moment only.
bool Sync::behind() const
{
    const auto since = std::max(progress_.value_or(began_.value_or(now_)), began_.value_or(now_));
    if (now_ - since > kNoProgress)
        return false;
    std::vector<BlockNumber> bests;
    for (const auto& [key, peer] : peers_)
        bests.push_back(peer.best.number);
    if (bests.empty())
        return false;
    const auto middle = bests.begin() + ptrdiff_t(bests.size() / 2);
    std::ranges::nth_element(bests, middle);
    return *middle > chain_.best().number + kMajor;
}

std::optional<BlockId> Sync::best_of(const PeerId& peer) const
{
    const auto found = peers_.find(peer);
    return found == peers_.end() ? std::nullopt : std::optional(found->second.best);
}

bool Sync::wants(const BlockId& block) const
{
    return block.number > chain_.finalised().number && !has(block.hash) && !bad_.contains(block.hash);
}

void Sync::plan(Time now)
{
    now_ = now;
    if (retry_at_)
        return;
    if (frontier_ && !has(frontier_->hash))
        frontier_.reset();
    for (auto& [key, peer] : peers_)
        if (!peer.asked && peer.rests_until <= now)
            plan(key, peer);
}

void Sync::plan(const PeerId& key, Peer& peer)
{
    if (peer.proofs_from)
        return ask_proofs(key, peer);
    std::erase_if(peer.also, [&](const BlockId& block) { return !wants(block); });
    if (!room())
        return;
    if (!wants(peer.best))
    {
        peer.search.reset();
        peer.apart = false;
        if (chain_.contains(peer.best.hash))
            peer.common = peer.best;
    }
    else if (is_near(peer))
    {
        if (!asked_.contains(peer.best.hash))
            return ask_downwards(key, peer, peer.best);
    }
    else if (const auto after = start_of_range(peer))
    {
        if (!range_asked_)
            return ask_upwards(key, peer, *after);
    }
    else
        return ask_ancestor(key, peer);
    for (const auto& block : peer.also)
        if (!asked_.contains(block.hash))
            return ask_downwards(key, peer, block);
}

/// Whether a few blocks downwards from its best block most likely lead to one that we have.
bool Sync::is_near(const Peer& peer) const
{
    const bool long_way = peer.common && peer.best.number >= peer.common->number + kNear;
    return !peer.search && !long_way && peer.best.number <= chain_.best().number + kNear / 2;
}

/// The block after which the peer is to be asked for a range; nothing while none is known to be on its chain.
std::optional<BlockId> Sync::start_of_range(Peer& peer)
{
    if (peer.common && !has(peer.common->hash))
        peer.common.reset();
    if (frontier_ && !peer.apart && frontier_->number < peer.best.number &&
        (!peer.common || peer.common->number <= frontier_->number))
        return frontier_;
    if (!peer.common || peer.common->number < chain_.finalised().number)
        return std::nullopt;
    return peer.common;
}

void Sync::ask(const PeerId& key, Peer& peer, Request request, const protocols::BlockRequest& wire)
{
    request.id = next_id_++;
    const auto id = request.id;
    peer.asked = request;
    effects_.push_back(effect::Ask{key, id, wire});
}

void Sync::ask_downwards(const PeerId& key, Peer& peer, const BlockId& block)
{
    const auto depth = block.number - chain_.finalised().number;
    asked_.insert(block.hash);
    ask(key, peer, {.id = 0, .purpose = Purpose::downwards, .hash = block.hash, .number = block.number},
        {.fields = {BlockFields::kHeader | BlockFields::kBody | BlockFields::kJustification},
         .from = block.hash,
         .descending = true,
         .blocks_max = std::min(depth, kNear),
         .multiple_justifications = true});
}

void Sync::ask_ancestor(const PeerId& key, Peer& peer)
{
    if (!peer.search)
    {
        peer.search = std::min(chain_.best().number, peer.best.number);
        peer.step = 1;
    }
    ask(key, peer, {.id = 0, .purpose = Purpose::ancestor, .number = *peer.search},
        {.fields = {BlockFields::kHeader}, .from = *peer.search, .blocks_max = 1});
}

void Sync::ask_upwards(const PeerId& key, Peer& peer, const BlockId& after)
{
    range_asked_ = true;
    ask(key, peer, {.id = 0, .purpose = Purpose::upwards, .number = after.number + 1, .parent = after.hash},
        {.fields = {BlockFields::kHeader | BlockFields::kBody | BlockFields::kJustification},
         .from = after.number + 1,
         .blocks_max = kRange,
         .multiple_justifications = true});
}

void Sync::ask_proofs(const PeerId& key, Peer& peer)
{
    ask(key, peer, {.id = 0, .purpose = Purpose::proofs},
        {.fields = {BlockFields::kHeader | BlockFields::kJustification},
         .from = *peer.proofs_from,
         .blocks_max = 2 * kRange,
         .multiple_justifications = true});
}

/// Twice as long after each failure in a row.
void Sync::rest(Peer& peer, Time now)
{
    constexpr uint32_t kDoublingsMax = 5;
    peer.rests_until = now + kPause * (1 << std::min(peer.failures++, kDoublingsMax));
}

void Sync::response(const PeerId& key, uint64_t id, const std::optional<protocols::BlockResponse>& response, Time now)
{
    const auto found = peers_.find(key);
    if (found == peers_.end() || !found->second.asked || found->second.asked->id != id)
        return;
    auto& peer = found->second;
    const auto request = *std::exchange(peer.asked, std::nullopt);
    asked_.erase(request.hash);
    range_asked_ = range_asked_ && request.purpose != Purpose::upwards;
    bool useful = false;
    if (!response)
        report(key, kNoResponse);
    else if (request.purpose == Purpose::downwards)
        useful = on_downwards(key, peer, request, response->blocks);
    else if (request.purpose == Purpose::ancestor)
        useful = on_ancestor(key, peer, request, response->blocks);
    else if (request.purpose == Purpose::upwards)
        useful = on_upwards(key, peer, request, response->blocks);
    else
        useful = on_proofs(key, peer, response->blocks);
    if (useful)
        peer.failures = 0;
    else
    {
        if (request.purpose == Purpose::proofs)
            peer.proofs_from.reset();
        std::erase_if(peer.also, [&](const BlockId& block) { return block.hash == request.hash; });
        rest(peer, now);
    }
    plan(now);
}

/// Headers with their bodies, checked against one another; nothing, and a report, when they are not.
std::optional<Sync::Blocks> Sync::read(const PeerId& key, const Data& data)
{
    Blocks blocks;
    for (const auto& each : data)
    {
        auto header = header_of(each);
        if (!header)
        {
            report(key, kBadResponse);
            return std::nullopt;
        }
        primitives::Block block{std::move(*header), {}};
        for (const auto& extrinsic : each.body)
        {
            auto plain = scale::decode<Bytes>(base::ByteView(extrinsic));
            if (!plain)
            {
                report(key, kBadResponse);
                return std::nullopt;
            }
            block.extrinsics.push_back(std::move(*plain));
        }
        const auto hash = primitives::hash_of(block.header);
        blocks.push_back({hash, std::move(block), justification_of(each), key});
    }
    return blocks;
}

bool Sync::hold_bad(const PeerId& key, const Blocks& blocks)
{
    const auto bad = std::ranges::find_if(blocks, [&](const Incoming& block) { return bad_.contains(block.hash); });
    if (bad == blocks.end())
        return false;
    report(key, kBadBlock);
    return true;
}

bool Sync::on_downwards(const PeerId& key, Peer& peer, const Request& request, const Data& data)
{
    auto blocks = read(key, data);
    if (!blocks || hold_bad(key, *blocks))
        return false;
    auto next = request.hash;
    for (const auto& block : *blocks)
    {
        if (block.hash != next)
            return report(key, kBadResponse), false;
        next = block.block.header.parent_hash;
    }
    const auto known = std::ranges::find_if(*blocks, [&](const Incoming& block) { return has(block.hash); });
    blocks->erase(known, blocks->end());
    if (data.empty() && request.hash != peer.best.hash)
    {
        // Somebody's vote named it, or it was pruned: no fault of the peer's.
        std::erase_if(peer.also, [&](const BlockId& each) { return each.hash == request.hash; });
        return true;
    }
    if (blocks->empty())
        return !data.empty(); // it came by another way meanwhile, or the peer has not got its own best block
    const auto& lowest = blocks->back().block.header;
    if (!has(lowest.parent_hash))
    {
        if (lowest.number.value <= chain_.finalised().number + 1)
            return report(key, kOtherChain), false;
        if (request.hash == peer.best.hash)
        {
            peer.search = std::min(chain_.best().number, lowest.number.value - 1);
            peer.step = 1;
        }
        else
            std::erase_if(peer.also, [&](const BlockId& each) { return each.hash == request.hash; });
        return true;
    }
    for (const auto& block : *blocks)
        if (!is_body_of(block.block.header, block.block.extrinsics))
            return report(key, kBadResponse), false;
    std::ranges::reverse(*blocks);
    report(key, kUseful);
    queue(std::move(*blocks));
    return true;
}

bool Sync::on_ancestor(const PeerId& key, Peer& peer, const Request& request, const Data& data)
{
    const auto header = data.size() == 1 ? header_of(data[0]) : std::nullopt;
    if (!header || header->number.value != request.number)
    {
        peer.search.reset();
        if (!data.empty())
            report(key, kBadResponse);
        return false;
    }
    const BlockId block{primitives::hash_of(*header), header->number.value};
    if (has(block.hash))
    {
        peer.common = block;
        peer.search.reset();
        return true;
    }
    const auto floor = chain_.finalised().number;
    if (request.number <= floor)
    {
        peer.search.reset();
        report(key, kOtherChain);
        return false;
    }
    peer.search = request.number - floor > peer.step ? request.number - peer.step : floor;
    peer.step = std::min<BlockNumber>(peer.step, BlockNumber{1} << 20) * 2;
    return true;
}

bool Sync::on_upwards(const PeerId& key, Peer& peer, const Request& request, const Data& data)
{
    auto blocks = read(key, data);
    if (!blocks || hold_bad(key, *blocks))
        return false;
    if (blocks->empty())
        return peer.common.reset(), false;
    const auto& first = blocks->front().block.header;
    if (first.number.value != request.number)
        return report(key, kBadResponse), false;
    if (first.parent_hash != request.parent)
    {
        // Its chain has changed, or is another than that of the ranges before.
        peer.common.reset();
        return !std::exchange(peer.apart, true);
    }
    auto parent = request.parent;
    for (const auto& block : *blocks)
    {
        if (block.block.header.parent_hash != parent || !is_body_of(block.block.header, block.block.extrinsics))
            return report(key, kBadResponse), false;
        parent = block.hash;
    }
    const BlockId last{blocks->back().hash, blocks->back().block.header.number.value};
    const auto unknown = std::ranges::find_if(*blocks, [&](const Incoming& block) { return !has(block.hash); });
    blocks->erase(blocks->begin(), unknown);
    peer.common = last;
    if (!peer.apart)
        frontier_ = last;
    if (blocks->empty())
        return true;
    report(key, kUseful);
    queue(std::move(*blocks));
    return true;
}

bool Sync::on_proofs(const PeerId& key, Peer& peer, const Data& data)
{
    auto from = std::exchange(peer.proofs_from, std::nullopt);
    bool found = false;
    for (const auto& each : data)
    {
        const auto header = header_of(each);
        if (!header || header->number.value != *from)
            return report(key, kBadResponse), false;
        from = header->number.value + 1;
        const auto hash = primitives::hash_of(*header);
        auto justification = justification_of(each);
        if (!justification || !chain_.contains(hash))
            continue;
        effects_.push_back(effect::Justified{hash, std::move(*justification), key});
        found = true;
    }
    if (!found && !data.empty() && *from < chain_.best().number)
        peer.proofs_from = from;
    return found || peer.proofs_from;
}

void Sync::queue(Blocks blocks)
{
    for (const auto& block : blocks)
    {
        const auto bytes = size_of(block);
        if (queued_.emplace(block.hash, Queued{block.block.header.number.value, bytes, block.peer}).second)
            queued_bytes_ += bytes;
    }
    effects_.push_back(effect::Import{std::move(blocks)});
}

void Sync::note_bad(const Hash& hash)
{
    if (!bad_.insert(hash).second)
        return;
    bad_order_.push_back(hash);
    if (bad_order_.size() <= kBadMax)
        return;
    bad_.erase(bad_order_.front());
    bad_order_.pop_front();
}

void Sync::imported(const Hash& hash, Outcome outcome, Time now)
{
    if (const auto found = queued_.find(hash); found != queued_.end())
    {
        if (outcome == Outcome::bad)
        {
            note_bad(hash);
            report(found->second.peer, kBadBlock);
        }
        queued_bytes_ -= found->second.bytes;
        queued_.erase(found);
    }
    if (outcome == Outcome::imported)
    {
        progress_ = now;
        retry_ = kRetry;
    }
    if (outcome == Outcome::not_now && !retry_at_)
    {
        retry_at_ = now + retry_;
        retry_ = std::min(retry_ * 2, kRetryMax);
    }
    plan(now);
}

} // namespace syncing
