#include "ledger/ledger.hpp"

#include "executor/blob.hpp"
#include "ledger/new_code.hpp"
#include "scale/scale.hpp"
#include "trie/child.hpp"

#include <algorithm>

namespace ledger {
namespace {

const base::Bytes kCode{':', 'c', 'o', 'd', 'e'};
const base::Bytes kHeapPages{':', 'h', 'e', 'a', 'p', 'p', 'a', 'g', 'e', 's'};

constexpr std::string_view kNoCode = "the state is pruned, or has no :code";

/// Whether a call traps so on every node, whatever its clock, its disk and its machine.
bool traps_everywhere(executor::TrapCode code)
{
    using enum executor::TrapCode;
    switch (code)
    {
    case interrupted:     // an overloaded host reaches the time limit where others do not
    case storage:         // this disk, or a state that is pruned here
    case engine:          // this machine
    case stack_exhausted: // engines differ in how deep theirs is
    case missing_import:  // another host may have it
    case missing_export:  // the runtime's fault, not the input's
        return false;
    default:
        return true;
    }
}

} // namespace

Failure trapped(std::string_view function, const executor::Trap& trap)
{
    std::string words(function);
    words += ": ";
    words += executor::name(trap.code);
    if (!trap.detail.empty())
        words += ": " + trap.detail;
    return {.words = std::move(words), .by_peer = traps_everywhere(trap.code)};
}

BlockId Ledger::best() const
{
    const std::lock_guard lock(mutex_);
    return tree_.best();
}

BlockId Ledger::finalised() const
{
    const std::lock_guard lock(mutex_);
    return tree_.finalised();
}

std::vector<BlockNumber> Ledger::set_changes(BlockNumber after, size_t most) const
{
    const auto marked = store_->marked(after, most);
    return marked ? std::vector<BlockNumber>(marked->begin(), marked->end()) : std::vector<BlockNumber>{};
}

std::optional<BlockNumber> Ledger::due_change() const
{
    const std::lock_guard lock(mutex_);
    return note_.due_change;
}

std::optional<NewestProof> Ledger::newest_proof() const
{
    const std::lock_guard lock(mutex_);
    return note_.newest;
}

std::optional<std::string> Ledger::broken() const
{
    const std::lock_guard lock(mutex_);
    return broken_;
}

bool Ledger::is_ancestor(const Hash& ancestor, const Hash& block) const
{
    const std::lock_guard lock(mutex_);
    return tree_.is_ancestor(ancestor, block);
}

bool Ledger::contains(const Hash& hash) const
{
    {
        const std::lock_guard lock(mutex_);
        if (tree_.contains(hash))
            return true;
    }
    const auto found = header(hash);
    return found && found->number.value < finalised().number && hash_at(found->number.value) == hash;
}

std::optional<Hash> Ledger::ancestor_at(const Hash& hash, BlockNumber number) const
{
    {
        const std::lock_guard lock(mutex_);
        if (const auto block = tree_.find(hash); block && number >= tree_.finalised().number)
        {
            const auto found = tree_.ancestor_at(hash, number);
            return found ? std::optional(found->hash) : std::nullopt;
        }
    }
    const auto block = header(hash);
    return block && number <= block->number.value ? hash_at(number) : std::nullopt;
}

std::optional<BlockId> Ledger::best_containing(const Hash& base) const
{
    const std::lock_guard lock(mutex_);
    return tree_.best_containing(base);
}

std::optional<Bytes> Ledger::memo(uint8_t name) const
{
    auto row = store_->memo(name);
    return row ? std::move(*row) : std::nullopt;
}

std::optional<chain::Route> Ledger::route(const Hash& from, const Hash& to) const
{
    const std::lock_guard lock(mutex_);
    return tree_.route(from, to);
}

std::vector<BlockId> Ledger::leaves() const
{
    const std::lock_guard lock(mutex_);
    return tree_.leaves();
}

std::optional<chain::Epochs> Ledger::epochs(const Hash& hash) const
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(hash);
    return found == known_.end() ? std::nullopt : std::optional(found->second.epochs);
}

std::optional<Slot> Ledger::slot(const Hash& hash) const
{
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(hash);
    return found == known_.end() ? std::nullopt : found->second.slot;
}

std::optional<Header> Ledger::header(const Hash& hash) const
{
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = known_.find(hash); found != known_.end())
            return found->second.header;
    }
    const auto row = store_->header(hash);
    if (!row || !*row)
        return std::nullopt;
    auto header = scale::decode<Header>(ByteView(**row));
    return header ? std::optional(std::move(*header)) : std::nullopt;
}

std::optional<std::vector<Bytes>> Ledger::body(const Hash& hash) const
{
    const auto row = store_->body(hash);
    if (!row || !*row)
        return std::nullopt;
    auto body = scale::decode<std::vector<Bytes>>(ByteView(**row));
    return body ? std::optional(std::move(*body)) : std::nullopt;
}

std::optional<Bytes> Ledger::justification(const Hash& hash) const
{
    auto row = store_->justification(hash);
    return row ? std::move(*row) : std::nullopt;
}

std::optional<Hash> Ledger::hash_at(BlockNumber number) const
{
    {
        const std::lock_guard lock(mutex_);
        if (const auto above = tree_.finalised().number; number >= above)
            return number - above < best_chain_.size() ? std::optional(best_chain_[number - above]) : std::nullopt;
    }
    const auto found = store_->hash_of(number);
    return found ? *found : std::nullopt;
}

Result<Digest> Ledger::root_at(const Hash& at) const
{
    const auto found = header(at);
    if (!found)
        return std::unexpected(Failure{"no such block"});
    return found->state_root;
}

uint32_t Ledger::heap_pages_at(const Digest& root) const
{
    if (const auto pages = trie::find_value(store_->nodes(), root, kHeapPages); pages && *pages)
        if (const auto count = scale::decode<uint64_t>(ByteView(**pages)); count && *count <= executor::kMemoryPagesMax)
            return uint32_t(*count);
    return executor::kHeapPagesDefault;
}

/// A state's root says which code and how many pages: who asks again is not made to walk the trie.
Result<std::shared_ptr<const executor::Module>> Ledger::module_at(const Digest& root) const
{
    {
        const std::lock_guard lock(running_mutex_);
        if (const auto known = std::ranges::find(running_, root, &Running::root); known != running_.end())
            return known->module;
    }
    auto found = find_module(root);
    if (!found)
        return std::unexpected(found.error());
    const std::lock_guard lock(running_mutex_);
    if (running_.size() == kRunningMax)
        running_.erase(running_.begin());
    running_.push_back(*found);
    return found->module;
}

/// In a trie of version 1 the node holds the code's hash: the code itself is read only to be compiled.
Result<Digest> Ledger::code_hash_at(const Digest& root) const
{
    const auto held = trie::find_held(store_->nodes(), root, kCode);
    if (!held || !*held)
        return std::unexpected(Failure{std::string(kNoCode)});
    if ((*held)->kind != trie::ValueKind::hashed)
        return hash::blake2_256(ByteView((*held)->bytes));
    Digest hash{};
    std::ranges::copy((*held)->bytes, hash.begin());
    return hash;
}

Result<Ledger::Running> Ledger::find_module(const Digest& root) const
{
    const auto hash = code_hash_at(root);
    if (!hash)
        return std::unexpected(hash.error());
    const auto heap_pages = heap_pages_at(root);
    {
        const std::lock_guard lock(running_mutex_);
        for (const auto& each : running_)
            if (each.code == *hash && each.heap_pages == heap_pages)
                return Running{root, *hash, heap_pages, each.module};
    }
    const auto code = trie::find_value(store_->nodes(), root, kCode);
    if (!code || !*code)
        return std::unexpected(Failure{std::string(kNoCode)});
    auto module = modules_->get(*hash, **code, heap_pages);
    if (!module)
        return std::unexpected(Failure{"the runtime does not compile: " + module.error().words});
    return Running{root, *hash, heap_pages, std::move(*module)};
}

Result<Bytes> Ledger::call(const Hash& at, std::string_view function, ByteView input, const host::Surroundings& around,
                           const executor::CallOptions& limits) const
{
    const auto root = root_at(at);
    if (!root)
        return std::unexpected(root.error());
    const auto module = module_at(*root);
    if (!module)
        return std::unexpected(module.error());
    FlatState values(*store_, at, *root);
    host::State state({.values = &values, .nodes = &store_->nodes(), .root = *root}, around);
    auto result = (*module)->call(function, input, state, limits);
    if (!result)
        return std::unexpected(trapped(function, result.error()));
    return std::move(*result);
}

Result<Proven> Ledger::prove_call(const Hash& at, std::string_view function, ByteView input, size_t bytes_max,
                                  const executor::CallOptions& limits) const
{
    const auto root = root_at(at);
    if (!root)
        return std::unexpected(root.error());
    const auto module = module_at(*root);
    if (!module)
        return std::unexpected(module.error());
    const trie::Recorder recorder(store_->nodes(), bytes_max);
    // Whoever repeats the call runs the same code: it is part of the proof, as are the nodes on the way to it.
    static_cast<void>(trie::find_value(recorder, *root, kHeapPages));
    TrieState values(recorder, *root);
    host::State state({.values = &values, .nodes = &recorder, .root = *root}, around_);
    auto result = (*module)->call(function, input, state, limits);
    if (!result)
        return std::unexpected(trapped(function, result.error()));
    return Proven{std::move(*result), recorder.nodes()};
}

Result<std::vector<trie::NodeBytes>> Ledger::prove_values(const Hash& at, executor::Child child,
                                                          std::span<const Bytes> keys, size_t bytes_max) const
{
    const auto root = root_at(at);
    if (!root)
        return std::unexpected(root.error());
    const trie::Recorder recorder(store_->nodes(), bytes_max);
    TrieState values(recorder, *root);
    for (const auto& key : keys)
        if (const auto read = values.read(child, key); !read)
            return std::unexpected(trapped("reading the state", read.error()));
    return recorder.nodes();
}

bool Ledger::has_state(const Hash& at) const
{
    const auto root = root_at(at);
    return root && trie::find_held(store_->nodes(), *root, {}).has_value();
}

bool Ledger::pin(const Hash& hash)
{
    const auto block = header(hash);
    if (!block)
        return false;
    store_->pin({block->number.value, hash});
    if (header(hash) && has_state(hash)) // it may have gone meanwhile
        return true;
    store_->unpin(hash);
    return false;
}

Result<std::optional<Bytes>> Ledger::value(const Hash& at, executor::Child child, ByteView key) const
{
    const auto root = root_at(at);
    if (!root)
        return std::unexpected(root.error());
    FlatState state(*store_, at, *root);
    auto found = state.read(child, key);
    if (!found)
        return std::unexpected(trapped("reading the state", found.error()));
    if (!*found)
        return std::nullopt;
    return Bytes((*found)->bytes.begin(), (*found)->bytes.end());
}

Result<std::optional<Bytes>> Ledger::next_key(const Hash& at, executor::Child child, ByteView key) const
{
    const auto root = root_at(at);
    if (!root)
        return std::unexpected(root.error());
    TrieState state(store_->nodes(), *root);
    auto found = state.next_key(child, key);
    if (!found)
        return std::unexpected(trapped("reading the state", found.error()));
    return std::move(*found);
}

Result<primitives::RuntimeVersion> Ledger::version(const Hash& at) const
{
    const auto root = root_at(at);
    const auto hash = root ? code_hash_at(*root) : std::unexpected(root.error());
    if (!hash)
        return std::unexpected(hash.error());
    {
        const std::lock_guard lock(running_mutex_);
        if (const auto known = std::ranges::find(declared_, *hash, &Declared::code); known != declared_.end())
            return known->version;
    }
    const auto code = trie::find_value(store_->nodes(), *root, kCode);
    if (!code || !*code)
        return std::unexpected(Failure{std::string(kNoCode)});
    const auto wasm = executor::unpack(**code);
    const auto declared = wasm ? embedded_version(*wasm) : std::nullopt;
    const auto encoded = declared ? Result<Bytes>(*declared) : call(at, "Core_version");
    if (!encoded)
        return std::unexpected(encoded.error());
    auto version = scale::decode<primitives::RuntimeVersion>(ByteView(*encoded));
    if (!version)
        return std::unexpected(Failure{"the runtime's version does not read"});
    const std::lock_guard lock(running_mutex_);
    if (declared_.size() == kRunningMax)
        declared_.erase(declared_.begin());
    declared_.push_back({*hash, *version});
    return std::move(*version);
}

} // namespace ledger
