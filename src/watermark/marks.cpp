#include "watermark/marks.hpp"

#include <algorithm>
#include <tuple>

namespace watermark {
namespace {

auto order(const Vote& vote) { return std::tuple(vote.set_id, vote.round, vote.step); }

std::string words_of(const Vote& vote)
{
    return "set " + std::to_string(vote.set_id) + ", round " + std::to_string(vote.round);
}

std::unexpected<Refusal> full()
{
    return std::unexpected(Refusal{Why::too_many, "more than " + std::to_string(kMarksMax) +
                                                      " keys have signed in this folder: move to a new one with the "
                                                      "keys in use, once their last slot is past"});
}

} // namespace

std::expected<void, Refusal> Marks::raise_slot(const Key& key, uint64_t slot)
{
    const auto found = slots_.find(key);
    const auto last = std::max(floor_slot, found == slots_.end() ? 0 : found->second);
    if (slot <= last)
        return std::unexpected(
            Refusal{Why::signed_already, "slot " + std::to_string(slot) + " is not signed: slots up to " +
                                             std::to_string(last) +
                                             " are taken; the clock stepped back, or the node has just started anew"});
    if (found == slots_.end() && slots_.size() + votes_.size() >= kMarksMax)
        return full();
    slots_[key] = slot;
    return {};
}

std::expected<bool, Refusal> Marks::raise_vote(std::span<const Key> keys, const Vote& vote)
{
    size_t fresh = 0;
    bool rises = false;
    for (const auto& key : keys)
    {
        const auto found = votes_.find(key);
        if (found == votes_.end())
        {
            ++fresh;
            continue;
        }
        if (found->second == vote)
            continue;
        if (order(vote) <= order(found->second))
            return std::unexpected(Refusal{
                Why::signed_already, "no vote in " + words_of(vote) +
                                         ": a key of this node voted for another block there, or later (" +
                                         words_of(found->second) + "); it votes again once the chain is past that"});
        rises = true;
    }
    if (slots_.size() + votes_.size() + fresh > kMarksMax)
        return full();
    for (const auto& key : keys)
        votes_[key] = vote;
    return rises || fresh != 0;
}

std::optional<Vote> Marks::last_vote(const Key& key) const
{
    const auto found = votes_.find(key);
    return found == votes_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<uint64_t> Marks::last_slot(const Key& key) const
{
    const auto found = slots_.find(key);
    return found == slots_.end() ? std::nullopt : std::optional(found->second);
}

Bytes Marks::encode() const
{
    base::Writer out;
    out.put(floor_slot);
    out.put(uint32_t(slots_.size()));
    for (const auto& [key, slot] : slots_)
    {
        out.put(ByteView(key));
        out.put(slot);
    }
    out.put(uint32_t(votes_.size()));
    for (const auto& [key, vote] : votes_)
    {
        out.put(ByteView(key));
        out.put(vote.set_id);
        out.put(vote.round);
        out.put(uint8_t(vote.step));
        out.put(ByteView(vote.target));
    }
    return out.take();
}

std::optional<Marks> Marks::decode(ByteView bytes)
{
    base::Reader in(bytes);
    Marks marks;
    const auto key_of = [&] {
        Key key{};
        if (const auto raw = in.take(key.size()))
            std::ranges::copy(*raw, key.begin());
        return key;
    };
    marks.floor_slot = in.get<uint64_t>().value_or(0);
    const auto slots = in.get<uint32_t>().value_or(0);
    for (uint32_t i = 0; i != slots && !in.failed(); ++i)
    {
        const auto key = key_of();
        marks.slots_[key] = in.get<uint64_t>().value_or(0);
    }
    const auto votes = in.get<uint32_t>().value_or(0);
    for (uint32_t i = 0; i != votes && !in.failed(); ++i)
    {
        const auto key = key_of();
        Vote vote;
        vote.set_id = in.get<uint64_t>().value_or(0);
        vote.round = in.get<uint64_t>().value_or(0);
        const auto step = in.get<uint8_t>().value_or(UINT8_MAX);
        if (step > uint8_t(Step::precommit))
            return std::nullopt;
        vote.step = Step{step};
        vote.target = key_of();
        marks.votes_[key] = vote;
    }
    if (!in.at_end() || marks.slots_.size() != slots || marks.votes_.size() != votes || slots + votes > kMarksMax)
        return std::nullopt;
    return marks;
}

} // namespace watermark
