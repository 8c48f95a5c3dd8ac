#include "signature/batch.hpp"

#include "signature/ed25519.hpp"
#include "signature/testing/made.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace {

namespace fixture = signature::testing;
using namespace signature;
using fixture::pattern;

/// Signatures of both schemes by many keys, over messages of many sizes.
struct Batch : ::testing::Test
{
    struct Signed
    {
        Scheme scheme;
        Bytes32 public_key;
        Bytes64 signature;
        base::Bytes message;
    };
    std::vector<Signed> all;

    void fill(size_t count)
    {
        fixture::NoEntropy entropy;
        for (size_t i = 0; i != count; ++i)
        {
            const Seed seed(Bytes32{uint8_t(i), uint8_t(i >> 8), 1});
            auto message = pattern(i % 90);
            if (i % 3 == 0)
            {
                const auto pair = ed25519::Keypair::from_seed(seed);
                all.push_back({Scheme::ed25519, pair.public_key(), ed25519::sign(pair, message), message});
            }
            else
            {
                const auto pair = sr25519::Keypair::from_seed(seed);
                all.push_back({Scheme::sr25519, pair.public_key(), sr25519::sign(pair, message, entropy), message});
            }
        }
    }

    std::vector<Culprit> run() const
    {
        std::vector<Item> items;
        for (const auto& [scheme, key, signature, message] : all)
            items.push_back({scheme, key, signature, message});
        return verify_batch(items);
    }

    std::vector<Culprit> one_by_one() const
    {
        std::vector<Culprit> culprits;
        for (size_t i = 0; i != all.size(); ++i)
        {
            const auto& [scheme, key, signature, message] = all[i];
            const auto verdict = scheme == Scheme::ed25519 ? ed25519::verify(message, signature, key)
                                                           : sr25519::verify(message, signature, key);
            if (!verdict)
                culprits.push_back({i, verdict.error()});
        }
        return culprits;
    }
};

TEST_F(Batch, accepts_good_signatures_in_any_number)
{
    EXPECT_TRUE(run().empty());
    for (const size_t more : {1, 1, 1, 60, 192, 1, 1, 260})
    {
        all.clear();
        fill(more);
        EXPECT_TRUE(run().empty()) << more;
    }
    const auto again = all;
    all.insert(all.end(), again.begin(), again.end());
    EXPECT_TRUE(run().empty());
}

TEST_F(Batch, finds_the_one_bad_signature_among_64)
{
    fill(64);
    for (size_t bad = 0; bad != all.size(); ++bad)
    {
        const auto good = all[bad].signature;
        all[bad].signature[33] ^= 1;
        ASSERT_EQ(run(), (std::vector<Culprit>{{bad, Refusal::equation}}));
        all[bad].signature = good;
    }
    EXPECT_TRUE(run().empty());
}

TEST_F(Batch, finds_culprits_of_every_kind_on_both_sides_of_a_chunk)
{
    fill(kBatchItems + 10);
    all[2].message.push_back(0);
    all[3].signature[63] |= 0x70;
    all[4].signature[63] &= 0x7f;
    all[5].public_key.fill(0xff);
    all[7].signature[0] ^= 1;
    all[kBatchItems - 1].public_key = all[0].public_key;
    all[kBatchItems].scheme = all[kBatchItems].scheme == Scheme::ed25519 ? Scheme::sr25519 : Scheme::ed25519;
    all[kBatchItems + 9].signature = all[kBatchItems + 8].signature;
    const auto culprits = run();
    EXPECT_EQ(culprits.size(), 8u);
    EXPECT_EQ(culprits, one_by_one());
}

/// Two signatures whose errors cancel in a plain sum: the random coefficients tell.
TEST_F(Batch, errors_that_cancel_are_found)
{
    fill(2);
    all[0] = all[1];
    const auto read = [](const Bytes64& signature) {
        Bytes32 s;
        std::ranges::copy_n(signature.begin() + 32, 32, s.begin());
        s[31] &= 0x7f;
        return *Scalar::from_canonical(s);
    };
    const auto write = [](Bytes64& signature, const Scalar& s) {
        std::ranges::copy(s.bytes(), signature.begin() + 32);
        signature[63] |= 0x80;
    };
    const Scalar one = *Scalar::from_canonical(Bytes32{1});
    write(all[0].signature, read(all[0].signature) + one);
    write(all[1].signature, read(all[1].signature) + -one);
    EXPECT_EQ(run().size(), 2u);
}

} // namespace
