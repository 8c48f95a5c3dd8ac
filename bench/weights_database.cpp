#include "weights_database.hpp"

#include "harness.hpp"

#include "database/rocks.hpp"
#include "database/store.hpp"
#include "trie/update.hpp"
#include "weights_host.hpp"

#include <algorithm>
#include <filesystem>
#include <random>

namespace weights {
namespace {

using base::Bytes;
using base::Digest;

constexpr size_t kAccounts = 1'000'000, kRounds = 15, kKeysInBlock = 12'000;

/// Keys of System.Account in length: 32 bytes of prefix, 16 of hash, 32 of account; values of 80 bytes.
Bytes key_of(uint64_t i)
{
    std::mt19937_64 random(i);
    Bytes key(80, 0x26);
    for (size_t at = 32; at != key.size(); ++at)
        key[at] = uint8_t(random() >> 20);
    return key;
}

Digest digest_of(uint64_t number)
{
    Digest hash{};
    for (size_t i = 0; i != 8; ++i)
        hash[i] = uint8_t(number >> (8 * i));
    hash[31] = 1;
    return hash;
}

using Values = std::map<Bytes, Bytes>;

std::optional<database::NewBlock> block_with(const trie::NodeStore& nodes, const Digest& root, uint64_t number,
                                             const Values& values)
{
    std::vector<trie::Change> changes;
    database::NewBlock block{.hash = digest_of(number), .header = Bytes(200), .body = {}, .diff = {}};
    for (const auto& [key, value] : values)
    {
        changes.push_back({key, base::ByteView(value)});
        block.diff.flat.emplace(database::flat_key(key), value);
    }
    auto update = trie::apply(nodes, root, changes, trie::Version::v1);
    if (!update)
        return std::nullopt;
    block.diff.number = number;
    block.diff.parent = number == 0 ? Digest{} : digest_of(number - 1);
    block.diff.state_root = update->root;
    block.diff.inserted = std::move(update->inserted);
    block.diff.removed = std::move(update->removed);
    return block;
}

/// Time by the clock, for each key: a block's root is made on all cores.
uint64_t each_key(auto body)
{
    const auto begin = clock_picoseconds(CLOCK_MONOTONIC);
    body();
    return (clock_picoseconds(CLOCK_MONOTONIC) - begin) / kKeysInBlock;
}

std::optional<DatabaseCost> measure_in(const std::string& folder)
{
    Values all;
    for (uint64_t i = 0; i != kAccounts; ++i)
        all.emplace(key_of(i), Bytes(80, uint8_t(i)));
    const trie::EmptyStore nothing;
    auto genesis = block_with(nothing, trie::empty_root(), 0, all);
    all.clear();
    database::RocksOptions options;
    options.folder = folder;
    auto tables = database::open_rocks(options);
    if (!genesis || !tables)
        return std::nullopt;
    auto root = genesis->diff.state_root;
    auto store = database::Store::open(std::move(*tables), {}, *genesis);
    genesis.reset();
    if (!store)
        return std::nullopt;

    bench::wait_until_quiet();
    std::mt19937_64 random(1);
    std::vector<uint64_t> reads, writes;
    for (uint64_t number = 1; number <= kRounds; ++number)
    {
        Values values;
        while (values.size() != kKeysInBlock)
            values.emplace(key_of(random() % kAccounts), Bytes(80, uint8_t(random())));
        bool well = true;
        std::vector<Bytes> keys;
        for (const auto& [key, value] : values)
            keys.push_back(key);
        std::ranges::shuffle(keys, random);
        reads.push_back(each_key([&] {
            for (const auto& key : keys)
                well &= (*store)->value(digest_of(number - 1), database::flat_key(key)).has_value();
        }));
        writes.push_back(each_key([&] {
            auto block = block_with((*store)->nodes(), root, number, values);
            well &= block.has_value();
            if (!block)
                return;
            root = block->diff.state_root;
            well &= (*store)->import(std::move(*block)).has_value();
            well &= (*store)->finalise(digest_of(number), std::nullopt).has_value();
        }));
        if (!well)
            return std::nullopt;
    }
    return DatabaseCost{.read = median(reads), .write = median(writes)};
}

} // namespace

std::optional<DatabaseCost> measure_database()
{
    const auto folder = std::filesystem::temp_directory_path() / "bench_weights_state";
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    auto cost = measure_in(folder.string());
    std::filesystem::remove_all(folder, ignored);
    return cost;
}

} // namespace weights
