#include "node/finality.hpp"

#include "database/rocks.hpp"
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

/// Both ledger and votes; a second one in the same folder is what a restart finds.
struct Voter
{
    explicit Voter(const std::string& folder)
        : chain(genesis_with_a_change(), std::move(*database::open_rocks({.folder = folder})))
    {
        key_of(keystore, "//Alice");
    }

    void build(int blocks)
    {
        for (int i = 0; i != blocks; ++i)
            ASSERT_TRUE(chain.import(chain.made()));
    }
    ledger::BlockNumber finalised() { return chain.ledger->finalised().number; }

    ledger::testing::Chain chain;
    ledger::testing::RepeatableEntropy entropy;
    host::Keystore keystore{entropy};
    watermark::Record record;
    Finality finality{*chain.ledger, keystore, record};
};

TEST(Finality, a_change_with_a_delay_ends_the_old_voters_work_at_its_block_and_outlives_a_restart)
{
    const Folder folder;
    std::optional<Decision> before;
    {
        Voter voter(folder.path);
        voter.build(3);
        EXPECT_EQ(voter.finality.vote(), std::nullopt);
        EXPECT_EQ(voter.finalised(), 3u);
        EXPECT_EQ(voter.chain.ledger->due_change(), kEffective);
        EXPECT_TRUE(voter.chain.ledger->set_changes(0).empty());
        before = voter.finality.latest();
        ASSERT_TRUE(before);
    }
    Voter voter(folder.path);
    const auto restored = voter.finality.latest();
    ASSERT_TRUE(restored);
    EXPECT_EQ(restored->block, before->block);
    EXPECT_EQ(restored->header, before->header);
    EXPECT_EQ(restored->set_id, before->set_id);
    EXPECT_EQ(restored->justification, before->justification);
    EXPECT_EQ(voter.finality.set_id(), before->set_id);
    EXPECT_EQ(voter.finality.round(), before->justification.round);
    EXPECT_EQ(voter.chain.ledger->due_change(), kEffective);

    voter.build(4); // to block 7: the change falls due on the way
    const auto old_set = voter.finality.voters(voter.chain.ledger->finalised().hash);
    EXPECT_EQ(voter.finality.vote(), std::nullopt);
    EXPECT_EQ(voter.finalised(), kEffective) << "the block at which Bob takes over is the last that Alice decides";
    EXPECT_EQ(voter.chain.ledger->due_change(), std::nullopt);
    EXPECT_EQ(voter.chain.ledger->set_changes(0), std::vector<ledger::BlockNumber>{kEffective});

    // Its proof stays: who verifies the chain by its changes walks over it.
    const auto target = voter.chain.ledger->finalised();
    const auto kept = voter.chain.ledger->justification(target.hash);
    ASSERT_TRUE(kept);
    const auto justification = scale::decode<finality::Justification>(base::ByteView(*kept));
    ASSERT_TRUE(justification);
    EXPECT_TRUE(finality::check(*justification, *old_set, target));

    const auto new_set = voter.finality.voters(target.hash);
    ASSERT_TRUE(new_set);
    EXPECT_NE(new_set->authorities, old_set->authorities);
    const auto bob = key_of(voter.keystore, "//Bob");
    EXPECT_EQ(new_set->authorities, (primitives::grandpa::AuthorityList{{bob, 1}}));
    EXPECT_EQ(voter.finality.vote(), std::nullopt);
    EXPECT_EQ(voter.finalised(), 7u);
    ASSERT_EQ(voter.finality.latest()->justification.commit.precommits.size(), 1u);
    EXPECT_EQ(voter.finality.latest()->justification.commit.precommits[0].id, bob);
}

} // namespace
} // namespace node
