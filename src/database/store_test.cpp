#include "database/store.hpp"

#include "database/memory.hpp"
#include "database/rocks.hpp"
#include "database/testing/check.hpp"
#include "database/testing/folder.hpp"

#include <set>

namespace database {
namespace {

using testing::State;

/// Memory that outlives the store, so that a test can look at it and open it again.
struct Shared final : KeyValue
{
    explicit Shared(std::shared_ptr<MemoryKeyValue> below) : tables(std::move(below)) {}
    Result<std::optional<Bytes>> get(Table table, ByteView key) const override { return tables->get(table, key); }
    Result<void> write(std::span<const Write> batch, Durability durability) override
    {
        return tables->write(batch, durability);
    }
    Result<void> walk(Table table, ByteView from, const std::function<bool(ByteView, ByteView)>& visit) const override
    {
        return tables->walk(table, from, visit);
    }
    std::shared_ptr<MemoryKeyValue> tables;
};

struct Kept
{
    bool rocks;
    std::optional<uint32_t> states;
};

class DatabaseStore : public ::testing::TestWithParam<Kept>
{
protected:
    std::unique_ptr<Store> open()
    {
        std::unique_ptr<KeyValue> tables = std::make_unique<Shared>(memory);
        if (GetParam().rocks)
            tables = open_rocks({.folder = folder.path + "/db", .unwritten_bytes = size_t{1} << 20}).value();
        return Store::open(std::move(tables), {GetParam().states, 1 << 12}, testing::genesis_block()).value();
    }

    std::shared_ptr<MemoryKeyValue> memory = std::make_shared<MemoryKeyValue>();
    testing::Folder folder;
};

INSTANTIATE_TEST_SUITE_P(modes, DatabaseStore,
                         ::testing::Values(Kept{false, 1}, Kept{false, 3}, Kept{false, std::nullopt}, Kept{true, 3}));

/// Every block of the model: its state, and where it stands.
struct Known
{
    State state;
    Digest parent;
    uint64_t number;
};
using Model = std::map<Digest, Known>;

Model begun()
{
    Model model;
    const auto genesis = testing::genesis_block();
    auto& first = model[genesis.hash];
    for (const auto& [key, value] : genesis.diff.flat)
        if (value)
            first.state[Bytes(key.begin() + 1, key.end())] = *value;
    return model;
}

/// A block on the finalised one or on any above it; its hash.
Digest grow(Store& store, Model& model, uint64_t name, std::mt19937_64& random)
{
    auto places = store.unfinalised();
    places.push_back(store.finalised());
    const auto parent = places[random() % places.size()];
    const auto batch = testing::random_batch(random, random() % 12);
    auto block = testing::make_block(store.nodes(), name, parent.number + 1, parent.hash,
                                     testing::root_of(store, parent.hash), batch);
    const auto hash = block.hash;
    EXPECT_TRUE(store.import(std::move(block)));
    auto& known = model[hash] = {model[parent.hash].state, parent.hash, parent.number + 1};
    for (const auto& [key, value] : batch)
    {
        known.state.erase(key);
        if (value)
            known.state[key] = *value;
    }
    return hash;
}

/// The table holds the nodes of the kept states, and no other.
void expect_no_stray_node(const Store& store, const MemoryKeyValue& memory, uint64_t states_kept)
{
    std::set<Digest> needed;
    const auto last = store.finalised().number;
    for (uint64_t back = 0; back < states_kept && back <= last; ++back)
    {
        const auto hash = store.hash_of(last - back).value().value();
        const trie::Recorder recorder(store.nodes());
        testing::state_of(recorder, testing::root_of(store, hash));
        for (const auto& node : recorder.nodes())
            needed.insert(trie::blake2_256(*node));
    }
    std::set<Digest> stored;
    for (const auto& [key, row] : memory.tables()[size_t(Table::nodes)])
        stored.insert(trie::digest_of(key));
    EXPECT_EQ(stored, needed);
}

TEST_P(DatabaseStore, random_forks_and_finalisations_read_like_the_model_and_keep_no_stray_node)
{
    std::mt19937_64 random(4);
    auto store = open();
    auto model = begun();
    for (uint64_t step = 1; step != 120; ++step)
    {
        grow(*store, model, step, random);
        if (random() % 4 == 0)
        {
            const auto waiting = store->unfinalised();
            const auto chosen = waiting[random() % waiting.size()];
            ASSERT_TRUE(store->finalise(chosen.hash, ByteView(chosen.hash)));
            EXPECT_EQ(store->justification(chosen.hash).value(), Bytes(chosen.hash.begin(), chosen.hash.end()));
        }
        if (random() % 10 == 0)
        {
            store.reset();
            store = open();
        }
        auto places = store->unfinalised();
        places.push_back(store->finalised());
        for (const auto& place : places)
        {
            EXPECT_EQ(testing::state_of(store->nodes(), testing::root_of(*store, place.hash)), model[place.hash].state);
            const Bytes key{uint8_t(random() % 5), uint8_t(random() % 7), uint8_t(random() % 3)};
            const auto found = model[place.hash].state.find(key);
            EXPECT_EQ(store->value(place.hash, flat_key(key)).value(),
                      found == model[place.hash].state.end() ? std::nullopt : std::optional(found->second));
        }
        testing::expect_consistent(*store, GetParam().states.value_or(1000));
    }
    if (!GetParam().rocks)
        expect_no_stray_node(*store, *memory, GetParam().states.value_or(1000));
}

/// Forks that die and final states that are left behind: what is pinned reads until it is unpinned as often.
TEST_P(DatabaseStore, pinned_blocks_read_whatever_becomes_of_them_and_leave_nothing_when_unpinned)
{
    std::mt19937_64 random(9);
    auto store = open();
    auto model = begun();
    std::multiset<Digest> pinned;
    size_t dead = 0;
    for (uint64_t step = 1; step != 150; ++step)
    {
        const auto hash = grow(*store, model, step, random);
        for (auto times = random() % 3; times != 0 && step < 120; --times)
        {
            store->pin({model[hash].number, hash});
            pinned.insert(hash);
        }
        if (random() % 5 == 0)
        {
            const auto waiting = store->unfinalised();
            ASSERT_TRUE(store->finalise(waiting[random() % waiting.size()].hash, std::nullopt));
        }
        for (auto each = pinned.begin(); each != pinned.end();)
            if (random() % 16 == 0 || step >= 140)
            {
                store->unpin(*each);
                each = pinned.erase(each);
            }
            else
                ++each;
        for (const auto& each : pinned)
        {
            EXPECT_EQ(testing::state_of(store->nodes(), testing::root_of(*store, each)), model[each].state);
            EXPECT_TRUE(store->body(each).value());
            dead += store->hash_of(model[each].number).value().value_or(each) != each;
        }
        testing::expect_consistent(*store, GetParam().states.value_or(1000));
    }
    EXPECT_GT(dead, 20u);
    store->unpin(testing::block_hash(7)); // of what is not pinned: nothing
    for (uint64_t step = 150; step != 154; ++step)
        ASSERT_TRUE(store->finalise(grow(*store, model, step, random), std::nullopt));
    size_t headers = 0;
    for (const auto& [hash, known] : model)
        headers += store->header(hash).value().has_value();
    EXPECT_EQ(headers, store->finalised().number + 1 + store->unfinalised().size());
    if (!GetParam().rocks)
        expect_no_stray_node(*store, *memory, GetParam().states.value_or(1000));
}

TEST(DatabaseBound, pruned_blocks_that_are_pinned_take_no_more_memory_than_allowed)
{
    std::mt19937_64 random(8);
    auto store =
        Store::open(std::make_unique<MemoryKeyValue>(), {.pruned_bytes = 30'000}, testing::genesis_block()).value();
    const auto genesis = store->finalised();
    const auto add = [&](uint64_t name, const BlockPlace& parent) {
        auto block = testing::make_block(store->nodes(), name, parent.number + 1, parent.hash,
                                         testing::root_of(*store, parent.hash), testing::random_batch(random, 20));
        const BlockPlace place{block.diff.number, block.hash};
        EXPECT_TRUE(store->import(std::move(block)));
        return place;
    };
    constexpr uint64_t kFork = 40;
    auto at = genesis;
    for (uint64_t name = 1; name != kFork; ++name)
        at = add(name, at);
    store->pin(at);
    ASSERT_TRUE(store->finalise(add(kFork, genesis).hash, std::nullopt));
    // The oldest of the fork are kept, without a gap, as far as there is room; a state is never half there.
    size_t kept = 0;
    for (uint64_t name = 1; name != kFork; ++name)
        if (store->header(testing::block_hash(name)).value())
        {
            EXPECT_EQ(name, ++kept);
            testing::state_of(store->nodes(), testing::root_of(*store, testing::block_hash(name)));
        }
    EXPECT_GT(kept, 2u);
    EXPECT_LT(kept, kFork - 1);
}

TEST(DatabaseBound, a_pin_keeps_no_state_for_ever)
{
    auto store = Store::open(std::make_unique<MemoryKeyValue>(), {.states_kept = 2}, testing::genesis_block()).value();
    std::mt19937_64 random(2);
    const auto genesis = store->finalised();
    const auto root = testing::root_of(*store, genesis.hash);
    store->pin(genesis);
    for (uint64_t name = 1; name != kPinnedStatesMax + 3; ++name)
    {
        EXPECT_TRUE(store->nodes().find(root)) << name;
        auto block = testing::make_block(store->nodes(), name, name, store->finalised().hash,
                                         testing::root_of(*store, store->finalised().hash),
                                         {{Bytes{1}, Bytes{uint8_t(name), uint8_t(name >> 8)}}});
        const auto hash = block.hash;
        ASSERT_TRUE(store->import(std::move(block)));
        ASSERT_TRUE(store->finalise(hash, std::nullopt));
    }
    EXPECT_FALSE(store->nodes().find(root));
}

TEST_P(DatabaseStore, what_does_not_belong_is_refused_and_changes_nothing)
{
    auto store = open();
    const auto genesis = testing::genesis_block();
    const auto make = [&](uint64_t name, uint64_t number, const Digest& parent) {
        return testing::make_block(store->nodes(), name, number, parent, genesis.diff.state_root, {});
    };
    ASSERT_TRUE(store->import(make(1, 1, genesis.hash)));
    EXPECT_EQ(store->import(make(1, 1, genesis.hash)).error().why, Why::misplaced);
    EXPECT_EQ(store->import(make(0, 1, genesis.hash)).error().why, Why::misplaced);
    EXPECT_EQ(store->import(make(2, 2, genesis.hash)).error().why, Why::misplaced);
    EXPECT_EQ(store->import(make(3, 2, testing::block_hash(77))).error().why, Why::missing);
    EXPECT_EQ(store->finalise(testing::block_hash(77), std::nullopt).error().why, Why::missing);
    EXPECT_EQ(store->finalise(genesis.hash, std::nullopt).error().why, Why::missing);
    EXPECT_EQ(store->value(testing::block_hash(77), flat_key({})).error().why, Why::missing);
    EXPECT_EQ(store->unfinalised().size(), 1u);
    ASSERT_TRUE(store->finalise(testing::block_hash(1), std::nullopt));
    EXPECT_EQ(store->import(make(4, 1, genesis.hash)).error().why, Why::missing);
    EXPECT_EQ(store->finalised(), (BlockPlace{1, testing::block_hash(1)}));
}

TEST(DatabaseOpen, another_chain_another_pruning_and_damage_are_refused_in_words)
{
    const auto memory = std::make_shared<MemoryKeyValue>();
    const auto genesis = testing::genesis_block();
    const auto open = [&](const NewBlock& first, StoreOptions options) {
        const auto store = Store::open(std::make_unique<Shared>(memory), options, first);
        return store ? std::optional<Why>() : store.error().why;
    };
    EXPECT_EQ(open(genesis, {}), std::nullopt);
    auto other = genesis;
    other.hash = testing::block_hash(9);
    EXPECT_EQ(open(other, {}), Why::misplaced);
    EXPECT_EQ(open(genesis, {.states_kept = std::nullopt}), Why::misplaced);
    EXPECT_EQ(open(genesis, {.states_kept = 7}), std::nullopt);
    const auto spoil = [&](Table table, Bytes key, Bytes value) {
        const Write change{table, std::move(key), std::move(value)};
        ASSERT_TRUE(memory->write({&change, 1}, Durability::process));
    };
    spoil(Table::journal, Bytes(32, 1), Bytes{1, 2, 3});
    EXPECT_EQ(open(genesis, {}), Why::damaged);
    spoil(Table::journal, Bytes(32, 1), encode(BlockDiff{.number = 5, .flat = {}, .inserted = {}, .removed = {}}));
    EXPECT_EQ(open(genesis, {}), Why::damaged);
    spoil(Table::facts, {'v'}, {99});
    EXPECT_EQ(open(genesis, {}), Why::damaged);
}

TEST_P(DatabaseStore, memos_are_there_when_opened_again_each_under_its_name)
{
    auto store = open();
    EXPECT_EQ(store->memo(1).value(), std::nullopt);
    const Bytes first{1, 2}, second{3};
    ASSERT_TRUE(store->set_memo(1, second));
    ASSERT_TRUE(store->set_memo(1, first));
    ASSERT_TRUE(store->set_memo(2, second));
    ASSERT_TRUE(store->settle());
    store.reset();
    store = open();
    EXPECT_EQ(store->memo(1).value(), first);
    EXPECT_EQ(store->memo(2).value(), second);
    EXPECT_EQ(store->memo(3).value(), std::nullopt);
}

TEST_P(DatabaseStore, marks_and_the_note_of_a_finalisation_are_there_when_opened_again)
{
    auto store = open();
    const auto genesis = testing::genesis_block();
    EXPECT_EQ(store->note().value(), std::nullopt);
    const auto make = [&](uint64_t name, const Digest& parent) {
        return testing::make_block(store->nodes(), name, name, parent, genesis.diff.state_root, {});
    };
    ASSERT_TRUE(store->import(make(1, genesis.hash)));
    for (uint64_t name = 2; name != 9; ++name)
        ASSERT_TRUE(store->import(make(name, testing::block_hash(name - 1))));
    const std::array<uint64_t, 2> first{2, 3}, second{7, 8};
    const Bytes note{1, 2};
    ASSERT_TRUE(store->finalise(testing::block_hash(4), std::nullopt, {.marked = first, .note = ByteView(note)}));
    ASSERT_TRUE(store->finalise(testing::block_hash(8), std::nullopt, {.marked = second, .note = std::nullopt}));
    store.reset();
    store = open();
    EXPECT_EQ(store->note().value(), note);
    EXPECT_EQ(store->marked(0, 10).value(), (std::vector<uint64_t>{2, 3, 7, 8}));
    EXPECT_EQ(store->marked(2, 2).value(), (std::vector<uint64_t>{3, 7}));
    EXPECT_EQ(store->marked(8, 10).value(), std::vector<uint64_t>{});
    EXPECT_EQ(store->marked(UINT64_MAX - 1, 0).value(), std::vector<uint64_t>{});
}

TEST(DatabaseBound, blocks_that_are_not_final_take_no_more_memory_than_allowed_and_come_again_after_finality)
{
    std::mt19937_64 random(8);
    auto store =
        Store::open(std::make_unique<MemoryKeyValue>(), {.unfinalised_bytes = 60'000}, testing::genesis_block())
            .value();
    auto parent = store->finalised();
    const auto next = [&](uint64_t name) {
        return testing::make_block(store->nodes(), name, parent.number + 1, parent.hash,
                                   testing::root_of(*store, parent.hash), testing::random_batch(random, 20));
    };
    uint64_t name = 1;
    Result<void> done;
    for (; done; ++name)
    {
        auto block = next(name);
        const BlockPlace place{block.diff.number, block.hash};
        done = store->import(std::move(block));
        if (done)
            parent = place;
        EXPECT_LE(store->unfinalised_bytes(), 60'000u);
    }
    EXPECT_EQ(done.error().why, Why::too_many) << done.error().words;
    EXPECT_GT(name, 3u);
    ASSERT_TRUE(store->finalise(parent.hash, std::nullopt));
    EXPECT_EQ(store->unfinalised_bytes(), 0u);
    EXPECT_TRUE(store->import(next(name)));
}

TEST(DatabaseOpen, a_disk_that_fills_up_stops_the_store_and_loses_nothing)
{
    for (uint64_t room = 1; room != 40; ++room)
    {
        const auto memory = std::make_shared<MemoryKeyValue>();
        std::mt19937_64 random(room);
        auto store = Store::open(std::make_unique<Shared>(memory), {.states_kept = 2}, testing::genesis_block());
        ASSERT_TRUE(store);
        memory->fill_after(room);
        Result<void> done;
        for (uint64_t name = 1; done; ++name)
        {
            const auto parent = (*store)->finalised();
            auto block = testing::make_block((*store)->nodes(), name, parent.number + 1, parent.hash,
                                             testing::root_of(**store, parent.hash), testing::random_batch(random, 9));
            const auto hash = block.hash;
            done = (*store)->import(std::move(block));
            if (done)
                done = (*store)->finalise(hash, std::nullopt);
        }
        EXPECT_EQ(done.error().why, Why::disk_full);
        const auto before = (*store)->finalised();
        testing::expect_consistent(**store, 2);
        const auto again = Store::open(std::make_unique<MemoryKeyValue>(memory->tables()), {.states_kept = 2},
                                       testing::genesis_block());
        ASSERT_TRUE(again);
        EXPECT_EQ((*again)->finalised(), before);
        EXPECT_EQ((*again)->unfinalised(), (*store)->unfinalised());
        testing::expect_consistent(**again, 2);
    }
}

} // namespace
} // namespace database
