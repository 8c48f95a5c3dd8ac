#include "ledger/ledger.hpp"

#include "finality/justification.hpp"
#include "primitives/extrinsic.hpp"
#include "scale/scale.hpp"
#include "trie/child.hpp"

#include <algorithm>

namespace ledger {
namespace {

std::string words_of(chain::HeaderRefusal why)
{
    using enum chain::HeaderRefusal;
    switch (why)
    {
    case parent:
        return "the header names another parent, or its number does not follow";
    case seal:
        return "the header is not sealed";
    case pre_digest:
        return "the header claims no slot, or more than one";
    case slot_order:
        return "the slot does not come after the parent's";
    case slot_in_future:
        return "the slot lies in the future: check the clocks";
    case environment:
        return "the header announces the change of code twice";
    case epoch:
        return "the header's announcement of epochs is wrong";
    case authority:
        return "no authority has that index";
    case kind_not_allowed:
        return "this epoch does not allow that kind of claim";
    case not_the_turn:
        return "it is another authority's turn";
    case signature:
        return "the seal is not the authority's";
    case vrf:
        return "the VRF output is not the authority's";
    case not_won:
        return "the claim did not win the lottery";
    }
    std::unreachable();
}

const Bytes kCode{':', 'c', 'o', 'd', 'e'};

constexpr std::string_view kForced =
    "the block forces a change of GRANDPA's authorities without finality, which this chain never does";

/// What a call wrote, as the database keeps it.
///
/// child_roots  where changed child tries stand in the main trie, and their new roots; nothing where one is gone
database::BlockDiff diff_of(const Header& header, const executor::Overlay& overlay, trie::Update update,
                            const std::map<Bytes, std::optional<Bytes>>& child_roots)
{
    database::BlockDiff diff{.number = header.number.value,
                             .parent = header.parent_hash,
                             .state_root = update.root,
                             .flat = {},
                             .inserted = std::move(update.inserted),
                             .removed = std::move(update.removed)};
    const auto bytes_of = [](const executor::Overlay::Entry& entry) -> std::optional<Bytes> {
        if (!entry.value)
            return std::nullopt;
        const auto view = entry.value->view();
        return Bytes(view.begin(), view.end());
    };
    for (const auto& [key, entry] : overlay.changes())
        diff.flat.emplace(database::flat_key(key), bytes_of(entry));
    for (const auto& [name, writes] : overlay.child_changes())
        for (const auto& [key, entry] : writes)
            diff.flat.emplace(database::flat_child_key(name, key), bytes_of(entry));
    for (const auto& [key, root] : child_roots)
        diff.flat.insert_or_assign(database::flat_key(key), root);
    return diff;
}

} // namespace

Result<chain::Parent> Ledger::parent_of(const Header& header) const
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(header.parent_hash);
    if (found == known_.end())
        return std::unexpected(Failure{"the block's parent is not known, or below the finalised block"});
    return chain::Parent{.id = {header.parent_hash, found->second.header.number.value},
                         .slot = found->second.slot,
                         .epochs = found->second.epochs};
}

/// Core_execute_block on the parent's state.
Result<void> Ledger::execute(const executor::Module& module, ByteView block, host::State& state)
{
    const auto executed = module.call("Core_execute_block", block, state, {.ticks = kImportTicks});
    state.close_runtimes();
    if (executed)
        return {};
    const auto& trap = executed.error();
    return std::unexpected(
        Failure{"the block does not execute: " + std::string(executor::name(trap.code)) + " " + trap.detail,
                trapped({}, trap).by_peer});
}

Result<Imported> Ledger::import(const Block& block, Slot now)
{
    const std::lock_guard lock(writing_);
    const auto hash = primitives::hash_of(block.header);
    {
        const std::lock_guard reading(mutex_);
        if (tree_.contains(hash))
            return std::unexpected(Failure{"the block is known already"});
    }
    const auto parent = parent_of(block.header);
    if (!parent)
        return std::unexpected(parent.error());
    const auto verified = chain::verify_header(block.header, *parent, now);
    if (!verified)
        return std::unexpected(Failure{words_of(verified.error().why),
                                       verified.error().why != chain::HeaderRefusal::slot_in_future}); // clocks differ

    if (finality::forces_change(block.header))
        return std::unexpected(Failure{std::string(kForced), true});

    const auto root = root_at(block.header.parent_hash);
    const auto module = root ? module_at(*root) : std::unexpected(root.error());
    if (!module)
        return std::unexpected(module.error());
    const Block unsealed{primitives::unseal(block.header)->header, block.extrinsics};
    if (const auto checked = check_inherents(block.header.parent_hash, unsealed, now); !checked)
        return std::unexpected(checked.error());
    const auto encoded = scale::encode(unsealed);
    FlatState below(*store_, block.header.parent_hash, *root);
    below.read_paths();
    const host::Base base{.values = &below, .nodes = &store_->nodes(), .root = *root};
    // With the signatures verified beside it; if one is bad, once more without, to end as the runtime says.
    auto state = std::make_unique<host::State>(base, around_);
    host::DeferredSignatures signatures;
    state->deferred = &signatures;
    auto executed = execute(**module, encoded, *state);
    state->deferred = nullptr;
    if (!signatures.all_good())
    {
        state = std::make_unique<host::State>(base, around_);
        executed = execute(**module, encoded, *state);
    }
    if (!executed)
        return std::unexpected(executed.error());
    return add(*verified, block, *state);
}

/// Whether what the block says about the world, such as the time, is what we see of it.
///
/// Source  Polkadot specification §5.2.7; Substrate asks the same before it executes a block
Result<void> Ledger::check_inherents(const Hash& parent, const Block& unsealed, Slot now) const
{
    const auto duration = configuration_.slot_duration_ms;
    constexpr uint64_t kFar = UINT64_MAX / 2; // of slots and milliseconds: no clock says that
    const uint64_t unix_ms = now < kFar / duration ? (now + 1) * duration - 1 : kFar;
    const primitives::InherentData seen{.data = {{primitives::kTimestampInherent, scale::encode(unix_ms)},
                                                 {primitives::kBabeInherent, scale::encode(now)}}};
    // Those that nobody signed stand first; the others say nothing about the world.
    Block inherents{unsealed.header, {}};
    for (const auto& extrinsic : unsealed.extrinsics)
    {
        if (!primitives::is_bare(extrinsic))
            break;
        inherents.extrinsics.push_back(extrinsic);
    }
    auto input = scale::encode(inherents);
    const auto data = scale::encode(seen);
    input.insert(input.end(), data.begin(), data.end());
    const auto encoded = call(parent, "BlockBuilder_check_inherents", input, {.ticks = kImportTicks});
    if (!encoded)
        return std::unexpected(encoded.error());
    const auto result = scale::decode<primitives::CheckInherentsResult>(ByteView(*encoded));
    if (!result)
        return std::unexpected(Failure{"the runtime's verdict on the block's inherents does not read"});
    if (result->okay && !result->fatal_error)
        return {};
    std::string words = "the block's inherents are refused:";
    for (const auto& [id, why] : result->errors.data)
        words += " " + std::string(id.begin(), id.end());
    return std::unexpected(Failure{std::move(words)}); // by our clock; others' may say otherwise
}

/// Moves the index of the best chain. The caller holds mutex_.
void Ledger::follow_best(const chain::Route& route)
{
    const auto below = route.common.number - tree_.finalised().number;
    best_chain_.resize(below + 1);
    for (const auto& block : route.enacted)
        best_chain_.push_back(block.hash);
}

/// Notes failures of the disk, after which every write fails.
Failure Ledger::not_kept(const database::Failure& why)
{
    using enum database::Why;
    if (why.why == disk_full || why.why == io || why.why == damaged)
    {
        const std::lock_guard lock(mutex_);
        broken_ = why.words;
    }
    return {why.words};
}

Result<Imported> Ledger::add(const chain::Verified& verified, const Block& block, host::State& state)
{
    const auto& header = block.header;
    const auto known_version = version(header.parent_hash);
    if (!known_version)
        return std::unexpected(known_version.error());
    const auto root = state.storage_root(trie_version(known_version->state_version));
    if (!root)
        return std::unexpected(Failure{"the state's root cannot be computed: " + root.error().detail});
    if (*root != header.state_root)
        return std::unexpected(Failure{"the block's state root is not what executing it gives", true});
    std::map<Bytes, std::optional<Bytes>> child_roots;
    for (const auto& [name, writes] : state.overlay.child_changes())
    {
        const auto child = state.child_root(name, trie_version(known_version->state_version));
        if (!child)
            return std::unexpected(Failure{"a child trie's root cannot be computed: " + child.error().detail});
        child_roots[trie::child_key(name)] =
            *child == trie::empty_root() ? std::nullopt : std::optional(Bytes(child->begin(), child->end()));
    }
    const bool runtime_changed = state.overlay.changes().contains(kCode);
    database::NewBlock row{.hash = verified.id.hash,
                           .header = scale::encode(header),
                           .body = scale::encode(block.extrinsics),
                           .diff = diff_of(header, state.overlay, *state.storage_update(), child_roots)};
    if (const auto stored = store_->import(std::move(row)); !stored)
        return std::unexpected(not_kept(stored.error()));
    if (runtime_changed)
        if (const auto& code = state.overlay.changes().at(kCode).value) // the next block runs it
            modules_->prepare(hash::blake2_256(code->view()), code->view(), heap_pages_at(*root));

    Imported imported{.block = verified.id,
                      .header = header,
                      .best = {},
                      .runtime_changed = runtime_changed,
                      .extrinsics = block.extrinsics.size(),
                      .equivocation = {}};
    {
        const std::lock_guard lock(mutex_);
        const auto before = tree_.best();
        if (!tree_.insert(verified.id.hash, header.parent_hash, verified.primary))
            return std::unexpected(Failure{"too many blocks are not final"});
        known_.emplace(verified.id.hash, Known{header, verified.epochs, verified.slot});
        imported.equivocation = watch_.note(verified, header);
        if (tree_.best() != before)
        {
            imported.best = tree_.route(before.hash, tree_.best().hash);
            follow_best(*imported.best);
        }
    }
    for (const auto& listener : listeners_)
        if (listener.imported)
            listener.imported(imported);
    return imported;
}

Result<FinalisedBlocks> Ledger::finalise(const Hash& hash, const std::optional<Proof>& proof)
{
    const std::lock_guard lock(writing_);
    FinalisedBlocks result;
    {
        const std::lock_guard reading(mutex_);
        if (!tree_.contains(hash) || tree_.finalised().hash == hash)
            return std::unexpected(Failure{"the block to finalise is not above the finalised one"});
    }
    auto note = note_; // written under writing_ alone
    if (proof)
        note.newest = NewestProof{hash, proof->set_id, proof->justification};
    std::vector<uint64_t> marked;
    for (const auto& block : route(finalised().hash, hash)->enacted)
    {
        const auto change = finality::scheduled_change(*header(block.hash));
        if (change && !note.due_change)
            note.due_change = block.number + change->delay;
        if (note.due_change == block.number)
        {
            marked.push_back(block.number);
            note.due_change.reset();
        }
    }
    // Who verifies the chain by its changes of authorities needs the proof of each block at which they change.
    const bool changes = !marked.empty() && marked.back() == header(hash)->number.value;
    const auto kept = proof && (proof->kept || changes) ? std::optional(ByteView(proof->justification)) : std::nullopt;
    const auto row = scale::encode(note);
    if (const auto stored = store_->finalise(hash, kept, {.marked = marked, .note = ByteView(row)}); !stored)
        return std::unexpected(not_kept(stored.error()));
    {
        const std::lock_guard changing(mutex_);
        const auto before = tree_.best();
        const auto way = tree_.route(before.hash, hash);
        auto done = *tree_.finalise(hash);
        result.chain = std::move(done.chain);
        result.pruned = std::move(done.pruned);
        note_ = std::move(note);
        if (tree_.best() != before)
        {
            // The old best block was on a fork that lost: down from it to the finalised chain, up to the new best.
            auto route = *way;
            const auto rest = tree_.route(hash, tree_.best().hash);
            route.enacted.insert(route.enacted.end(), rest->enacted.begin(), rest->enacted.end());
            result.best = std::move(route);
        }
        best_chain_.assign(1, hash);
        follow_best(*tree_.route(hash, tree_.best().hash));
        std::erase_if(known_, [&](const auto& each) { return !tree_.contains(each.first); });
    }
    for (const auto& listener : listeners_)
        if (listener.finalised)
            listener.finalised(result);
    return result;
}

Result<void> Ledger::settle()
{
    if (const auto settled = store_->settle(); !settled)
        return std::unexpected(not_kept(settled.error()));
    return {};
}

Result<void> Ledger::set_memo(uint8_t name, ByteView bytes)
{
    if (const auto stored = store_->set_memo(name, bytes); !stored)
        return std::unexpected(not_kept(stored.error()));
    return {};
}

void Ledger::listen(Listener listener)
{
    const std::lock_guard lock(writing_);
    listeners_.push_back(std::move(listener));
}

} // namespace ledger
