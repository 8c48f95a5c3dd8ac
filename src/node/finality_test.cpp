#include "node/finality.hpp"

#include "database/rocks.hpp"
#include "env/stepped_loop.hpp"
#include "ledger/testing/chain.hpp"
#include "scale/scale.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace node {
namespace {

using base::Bytes;

constexpr host::KeyType kGrandpa{'g', 'r', 'a', 'n'};
constexpr ledger::BlockNumber kScheduled = 2, kDelay = 3, kEffective = kScheduled + kDelay;

primitives::Ed25519Public key_of(host::Keystore& keystore, std::string_view uri)
{
    primitives::Ed25519Public key;
    std::ranges::copy(keystore.insert<signature::ed25519::Keypair>(kGrandpa, uri).value(), key.bytes.begin());
    return key;
}

/// The development chain, but that its runtime announces in block 2 that Bob takes over from Alice three blocks later.
ledger::GenesisState genesis_with_a_change()
{
    ledger::testing::RepeatableEntropy entropy;
    host::Keystore keys(entropy);
    primitives::grandpa::AuthorityList next{{key_of(keys, "//Bob"), 1}};
    auto genesis = ledger::testing::product_genesis();
    genesis[ledger::testing::storage_name("Grandpa", "PendingChange")] =
        scale::encode(std::tuple{kScheduled, kDelay, next, std::optional<ledger::BlockNumber>()});
    return genesis;
}

struct Folder
{
    std::string path = (std::filesystem::temp_directory_path() / "zkp_finality_XXXXXX").string();

    Folder() { EXPECT_NE(mkdtemp(path.data()), nullptr); }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

/// The database of a folder, whose disk ends all writing at a moment that the test chooses: before the synced write
/// after `writes_left` more.
struct Ending final : database::KeyValue
{
    Ending(const std::string& folder, std::optional<int> writes)
        : below(std::move(*database::open_rocks({.folder = folder}))), writes_left(writes)
    {
    }

    database::Result<std::optional<Bytes>> get(database::Table table, base::ByteView key) const override
    {
        return below->get(table, key);
    }
    database::Result<void> write(std::span<const database::Write> batch, database::Durability durability) override
    {
        if (durability == database::Durability::power && writes_left && (*writes_left)-- <= 0)
            return std::unexpected(database::Failure{database::Why::io, "the end"});
        return below->write(batch, durability);
    }
    database::Result<void> walk(database::Table table, base::ByteView from,
                                const std::function<bool(base::ByteView, base::ByteView)>& visit) const override
    {
        return below->walk(table, from, visit);
    }

    std::unique_ptr<KeyValue> below;
    std::optional<int> writes_left;
};

std::unique_ptr<watermark::Record> record_in(const std::string& folder)
{
    if (!watermark::Record::exists(folder))
        EXPECT_TRUE(watermark::Record::create(folder, 0));
    return std::move(*watermark::Record::open(folder));
}

/// Both ledger and votes; a second one in the same folder is what a restart finds.
struct Voter
{
    explicit Voter(const std::string& folder, std::optional<int> writes = {},
                   const ledger::GenesisState& genesis = genesis_with_a_change())
        : chain(genesis, std::make_unique<Ending>(folder + "/db", writes)), record(record_in(folder))
    {
        alice = key_of(keystore, "//Alice");
        chain.ledger->listen(
            {.imported =
                 [this](const ledger::Imported& imported) {
                     loop.post([this, hash = imported.block.hash] { finality.imported(hash); });
                 },
             .finalised = [this](const ledger::FinalisedBlocks& blocks) { finality.finalised(blocks); }});
    }

    /// Has it vote as far as it can; what went wrong.
    std::optional<std::string> vote()
    {
        if (!std::exchange(started, true))
            loop.post([this] { finality.start(); });
        loop.run_for(std::chrono::seconds(20));
        return failed.empty() ? std::nullopt : std::optional(std::exchange(failed, {}));
    }

    void build(int blocks)
    {
        for (int i = 0; i != blocks; ++i)
            ASSERT_TRUE(chain.import(chain.made()));
    }
    ledger::BlockNumber finalised() { return chain.ledger->finalised().number; }
    std::optional<watermark::Vote> last_vote(const primitives::Ed25519Public& key)
    {
        return record->marks().last_vote(key.bytes);
    }
    watermark::Vote vote(uint64_t set_id, uint64_t round, ledger::BlockNumber number)
    {
        return {.set_id = set_id, .round = round, .target = *chain.ledger->hash_at(number)};
    }

    ledger::testing::Chain chain;
    ledger::testing::RepeatableEntropy entropy;
    host::Keystore keystore{entropy};
    std::unique_ptr<watermark::Record> record;
    env::SteppedLoop loop;
    std::string failed;
    bool started = false;
    Finality finality{
        {.loop = loop, .ledger = *chain.ledger, .keystore = keystore, .record = *record, .submit = {}, .vote = true},
        {.send = {},
         .report = {},
         .want = {},
         .proofs = {},
         .decided = [](const Decision&) {},
         .settle = [] {},
         .log = [this](host::LogLevel, const std::string& words) { failed = words; }}};
    primitives::Ed25519Public alice;
};

TEST(Finality, a_change_with_a_delay_ends_the_old_voters_work_at_its_block_and_outlives_a_restart)
{
    const Folder folder;
    std::optional<Decision> before;
    {
        Voter voter(folder.path);
        voter.build(3);
        EXPECT_EQ(voter.vote(), std::nullopt);
        EXPECT_EQ(voter.finalised(), 3u);
        EXPECT_EQ(voter.chain.ledger->due_change(), kEffective);
        EXPECT_TRUE(voter.chain.ledger->set_changes(0).empty());
        before = voter.finality.latest();
        ASSERT_TRUE(before);
        EXPECT_EQ(before->justification.round, 1u);
    }
    Voter voter(folder.path);
    const auto restored = voter.finality.latest();
    ASSERT_TRUE(restored);
    EXPECT_EQ(restored->block, before->block);
    EXPECT_EQ(restored->header, before->header);
    EXPECT_EQ(restored->set_id, before->set_id);
    EXPECT_EQ(restored->justification, before->justification);
    EXPECT_EQ(voter.finality.set_id(), before->set_id);
    EXPECT_EQ(voter.chain.ledger->due_change(), kEffective);

    const auto bob = key_of(voter.keystore, "//Bob"); // keys vote in the sets that begin while they are here
    voter.build(4);                                   // to block 7: the change falls due on the way
    const auto old_set = voter.finality.voters(voter.chain.ledger->finalised().hash);
    EXPECT_EQ(voter.vote(), std::nullopt);
    EXPECT_EQ(voter.finalised(), 7u);
    EXPECT_EQ(voter.chain.ledger->due_change(), std::nullopt);
    EXPECT_EQ(voter.chain.ledger->set_changes(0), std::vector<ledger::BlockNumber>{kEffective});

    // Its proof stays: who verifies the chain by its changes walks over it.
    const BlockId target{*voter.chain.ledger->hash_at(kEffective), kEffective};
    const auto kept = voter.chain.ledger->justification(target.hash);
    ASSERT_TRUE(kept);
    const auto justification = scale::decode<finality::Justification>(base::ByteView(*kept));
    ASSERT_TRUE(justification);
    EXPECT_TRUE(finality::check(*justification, *old_set, target));

    const auto new_set = voter.finality.voters(target.hash);
    ASSERT_TRUE(new_set);
    EXPECT_NE(new_set->authorities, old_set->authorities);
    EXPECT_EQ(new_set->authorities, (primitives::grandpa::AuthorityList{{bob, 1}}));
    EXPECT_EQ(voter.last_vote(voter.alice)->target, target.hash)
        << "the block at which Bob takes over is the last that Alice decides";
    ASSERT_EQ(voter.finality.latest()->justification.commit.precommits.size(), 1u);
    EXPECT_EQ(voter.finality.latest()->justification.commit.precommits[0].id, bob);
    // Written into the state as it was, the announcement changes the keys and not the set's number.
    EXPECT_EQ(voter.finality.set_id(), before->set_id);
    EXPECT_EQ(voter.last_vote(bob), voter.vote(0, 1, 7)) << "rounds count from 1 for other authorities";
}

/// The disk ends before each synced write in turn: of the blocks, of the decision before the change of authorities, of
/// that at the change, of the one after it.
TEST(Finality, cut_off_anywhere_around_a_change_of_authorities_it_votes_as_if_it_never_had_been)
{
    bool cut = true;
    for (int writes = 1; cut; ++writes) // the first one makes the chain
    {
        const Folder folder;
        std::optional<watermark::Vote> alices, bobs;
        {
            Voter voter(folder.path, writes);
            const auto bob = key_of(voter.keystore, "//Bob");
            voter.build(3);
            cut = voter.vote().has_value();
            if (!cut)
            {
                voter.build(4);
                cut = voter.vote().has_value();
            }
            alices = voter.last_vote(voter.alice);
            bobs = voter.last_vote(bob);
        }
        Voter voter(folder.path);
        const auto bob = key_of(voter.keystore, "//Bob");
        voter.build(int(7 - voter.chain.ledger->best().number));
        EXPECT_EQ(voter.vote(), std::nullopt);
        EXPECT_EQ(voter.finalised(), 7u);
        const uint64_t rounds = alices ? 2 : 1; // where nobody voted for block 3, block 5 is the first decision
        EXPECT_EQ(voter.last_vote(voter.alice), voter.vote(0, rounds, kEffective)) << writes;
        EXPECT_EQ(voter.last_vote(bob), voter.vote(0, 1, 7)) << writes;
        if (alices && alices->round == 1)
            EXPECT_EQ(alices->target, voter.vote(0, 1, 3).target);
        if (alices && alices->round == 2)
            EXPECT_EQ(alices->target, voter.vote(0, 2, kEffective).target);
        if (bobs)
            EXPECT_EQ(bobs->target, voter.vote(0, 1, 7).target);
    }
}

TEST(Finality, a_vote_that_was_cast_but_not_decided_is_cast_again_though_another_fork_is_better)
{
    const Folder folder;
    Voter voter(folder.path);
    voter.build(1);
    // Another fork from the genesis block on, of two blocks.
    ledger::testing::Chain other(genesis_with_a_change());
    const auto first = other.made({other.signed_by_alice({0, 0, 4, 1}, 0)});
    ASSERT_TRUE(other.import(first));
    const auto second = other.made();
    auto voted = voter.vote(0, 1, 1);
    voted.step = watermark::Step::prevote; // marked, and not signed when the node ended
    ASSERT_NE(voted.target, primitives::hash_of(first.header));
    ASSERT_TRUE(voter.record->vote({&voter.alice.bytes, 1}, voted));
    ASSERT_TRUE(voter.chain.import(first));
    ASSERT_TRUE(voter.chain.import(second));
    ASSERT_EQ(voter.chain.ledger->best().number, 2u);

    EXPECT_EQ(voter.vote(), std::nullopt);
    EXPECT_EQ(voter.chain.ledger->finalised().hash, voted.target);
    voted.step = watermark::Step::precommit;
    EXPECT_EQ(voter.last_vote(voter.alice), voted);
    voter.build(1);
    EXPECT_EQ(voter.vote(), std::nullopt);
    EXPECT_EQ(voter.last_vote(voter.alice), voter.vote(0, 2, 2));
}

TEST(Finality, over_an_old_copy_of_the_database_nothing_is_voted_for)
{
    const Folder folder, copy;
    {
        Voter voter(folder.path);
        voter.build(1);
    }
    std::filesystem::copy(folder.path + "/db", copy.path + "/db", std::filesystem::copy_options::recursive);
    {
        Voter voter(folder.path);
        ASSERT_TRUE(voter.chain.import(voter.chain.made({voter.chain.signed_by_alice({0, 0, 4, 1}, 0)})));
        EXPECT_EQ(voter.vote(), std::nullopt);
        EXPECT_EQ(voter.finalised(), 2u);
    }
    std::filesystem::remove_all(folder.path + "/db");
    std::filesystem::copy(copy.path + "/db", folder.path + "/db", std::filesystem::copy_options::recursive);
    Voter voter(folder.path);
    voter.build(2);
    const auto words = voter.vote();
    ASSERT_TRUE(words);
    EXPECT_NE(words->find("old copy"), std::string::npos) << *words;
    EXPECT_EQ(voter.finalised(), 0u);
}

TEST(Finality, rounds_count_from_1_in_each_set_of_voters)
{
    const Folder folder;
    auto genesis = ledger::testing::product_genesis();
    genesis[ledger::testing::storage_name("Grandpa", "CurrentSetId")] = scale::encode(uint64_t{4});
    Voter voter(folder.path, {}, genesis);
    const watermark::Vote before{.set_id = 3, .round = 77, .target = {}};
    ASSERT_TRUE(voter.record->vote({&voter.alice.bytes, 1}, before));
    for (uint64_t round = 1; round != 4; ++round)
    {
        voter.build(int(round)); // the number of the block is another one
        EXPECT_EQ(voter.vote(), std::nullopt);
        EXPECT_EQ(voter.last_vote(voter.alice), voter.vote(4, round, voter.chain.ledger->best().number));
    }
}

TEST(Finality, without_the_old_record_rounds_go_on_after_the_newest_proof)
{
    const Folder folder;
    {
        Voter voter(folder.path);
        voter.build(1);
        EXPECT_EQ(voter.vote(), std::nullopt);
    }
    std::filesystem::remove(watermark::Record::path_of(folder.path));
    Voter voter(folder.path);
    voter.build(1);
    EXPECT_EQ(voter.vote(), std::nullopt);
    EXPECT_EQ(voter.last_vote(voter.alice), voter.vote(0, 2, 2));
}

} // namespace
} // namespace node
