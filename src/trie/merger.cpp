#include "trie/merger.hpp"

#include "base/invariant.hpp"
#include "base/parallel.hpp"

#include <algorithm>
#include <bit>

namespace trie {
namespace {

/// head ‖ nibble ‖ tail, packed.
Bytes join(Nibbles head, uint8_t nibble, Nibbles tail)
{
    Bytes packed;
    const size_t size = head.size() + 1 + tail.size();
    bool high = size % 2 == 0; // an odd run begins in the low half of its first byte
    if (!high)
        packed.push_back(0);
    const auto push = [&](uint8_t value) {
        if (high)
            packed.push_back(uint8_t(value << 4));
        else
            packed.back() |= value;
        high = !high;
    };
    for (size_t i = 0; i != head.size(); ++i)
        push(head[i]);
    push(nibble);
    for (size_t i = 0; i != tail.size(); ++i)
        push(tail[i]);
    return packed;
}

/// The changes at the front whose nibble number `at` is `nibble`.
std::span<const Change> group_of(std::span<const Change> changes, size_t at, uint8_t nibble)
{
    const auto end =
        std::ranges::find_if(changes, [&](const Change& change) { return Nibbles(change.key)[at] != nibble; });
    return changes.first(size_t(end - changes.begin()));
}

} // namespace

/// A node whose children are being merged.
struct Merger::Branching
{
    Draft& draft;
    Draft* old = nullptr; ///< split: the stored node, shortened, which becomes a child
    uint8_t old_nibble = 0;
    bool changed = false;
    uint16_t alive = 0; ///< children that are certain to stay, their references set
    Draft pending = {}; ///< the one child so far, not encoded because it may be absorbed
    bool is_pending = false;
    uint8_t pending_nibble = 0;
};

Outcome Merger::fail(Fault fault, ByteView hash)
{
    error_ = {fault, {}};
    if (hash.size() == error_.node.size())
        error_.node = digest_of(hash);
    return Outcome::failed;
}

bool Merger::open(ByteView reference, Draft& out)
{
    ByteView bytes = reference;
    out.origin = {};
    if (reference.size() == 32)
    {
        auto found = store_.find(digest_of(reference));
        if (found == nullptr)
            return fail(Fault::missing_node, reference), false;
        held_.push_back(std::move(found));
        bytes = *held_.back();
        out.origin = reference;
    }
    auto node = decode_node(bytes);
    if (!node)
        return fail(Fault::bad_node, reference), false;
    out.node = *node;
    return true;
}

void Merger::drop(const Draft& draft)
{
    if (!draft.origin.empty())
        removed_.push_back(digest_of(draft.origin));
}

bool Merger::set_value(Node& node, const std::optional<ByteView>& value)
{
    const bool hashed = value && version_ == Version::v1 && value->size() >= kHashedValueMin;
    const auto kind = !value ? ValueKind::none : hashed ? ValueKind::hashed : ValueKind::plain;
    const Digest digest = hashed ? hash_(*value) : Digest{};
    const ByteView content = hashed ? ByteView(digest) : value.value_or(ByteView{});
    if (node.kind == kind && std::ranges::equal(node.value, content))
        return false;
    if (node.kind == ValueKind::hashed)
        removed_.push_back(digest_of(node.value));
    if (hashed)
        inserted_.push_back({digest, std::make_shared<const Bytes>(value->begin(), value->end())});
    node.kind = kind;
    node.value = hashed ? arena_.keep(digest) : content;
    return true;
}

ByteView Merger::finish(Draft& draft)
{
    scratch_.clear();
    encode_node(draft.node, scratch_);
    if (scratch_.size() < 32)
    {
        drop(draft);
        return arena_.keep(scratch_);
    }
    const Digest digest = hash_(scratch_);
    if (std::ranges::equal(draft.origin, digest))
        return draft.origin;
    drop(draft);
    inserted_.push_back({digest, std::make_shared<const Bytes>(scratch_)});
    return arena_.keep(digest);
}

Digest Merger::finish_root(Draft& draft)
{
    const auto reference = finish(draft);
    if (reference.size() == 32)
        return digest_of(reference);
    const Digest digest = hash_(reference);
    inserted_.push_back({digest, std::make_shared<const Bytes>(reference.begin(), reference.end())});
    return digest;
}

Outcome Merger::merge(ByteView reference, std::span<const Change> changes, size_t at, uint32_t level, Draft& out)
{
    if (level > kLevelsMax)
        return fail(Fault::too_deep, reference);
    if (reference.empty())
        return fresh(changes, at, level, out);
    if (!open(reference, out))
        return Outcome::failed;
    return merge_into(out, changes, at, level);
}

/// A subtrie of its own from a batch: nothing was here.
Outcome Merger::fresh(std::span<const Change> changes, size_t at, uint32_t level, Draft& out)
{
    if (level > kLevelsMax)
        return fail(Fault::too_deep, {});
    const auto sets = [](const Change& change) { return change.value.has_value(); };
    while (!changes.empty() && !sets(changes.front()))
        changes = changes.subspan(1);
    while (!changes.empty() && !sets(changes.back()))
        changes = changes.first(changes.size() - 1);
    if (changes.empty())
        return Outcome::gone;

    out = Draft{};
    const auto first = Nibbles(changes.front().key).from(at), last = Nibbles(changes.back().key).from(at);
    const size_t shared = common(first, last);
    out.node.partial = first.first(shared);
    Branching work{.draft = out};
    return branch(work, changes, at + shared, level);
}

/// Merges into an opened node; where a key leaves its partial key, a new branch is put above it.
Outcome Merger::merge_into(Draft& draft, std::span<const Change> changes, size_t at, uint32_t level)
{
    const auto partial = draft.node.partial;
    const size_t shared = std::min(common(partial, Nibbles(changes.front().key).from(at)),
                                   common(partial, Nibbles(changes.back().key).from(at)));
    if (shared == partial.size())
    {
        Branching work{.draft = draft};
        return branch(work, changes, at + shared, level);
    }
    Draft above;
    above.node.partial = partial.first(shared);
    draft.node.partial = partial.from(shared + 1);
    Branching work{.draft = above, .old = &draft, .old_nibble = partial[shared]};
    const auto outcome = branch(work, changes, at + shared, level);
    if (outcome == Outcome::drafted)
        draft = above;
    return outcome;
}

/// Merges changes into the value and the children of work.draft, whose own path ends at nibble `at`.
Outcome Merger::branch(Branching& work, std::span<const Change> changes, size_t at, uint32_t level)
{
    Node& node = work.draft.node;
    if (!changes.empty() && 2 * changes.front().key.size() == at)
    {
        work.changed = set_value(node, changes.front().value);
        changes = changes.subspan(1);
    }
    const bool at_once = may_split_ && changes.size() >= kParallelMin;
    const auto outcome =
        at_once ? children_at_once(work, changes, at, level) : children_in_turn(work, changes, at, level);
    if (outcome == Outcome::failed)
        return outcome;

    const bool lonely = work.alive == 0 && node.kind == ValueKind::none;
    if (work.is_pending && !lonely)
    {
        node.children[work.pending_nibble] = finish(work.pending);
        work.alive |= uint16_t(1 << work.pending_nibble);
        work.is_pending = false;
        work.changed = true;
    }
    if (!work.changed)
        return Outcome::kept;
    node.mask = work.alive;
    if (node.kind != ValueKind::none || std::popcount(node.mask) > 1)
        return Outcome::drafted;
    if (node.mask != 0 || work.is_pending)
        return absorb(work);
    drop(work.draft);
    return Outcome::gone;
}

Outcome Merger::children_in_turn(Branching& work, std::span<const Change> changes, size_t at, uint32_t level)
{
    Draft draft;
    for (uint8_t nibble = 0; nibble != 16; ++nibble)
    {
        const auto group = group_of(changes, at, nibble);
        changes = changes.subspan(group.size());
        if (settle(work, nibble, child(work, nibble, group, at + 1, level + 1, draft), draft) == Outcome::failed)
            return Outcome::failed;
    }
    return Outcome::drafted;
}

/// Large batches: children side by side, each by a merger of its own. A batch that goes almost whole into one child
/// is split further down instead.
Outcome Merger::children_at_once(Branching& work, std::span<const Change> changes, size_t at, uint32_t level)
{
    std::array<std::span<const Change>, 16> groups;
    size_t largest = 0;
    auto rest = changes;
    for (uint8_t nibble = 0; nibble != 16; ++nibble)
    {
        groups[nibble] = group_of(rest, at, nibble);
        rest = rest.subspan(groups[nibble].size());
        largest = std::max(largest, groups[nibble].size());
    }
    if (largest > changes.size() - changes.size() / 8)
        return children_in_turn(work, changes, at, level);

    std::array<Merger*, 16> mergers;
    for (auto& merger : mergers)
        merger = helpers_.emplace_back(std::make_unique<Merger>(store_, version_, hash_, false)).get();
    std::vector<Draft> drafts(16);
    std::array<Outcome, 16> outcomes;
    base::parallel(16, 1, [&](size_t begin, size_t end) {
        for (size_t i = begin; i != end; ++i)
            outcomes[i] = mergers[i]->child(work, uint8_t(i), groups[i], at + 1, level + 1, drafts[i]);
    });
    for (uint8_t nibble = 0; nibble != 16; ++nibble)
    {
        if (outcomes[nibble] == Outcome::failed)
        {
            error_ = mergers[nibble]->error_;
            return Outcome::failed;
        }
        std::ranges::move(mergers[nibble]->inserted_, std::back_inserter(inserted_));
        std::ranges::move(mergers[nibble]->removed_, std::back_inserter(removed_));
        settle(work, nibble, outcomes[nibble], drafts[nibble]);
    }
    return Outcome::drafted;
}

/// What a child becomes. Reads `work`, which several mergers share, and does not write it.
Outcome Merger::child(Branching& work, uint8_t nibble, std::span<const Change> changes, size_t at, uint32_t level,
                      Draft& out)
{
    const Node& node = work.draft.node;
    if (work.old != nullptr && nibble == work.old_nibble)
    {
        out = *work.old;
        if (changes.empty())
            return Outcome::kept;
        return level > kLevelsMax ? fail(Fault::too_deep, {}) : merge_into(out, changes, at, level);
    }
    const bool there = (node.mask >> nibble & 1) != 0;
    if (changes.empty())
        return there ? Outcome::kept : Outcome::gone;
    return merge(there ? node.children[nibble] : ByteView{}, changes, at, level, out);
}

/// Takes a child's outcome into account. The first new child of a node without value waits unencoded.
Outcome Merger::settle(Branching& work, uint8_t nibble, Outcome outcome, Draft& draft)
{
    Node& node = work.draft.node;
    const auto bit = uint16_t(1 << nibble);
    const bool split_off = work.old != nullptr && nibble == work.old_nibble;
    if (outcome == Outcome::failed)
        return outcome;
    if (outcome == Outcome::gone)
    {
        work.changed |= split_off || (node.mask & bit) != 0;
        return outcome;
    }
    if (outcome == Outcome::kept && !split_off)
    {
        work.alive |= bit;
        return outcome;
    }
    const bool pristine = outcome == Outcome::kept; // split off: its shorter partial key is new even so
    work.changed |= !pristine;
    if (pristine)
        draft = *work.old;
    const bool others_stay = work.alive != 0 || node.kind != ValueKind::none || work.is_pending;
    if (others_stay)
    {
        work.changed = true;
        node.children[nibble] = finish(draft);
        work.alive |= bit;
        return outcome;
    }
    work.pending = draft;
    work.is_pending = true;
    work.pending_nibble = nibble;
    return outcome;
}

/// One child, no value: parent and child become one node.
Outcome Merger::absorb(Branching& work)
{
    Node& node = work.draft.node;
    if (!work.is_pending)
    {
        work.pending_nibble = uint8_t(std::countr_zero(node.mask));
        if (!open(node.children[work.pending_nibble], work.pending))
            return Outcome::failed;
    }
    const auto joined = join(node.partial, work.pending_nibble, work.pending.node.partial);
    const size_t size = node.partial.size() + 1 + work.pending.node.partial.size();
    node = work.pending.node;
    node.partial = Nibbles(arena_.keep(joined), size);
    if (work.draft.origin.empty())
        work.draft.origin = work.pending.origin;
    else
        drop(work.pending);
    return Outcome::drafted;
}

} // namespace trie
