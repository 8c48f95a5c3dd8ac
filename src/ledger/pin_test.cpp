#include "ledger/testing/chain.hpp"

#include <gtest/gtest.h>

namespace ledger {
namespace {

using testing::Chain;

const Bytes kRemark{0, 0, 4, 1};
const Bytes kEvents = testing::storage_name("System", "Events");

TEST(LedgerPin, a_pruned_block_and_its_state_answer_until_it_is_unpinned_as_often)
{
    Chain chain, other;
    const auto winner = other.made();
    const auto lower = chain.made({chain.signed_by_alice(kRemark, 0)});
    ASSERT_TRUE(chain.import(lower));
    const auto upper = chain.made({chain.signed_by_alice(kRemark, 1)});
    ASSERT_TRUE(chain.import(upper));
    ASSERT_TRUE(chain.import(winner));
    auto& ledger = *chain.ledger;
    const auto hash = primitives::hash_of(upper.header), below = primitives::hash_of(lower.header),
               final = primitives::hash_of(winner.header);
    const auto events = ledger.value(hash, {}, kEvents).value();
    ASSERT_TRUE(events);

    EXPECT_FALSE(ledger.pin(Hash{1}));
    ASSERT_TRUE(ledger.pin(hash));
    ASSERT_TRUE(ledger.finalise(final, std::nullopt));
    EXPECT_EQ(ledger.best().hash, final);
    ASSERT_TRUE(ledger.pin(hash)) << "once more, now that it is pruned";
    for (int pins = 2; pins != 0; --pins)
    {
        EXPECT_EQ(ledger.header(hash), upper.header);
        EXPECT_EQ(ledger.body(hash), upper.extrinsics);
        EXPECT_EQ(ledger.value(hash, {}, kEvents).value(), events);
        EXPECT_TRUE(ledger.next_key(hash, {}, kEvents).value());
        EXPECT_TRUE(ledger.call(hash, "Metadata_metadata_versions"));
        const auto nonce = ledger.call(hash, "AccountNonceApi_account_nonce",
                                       ByteView(upper.extrinsics.back()).subspan(2, 32)); // Alice's key
        ASSERT_TRUE(nonce) << nonce.error().words;
        EXPECT_EQ(*nonce, (Bytes{2, 0, 0, 0}));
        EXPECT_TRUE(ledger.prove_values(hash, {}, std::array{kEvents}, size_t{1} << 20));
        ledger.unpin(hash);
    }
    for (const auto& gone : {hash, below})
    {
        EXPECT_FALSE(ledger.header(gone));
        EXPECT_FALSE(ledger.call(gone, "Core_version"));
        EXPECT_FALSE(ledger.pin(gone));
    }
    EXPECT_TRUE(ledger.pin(final));
    EXPECT_TRUE(ledger.pin(ledger.genesis_hash()));
}

} // namespace
} // namespace ledger
