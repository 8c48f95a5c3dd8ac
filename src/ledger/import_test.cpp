#include "ledger/testing/chain.hpp"
#include "ledger/testing/written_runtime.hpp"

#include "database/memory.hpp"
#include "primitives/grandpa.hpp"
#include "scale/scale.hpp"
#include "trie/update.hpp"

#include <gtest/gtest.h>

namespace ledger {
namespace {

using testing::Chain;

const Bytes kRemark{0, 0, 4, 1};
/// In a signed extrinsic: version, address kind, key, signature kind; then the signature.
constexpr size_t kSignatureAt = 1 + 1 + 32 + 1;

bool has(const Failure& failure, std::string_view words) { return failure.words.find(words) != std::string::npos; }

TEST(LedgerImport, a_transaction_whose_signature_is_bad_ends_as_if_it_had_been_verified_in_place)
{
    Chain chain;
    const auto good = chain.made({chain.signed_by_alice(kRemark, 0), chain.signed_by_alice(kRemark, 1)});
    for (const size_t at : {good.extrinsics.size() - 2, good.extrinsics.size() - 1})
    {
        const auto bad = chain.changed(good, [&](Block& block) { block.extrinsics[at][kSignatureAt + 40] ^= 1; });
        // A call of the runtime verifies in place.
        const Block unsealed{primitives::unseal(bad.header)->header, bad.extrinsics};
        const auto in_place =
            chain.ledger->call(chain.ledger->genesis_hash(), "Core_execute_block", scale::encode(unsealed));
        ASSERT_FALSE(in_place);
        const auto reason = in_place.error().words.substr(in_place.error().words.find(": ") + 2);
        const auto imported = chain.import(bad);
        ASSERT_FALSE(imported);
        EXPECT_TRUE(imported.error().by_peer);
        const auto words = "the block does not execute: " + reason;
        const auto plain = [](std::string text) {
            std::erase(text, ':');
            return text;
        };
        EXPECT_EQ(plain(imported.error().words), plain(words));
    }
    EXPECT_EQ(chain.ledger->best().number, 0u);
    ASSERT_TRUE(chain.import(good));
    EXPECT_EQ(chain.ledger->best().hash, primitives::hash_of(good.header));
    ASSERT_TRUE(chain.import(chain.made({chain.signed_by_alice(kRemark, 2)})));
}

/// While finality stands still, blocks are taken until their changes fill the memory that they may have.
TEST(LedgerImport, blocks_are_refused_while_too_much_waits_for_finality_and_taken_again_once_it_goes_on)
{
    constexpr size_t kBound = 60'000;
    Chain chain(testing::product_genesis(), nullptr, {.store = {.unfinalised_bytes = kBound}});
    Result<Imported> imported{};
    Block block;
    while (imported && chain.ledger->best().number != 1'000)
        imported = chain.import(block = chain.made());
    ASSERT_FALSE(imported);
    const auto waiting = chain.ledger->best();
    EXPECT_GT(waiting.number, 1u);
    EXPECT_LE(chain.ledger->store().unfinalised_bytes(), kBound);
    EXPECT_TRUE(has(imported.error(), "blocks are taken again once some of them are final")) << imported.error().words;
    EXPECT_FALSE(imported.error().by_peer) << "whoever sent it is not to blame";
    EXPECT_FALSE(chain.ledger->broken()) << "the node goes on";
    EXPECT_TRUE(chain.ledger->call(waiting.hash, "Core_version"));
    EXPECT_FALSE(chain.import(block)) << "no more of it has room";

    ASSERT_TRUE(chain.ledger->finalise(waiting.hash, std::nullopt));
    EXPECT_EQ(chain.ledger->store().unfinalised_bytes(), 0u);
    ASSERT_TRUE(chain.import(block)) << "the very block that was refused";
    ASSERT_TRUE(chain.import(chain.made()));
    EXPECT_EQ(chain.ledger->best().number, waiting.number + 2);
}

TEST(LedgerImport, a_time_far_ahead_is_refused_before_the_block_is_executed)
{
    Chain chain;
    const auto good = chain.made();
    ASSERT_FALSE(good.extrinsics.empty());
    const auto slot = Chain::slot_of(good.header);
    const auto duration = chain.ledger->configuration().slot_duration_ms;
    const auto with_time = [&](uint64_t unix_ms) {
        return chain.changed(good, [&](Block& block) {
            // Timestamp.set, bare: its argument is the moment in SCALE's compact form, to the end.
            auto& inherent = block.extrinsics[0];
            const auto before = scale::encode(scale::Compact<uint64_t>{slot * duration});
            ASSERT_TRUE(std::ranges::equal(before, ByteView(inherent).last(before.size())));
            inherent.resize(inherent.size() - before.size());
            const auto now = scale::encode(scale::Compact<uint64_t>{unix_ms});
            inherent.insert(inherent.end(), now.begin(), now.end());
        });
    };
    for (const uint64_t ahead_ms : {uint64_t{3'600'000}, uint64_t{1} << 50})
    {
        const auto refused = chain.import(with_time(slot * duration + ahead_ms));
        ASSERT_FALSE(refused);
        EXPECT_FALSE(refused.error().by_peer) << "other clocks may say otherwise";
        EXPECT_TRUE(has(refused.error(), "inherents are refused: timstap0")) << refused.error().words;
    }
    // Within what clocks may differ, the inherent passes; the runtime then wants the moment of the block's own slot.
    const auto near = chain.import(with_time(slot * duration + 2 * duration));
    ASSERT_FALSE(near);
    EXPECT_TRUE(has(near.error(), "does not execute")) << near.error().words;
    EXPECT_TRUE(chain.import(good));
}

TEST(LedgerImport, a_change_of_authorities_without_finality_is_refused)
{
    Chain chain;
    const auto good = chain.made();
    const auto with = [&](const primitives::grandpa::ConsensusLog& log) {
        return chain.changed(good, [&](Block& block) {
            block.header.digest.logs.emplace_back(
                primitives::digest::Consensus{primitives::kGrandpaEngine, scale::encode(log)});
        });
    };
    const auto forced = chain.import(with(primitives::grandpa::ForcedChange{0, {{{}, 1}}, 0}));
    ASSERT_FALSE(forced);
    EXPECT_TRUE(forced.error().by_peer);
    EXPECT_TRUE(has(forced.error(), "forces a change")) << forced.error().words;
    // Announcing what the runtime did not is another matter: executing the block shows it.
    const auto scheduled = chain.import(with(primitives::grandpa::ScheduledChange{{{{}, 1}}, 0}));
    ASSERT_FALSE(scheduled);
    EXPECT_TRUE(scheduled.error().by_peer);
    EXPECT_TRUE(has(scheduled.error(), "does not execute")) << scheduled.error().words;
    EXPECT_TRUE(chain.import(good));
}

TEST(LedgerImport, what_no_honest_author_makes_is_refused_and_nothing_of_it_stays)
{
    Chain chain;
    const auto good = chain.made({chain.signed_by_alice(kRemark, 0)});
    const auto refused = [&](const Block& block, std::string_view words) {
        const auto imported = chain.import(block);
        ASSERT_FALSE(imported) << words;
        EXPECT_TRUE(imported.error().by_peer) << imported.error().words;
        EXPECT_TRUE(has(imported.error(), words)) << imported.error().words;
    };
    auto cut = good;
    cut.extrinsics.pop_back();
    refused(cut, "does not execute");
    refused(chain.changed(good, [](Block& block) { block.extrinsics.clear(); }), "does not execute");
    refused(chain.changed(good, [](Block& block) { block.extrinsics.emplace_back(); }), "does not execute");
    refused(chain.changed(good, [](Block& block) { block.extrinsics.back().resize(50); }), "does not execute");
    refused(chain.changed(good, [](Block& block) { block.extrinsics.push_back(block.extrinsics.back()); }),
            "does not execute");
    refused(chain.changed(good, [](Block& block) { block.header.state_root[0] ^= 1; }), "does not execute");
    auto unsealed = good;
    unsealed.header = primitives::unseal(good.header)->header;
    refused(unsealed, "not sealed");
    auto stranger = good;
    stranger.header.number.value = 2;
    refused(stranger, "does not follow");
    stranger.header.parent_hash[0] ^= 1;
    EXPECT_FALSE(chain.import(stranger)); // no fault of whoever sent it: the parent may come yet

    EXPECT_EQ(chain.ledger->leaves().size(), 1u);
    ASSERT_TRUE(chain.import(good));
    EXPECT_FALSE(chain.import(good));
    EXPECT_EQ(chain.ledger->best().number, 1u);
}

/// A disk that makes the engine's clock jump past every limit, or fails, at a read of the state.
struct Troubled final : database::KeyValue
{
    enum class With : uint8_t
    {
        time,
        failure,
    };

    database::Result<std::optional<Bytes>> get(database::Table table, ByteView key) const override
    {
        if (table == database::Table::flat && reads_left && (*reads_left)-- == 0)
        {
            if (with == With::failure)
                return std::unexpected(database::Failure{database::Why::io, "the disk does not answer"});
            for (uint64_t i = 0; i <= kImportTicks; ++i)
                testing::engine()->tick();
        }
        return below.get(table, key);
    }
    database::Result<void> write(std::span<const database::Write> batch, database::Durability durability) override
    {
        return below.write(batch, durability);
    }
    database::Result<void> walk(database::Table table, ByteView from,
                                const std::function<bool(ByteView, ByteView)>& visit) const override
    {
        return below.walk(table, from, visit);
    }

    database::MemoryKeyValue below;
    mutable std::optional<uint64_t> reads_left;
    With with = With::time;
};

/// A node that is stopped, a host that is overloaded and a disk that fails say nothing about the block.
TEST(LedgerImport, a_block_whose_execution_is_cut_off_is_held_against_nobody_and_may_come_again)
{
    for (const auto with : {Troubled::With::time, Troubled::With::failure})
    {
        auto tables = std::make_unique<Troubled>();
        auto& disk = *tables;
        disk.with = with;
        Chain chain(testing::product_genesis(), std::move(tables));
        const auto good = chain.made({chain.signed_by_alice(kRemark, 0)});
        const auto wrong = chain.changed(good, [](Block& block) { block.header.state_root[0] ^= 1; });
        bool executing = false;
        for (uint64_t reads = 0; !chain.ledger->header(primitives::hash_of(good.header)); ++reads)
        {
            ASSERT_LT(reads, 1000u);
            disk.reads_left = reads;
            const auto imported = chain.import(good);
            if (!imported)
            {
                EXPECT_FALSE(imported.error().by_peer) << imported.error().words;
                executing |=
                    has(imported.error(), with == Troubled::With::time ? "execute: interrupted" : "execute: storage");
                disk.reads_left.reset();
                const auto refused = chain.import(wrong); // what is wrong still is the sender's fault
                ASSERT_FALSE(refused);
                EXPECT_TRUE(refused.error().by_peer);
            }
        }
        EXPECT_TRUE(executing);
    }
}

/// A runtime that executes every block alike: it verifies one sr25519 signature that it carries (signature, four bytes,
/// key) and writes the verdict, one byte, under the key `v`. The product's runtime does not go on after a bad
/// signature.
Bytes judging_runtime(const primitives::babe::Configuration& configuration, ByteView signed_bytes)
{
    return testing::written_runtime(configuration, R"(
        (import "env" "ext_crypto_sr25519_verify_version_2" (func $verify (param i32 i64 i32) (result i32)))
        (import "env" "ext_storage_set_version_1" (func $set (param i64 i64))))",
                                    "(data (i32.const 512) \"v\") (data (i32.const 1024) \"" +
                                        testing::escaped(signed_bytes) + R"(")
        (func (export "Core_execute_block") (param i32 i32) (result i64)
          (i32.store8 (i32.const 520)
            (call $verify (i32.const 1024) (i64.const 0x400000440) (i32.const 1092)))
          (call $set (i64.const 0x100000200) (i64.const 0x100000208))
          (i64.const 0)))");
}

TEST(LedgerImport, a_valid_block_may_hold_a_bad_signature_and_its_state_says_so)
{
    testing::RepeatableEntropy entropy;
    const Bytes message{1, 2, 3, 4};
    signature::Seed seed;
    const auto pair = signature::sr25519::Keypair::from_seed(seed);
    for (const uint8_t verdict : {1, 0})
    {
        Bytes signed_bytes;
        for (const ByteView part : {ByteView(signature::sr25519::sign(pair, message, entropy)), ByteView(message),
                                    ByteView(pair.public_key())})
            signed_bytes.insert(signed_bytes.end(), part.begin(), part.end());
        signed_bytes[10] ^= uint8_t(verdict ^ 1);
        const auto configuration = testing::configuration();
        GenesisState genesis{{{':', 'c', 'o', 'd', 'e'}, judging_runtime(configuration, signed_bytes)}};
        Chain chain(genesis);
        const auto block = [&](uint8_t claimed) {
            const Bytes value{claimed};
            auto after = genesis;
            after[{'v'}] = value;
            trie::StateChanges changes;
            for (const auto& [key, held] : after)
                changes.top.push_back({key, ByteView(held)});
            const trie::EmptyStore nothing;
            Header header;
            header.parent_hash = chain.ledger->genesis_hash();
            header.number.value = 1;
            header.state_root = trie::apply_state(nothing, trie::empty_root(), changes, trie::Version::v1)->root;
            const primitives::babe::NextEpochData next{configuration.authorities, {}};
            header.digest.logs = {chain.claim(chain.next_slot()),
                                  primitives::digest::Consensus{primitives::kBabeEngine,
                                                                scale::encode(primitives::babe::ConsensusLog(next))}};
            chain.seal(header);
            return Block{header, {}};
        };
        const auto wrong = chain.import(block(verdict ^ 1));
        ASSERT_FALSE(wrong);
        EXPECT_TRUE(wrong.error().by_peer);
        EXPECT_TRUE(has(wrong.error(), "state root is not what executing it gives")) << wrong.error().words;
        const auto right = chain.import(block(verdict));
        ASSERT_TRUE(right) << right.error().words;
        EXPECT_EQ(*chain.ledger->value(right->block.hash, {}, Bytes{'v'}), Bytes{verdict});
    }
}

} // namespace
} // namespace ledger
