#include "database/store.hpp"

#include "base/invariant.hpp"
#include "trie/node.hpp"

#include <algorithm>

namespace database {
namespace {

constexpr uint8_t kLayoutVersion = 2;

// Rows of Table::facts.
constexpr uint8_t kLayout = 'v', kGenesis = 'g', kFinalised = 'f', kPruned = 'p', kNote = 'n', kSettled = 's',
                  kMemo = 'm';

Bytes bytes_of(ByteView view) { return {view.begin(), view.end()}; }

/// Big-endian, so that rows lie in the order of their numbers.
Bytes number_key(uint64_t number)
{
    Bytes key(8);
    for (size_t i = 0; i != 8; ++i)
        key[i] = uint8_t(number >> (56 - 8 * i));
    return key;
}

uint64_t number_of(ByteView key)
{
    uint64_t number = 0;
    for (const auto byte : key)
        number = number << 8 | byte;
    return number;
}

Bytes place_row(const BlockPlace& place)
{
    Bytes row = number_key(place.number);
    row.insert(row.end(), place.hash.begin(), place.hash.end());
    return row;
}

Failure damaged(const char* what)
{
    return {Why::damaged, std::string("the database is damaged: ") + what + "; restore it or sync anew"};
}

Failure misplaced(const char* what) { return {Why::misplaced, what}; }
Failure missing(const char* what) { return {Why::missing, what}; }

void drop_block(const Digest& hash, std::vector<Write>& batch)
{
    for (const auto table : {Table::headers, Table::bodies, Table::justifications, Table::journal})
        batch.push_back({table, bytes_of(hash), std::nullopt});
}

} // namespace

/// Memory of a diff, about: its bytes, and what maps and vectors take for each of them.
size_t Store::memory_of(const BlockDiff& diff)
{
    constexpr size_t kEntry = 96;
    size_t bytes = sizeof(BlockDiff) + kEntry;
    for (const auto& [key, value] : diff.flat)
        bytes += kEntry + key.size() + (value ? value->size() : 0);
    for (const auto& node : diff.inserted)
        bytes += 2 * kEntry + node.bytes->size(); // here and among the nodes
    return bytes + diff.removed.size() * sizeof(Digest);
}

Result<std::unique_ptr<Store>> Store::open(std::unique_ptr<KeyValue> tables, const StoreOptions& options,
                                           const NewBlock& genesis)
{
    std::unique_ptr<Store> store(new Store(std::move(tables), options));
    const auto layout = store->tables_->get(Table::facts, Bytes{kLayout});
    if (!layout)
        return std::unexpected(layout.error());
    const auto opened = *layout ? store->resume(genesis) : store->begin(genesis);
    if (!opened)
        return std::unexpected(opened.error());
    return store;
}

Result<void> Store::begin(const NewBlock& genesis)
{
    std::vector<Write> batch;
    if (const auto counted = count_nodes({&genesis.diff}, {}, batch); !counted)
        return counted;
    for (const auto& [key, value] : genesis.diff.flat)
        batch.push_back({Table::flat, key, value});
    const BlockPlace place{genesis.diff.number, genesis.hash};
    batch.push_back({Table::headers, bytes_of(genesis.hash), genesis.header});
    batch.push_back({Table::bodies, bytes_of(genesis.hash), genesis.body});
    batch.push_back({Table::numbers, number_key(place.number), bytes_of(genesis.hash)});
    batch.push_back({Table::facts, {kGenesis}, bytes_of(genesis.hash)});
    batch.push_back({Table::facts, {kPruned}, Bytes{uint8_t(options_.states_kept.has_value())}});
    batch.push_back({Table::facts, {kFinalised}, place_row(place)});
    batch.push_back({Table::facts, {kLayout}, Bytes{kLayoutVersion}});
    if (const auto written = tables_->write(batch, Durability::power); !written)
        return written;
    finalised_ = place;
    return {};
}

Result<void> Store::resume(const NewBlock& genesis)
{
    std::map<uint8_t, Bytes> facts;
    const auto walked_facts = tables_->walk(Table::facts, {}, [&](ByteView key, ByteView value) {
        facts[key.empty() ? 0 : key[0]] = bytes_of(value);
        return true;
    });
    if (!walked_facts)
        return walked_facts;
    if (facts[kLayout] != Bytes{kLayoutVersion} || facts[kFinalised].size() != 40)
        return std::unexpected(damaged("its own facts do not read, or a newer version wrote it"));
    if (facts[kGenesis] != bytes_of(genesis.hash))
        return std::unexpected(misplaced("the folder holds another chain; name another folder or empty it"));
    if (facts[kPruned] != Bytes{uint8_t(options_.states_kept.has_value())})
        return std::unexpected(misplaced("the state pruning of a folder is fixed when it is made: give the same "
                                         "--state-pruning, or another folder"));
    finalised_.number = number_of(ByteView(facts[kFinalised]).first(8));
    finalised_.hash = trie::digest_of(ByteView(facts[kFinalised]).subspan(8));

    bool readable = true;
    const auto walked = tables_->walk(Table::journal, {}, [&](ByteView key, ByteView value) {
        auto diff = decode_diff(value);
        readable = key.size() == 32 && diff;
        if (readable)
            pending_.emplace(trie::digest_of(key), std::move(*diff));
        return readable;
    });
    if (!walked)
        return walked;
    for (const auto& [hash, diff] : pending_)
    {
        const auto parent = pending_.find(diff.parent);
        const bool follows = parent != pending_.end()
                                 ? diff.number == parent->second.number + 1
                                 : diff.parent == finalised_.hash && diff.number == finalised_.number + 1;
        readable = readable && follows;
        nodes_.hold(diff);
        pending_bytes_ += memory_of(diff);
    }
    return readable ? Result<void>{} : std::unexpected(damaged("its journal does not read"));
}

Result<void> Store::import(NewBlock block)
{
    const std::unique_lock lock(mutex_);
    if (pending_.contains(block.hash) || block.hash == finalised_.hash)
        return std::unexpected(misplaced("the block is known already"));
    if (pending_.size() >= kUnfinalisedMax)
        return std::unexpected(Failure{Why::too_many, "too many blocks wait for finality"});
    const auto parent = pending_.find(block.diff.parent);
    if (parent == pending_.end() && block.diff.parent != finalised_.hash)
        return std::unexpected(missing("the parent is neither the finalised block nor above it"));
    const uint64_t below = parent == pending_.end() ? finalised_.number : parent->second.number;
    if (block.diff.number != below + 1)
        return std::unexpected(misplaced("the block's number does not follow its parent's"));
    const auto memory = memory_of(block.diff);
    if (pending_bytes_ + memory > options_.unfinalised_bytes)
        return std::unexpected(Failure{Why::too_many, "the changes of " + std::to_string(pending_.size()) +
                                                          " blocks that are not final fill their memory (" +
                                                          std::to_string(options_.unfinalised_bytes >> 20) +
                                                          " MiB): blocks are taken again once some of them are final"});
    const std::array batch{
        Write{Table::headers, bytes_of(block.hash), std::move(block.header)},
        Write{Table::bodies, bytes_of(block.hash), std::move(block.body)},
        Write{Table::journal, bytes_of(block.hash), encode(block.diff)},
    };
    if (const auto written = tables_->write(batch, Durability::process); !written)
        return written;
    settled_ = false;
    nodes_.hold(block.diff);
    pending_bytes_ += memory;
    pending_.emplace(block.hash, std::move(block.diff));
    return {};
}

Result<void> Store::settle()
{
    const std::unique_lock lock(mutex_);
    if (settled_)
        return {};
    const Write row{Table::facts, {kSettled}, Bytes{}}; // a synced write brings those before it to the disk
    const auto written = tables_->write({&row, 1}, Durability::power);
    settled_ = written.has_value();
    return written;
}

/// Adds the nodes of `path` to the table and takes one use from each of `dying`.
Result<void> Store::count_nodes(const std::vector<const BlockDiff*>& path, std::span<const Digest> dying,
                                std::vector<Write>& batch) const
{
    struct Sum
    {
        int64_t delta = 0;
        trie::NodeBytes bytes;
    };
    std::unordered_map<Digest, Sum, trie::DigestHash> sums;
    for (const auto* diff : path)
        for (const auto& node : diff->inserted)
        {
            auto& sum = sums[node.hash];
            ++sum.delta;
            sum.bytes = node.bytes;
        }
    for (const auto& hash : dying)
        --sums[hash].delta;
    for (const auto& [hash, sum] : sums)
    {
        if (sum.delta == 0)
            continue;
        const auto row = tables_->get(Table::nodes, hash);
        if (!row)
            return std::unexpected(row.error());
        const auto before = *row ? decode_counted(**row) : std::nullopt;
        const int64_t count = (before ? before->count : 0) + sum.delta;
        if ((*row && !before) || count < 0 || count > UINT32_MAX)
            return std::unexpected(damaged("a trie node is not counted right"));
        const ByteView bytes = before ? ByteView(before->bytes) : ByteView(*sum.bytes);
        batch.push_back({Table::nodes, bytes_of(hash),
                         count == 0 ? std::nullopt : std::optional(encode_counted(uint32_t(count), bytes))});
    }
    return {};
}

/// Nodes that only states up to block `last − 1` used; their rows leave the table.
Result<std::vector<Digest>> Store::doomed(uint64_t last, std::vector<Write>& batch) const
{
    std::vector<Digest> all;
    bool readable = true;
    const auto walked = tables_->walk(Table::deaths, {}, [&](ByteView key, ByteView value) {
        if (number_of(key) > last)
            return false;
        const auto hashes = decode_hashes(value);
        readable = hashes.has_value();
        if (readable)
            all.insert(all.end(), hashes->begin(), hashes->end());
        batch.push_back({Table::deaths, bytes_of(key), std::nullopt});
        return readable;
    });
    if (!walked)
        return std::unexpected(walked.error());
    if (!readable)
        return std::unexpected(damaged("its list of nodes to prune does not read"));
    return all;
}

/// Unfinalised blocks that are neither on the path nor above its end: forks that died.
std::vector<Digest> Store::not_below(const Digest& hash, std::span<const Digest> path) const
{
    std::vector<Digest> dead;
    for (const auto& [block, diff] : pending_)
    {
        if (std::ranges::find(path, block) != path.end())
            continue;
        auto at = pending_.find(block);
        while (at != pending_.end() && at->first != hash && at->second.number > pending_.at(hash).number)
            at = pending_.find(at->second.parent);
        if (at == pending_.end() || at->first != hash)
            dead.push_back(block);
    }
    return dead;
}

Result<void> Store::finalise(const Digest& hash, std::optional<ByteView> justification, const Beside& beside)
{
    const std::unique_lock lock(mutex_);
    std::vector<Digest> path;
    for (auto at = pending_.find(hash); at != pending_.end(); at = pending_.find(at->second.parent))
        path.push_back(at->first);
    if (path.empty())
        return std::unexpected(missing("the block is not above the finalised one"));
    std::ranges::reverse(path);

    const BlockPlace place{pending_.at(hash).number, hash};
    const auto dead = not_below(hash, path);
    auto spared_blocks = spared(dead);
    if (!spared_blocks)
        return std::unexpected(spared_blocks.error());
    const auto last = pruned_up_to(place.number, *spared_blocks);
    std::vector<Write> batch;
    auto dying = doomed(last, batch);
    if (!dying)
        return std::unexpected(dying.error());
    std::vector<const BlockDiff*> diffs;
    for (const auto& block : path)
    {
        const auto& diff = *diffs.emplace_back(&pending_.at(block));
        for (const auto& [key, value] : diff.flat)
            batch.push_back({Table::flat, key, value});
        batch.push_back({Table::numbers, number_key(diff.number), bytes_of(block)});
        batch.push_back({Table::journal, bytes_of(block), std::nullopt});
        if (options_.states_kept && diff.number <= last)
            dying->insert(dying->end(), diff.removed.begin(), diff.removed.end());
        else if (options_.states_kept)
            batch.push_back({Table::deaths, number_key(diff.number), encode(diff.removed)});
    }
    if (const auto counted = count_nodes(diffs, *dying, batch); !counted)
        return counted;
    for (const auto& block : dead)
        drop_block(block, batch);
    if (justification)
        batch.push_back({Table::justifications, bytes_of(hash), bytes_of(*justification)});
    for (const auto number : beside.marked)
        batch.push_back({Table::marked, number_key(number), Bytes{}});
    if (beside.note)
        batch.push_back({Table::facts, {kNote}, bytes_of(*beside.note)});
    batch.push_back({Table::facts, {kFinalised}, place_row(place)});
    if (const auto written = tables_->write(batch, Durability::power); !written)
        return written;

    finalised_ = place;
    settled_ = true;
    leave_pending(path, dead, std::move(*spared_blocks));
    nodes_.forget(*dying);
    return {};
}

Result<std::vector<uint64_t>> Store::marked(uint64_t after, size_t most) const
{
    std::vector<uint64_t> found;
    if (most == 0)
        return found;
    const auto walked = tables_->walk(Table::marked, number_key(after + 1), [&](ByteView key, ByteView) {
        found.push_back(number_of(key));
        return found.size() != most;
    });
    if (!walked)
        return std::unexpected(walked.error());
    return found;
}

Result<void> Store::set_memo(uint8_t name, ByteView bytes)
{
    base::invariant(bytes.size() <= kMemoBytesMax);
    const std::unique_lock lock(mutex_);
    const Write row{Table::facts, {kMemo, name}, bytes_of(bytes)};
    const auto written = tables_->write({&row, 1}, Durability::process);
    settled_ = false;
    return written;
}

Result<std::optional<Bytes>> Store::memo(uint8_t name) const { return tables_->get(Table::facts, Bytes{kMemo, name}); }

Result<std::optional<Bytes>> Store::note() const { return tables_->get(Table::facts, Bytes{kNote}); }

size_t Store::unfinalised_bytes() const
{
    const std::shared_lock lock(mutex_);
    return pending_bytes_;
}

BlockPlace Store::finalised() const
{
    const std::shared_lock lock(mutex_);
    return finalised_;
}

std::vector<BlockPlace> Store::unfinalised() const
{
    const std::shared_lock lock(mutex_);
    std::vector<BlockPlace> all;
    for (const auto& [hash, diff] : pending_)
        all.push_back({diff.number, hash});
    std::ranges::sort(all, {}, [](const BlockPlace& place) { return std::pair(place.number, place.hash); });
    return all;
}

Result<std::optional<Digest>> Store::hash_of(uint64_t number) const
{
    const auto row = tables_->get(Table::numbers, number_key(number));
    if (!row)
        return std::unexpected(row.error());
    if (!*row)
        return std::nullopt;
    if ((*row)->size() != 32)
        return std::unexpected(damaged("a block number leads to no hash"));
    return trie::digest_of(**row);
}

Result<std::optional<Bytes>> Store::value(const Digest& block, ByteView flat_key) const
{
    const std::shared_lock lock(mutex_);
    const Bytes key = bytes_of(flat_key);
    auto at = pending_.find(block);
    if (at == pending_.end() && block != finalised_.hash)
        return std::unexpected(missing("the block is neither the finalised one nor above it"));
    for (; at != pending_.end(); at = pending_.find(at->second.parent))
        if (const auto change = at->second.flat.find(key); change != at->second.flat.end())
            return change->second;
    return tables_->get(Table::flat, flat_key);
}

} // namespace database
