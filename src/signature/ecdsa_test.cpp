#include "signature/ecdsa.hpp"

#include "hash/blake2b.hpp"
#include "hash/keccak.hpp"
#include "signature/testing/made.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

namespace fixture = signature::testing;
using namespace signature;
using ecdsa::Reading;
using ecdsa::RecoveryRefusal;
using fixture::fixed;
using fixture::hex;
using fixture::pattern;

const auto kOrder = fixed<32>("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

Bytes32 small(uint8_t value)
{
    Bytes32 out{};
    out[31] = value;
    return out;
}

/// Big-endian; the sum stays below 2²⁵⁶.
Bytes32 plus(Bytes32 a, const Bytes32& b)
{
    int carry = 0;
    for (size_t i = 32; i-- != 0;)
    {
        carry += a[i] + b[i];
        a[i] = uint8_t(carry);
        carry >>= 8;
    }
    return a;
}

ecdsa::Signature join(const Bytes32& r, const Bytes32& s, uint8_t id)
{
    ecdsa::Signature out;
    std::ranges::copy(r, out.begin());
    std::ranges::copy(s, out.begin() + 32);
    out[64] = id;
    return out;
}

TEST(Ecdsa, recovers_what_it_signs)
{
    const auto pair = *ecdsa::from_uri("//Alice");
    for (size_t size = 0; size != 20; ++size)
    {
        const auto message = pattern(size);
        auto signature = ecdsa::sign(pair, message);
        const auto hash = hash::blake2_256(message);
        EXPECT_TRUE(ecdsa::verify(signature, message, pair.public_key()));
        EXPECT_EQ(ecdsa::recover_compressed(signature, hash), pair.public_key());
        const auto full = ecdsa::recover(signature, hash);
        ASSERT_TRUE(full);
        EXPECT_TRUE(std::equal(full->begin(), full->begin() + 32, pair.public_key().begin() + 1));
        EXPECT_EQ(pair.public_key()[0], 2 + full->back() % 2);

        signature[64] = uint8_t(signature[64] + 27); // Ethereum's way: recovering takes it, verifying does not
        EXPECT_EQ(ecdsa::recover(signature, hash), full);
        EXPECT_FALSE(ecdsa::verify(signature, message, pair.public_key()));
    }
}

/// The example of Ethereum's JSON-RPC documentation is not deterministic; this is key 1 with keccak256("hello"), whose
/// address 7e5f4552091a69125d5dfcb7b8c2659029395bdf every Ethereum tool prints.
TEST(Ecdsa, key_1_has_the_address_that_ethereum_gives_it)
{
    const auto pair = *ecdsa::Keypair::from_seed(Seed(small(1)));
    EXPECT_EQ(hex(pair.public_key()), "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    const auto hash = hash::keccak_256("hello");
    const auto key = ecdsa::recover(ecdsa::sign_prehashed(pair, hash), hash);
    ASSERT_TRUE(key);
    EXPECT_EQ(hex(hash::keccak_256(*key)).substr(24), "7e5f4552091a69125d5dfcb7b8c2659029395bdf");
}

TEST(Ecdsa, refuses_a_change_of_any_bit)
{
    const auto pair = *ecdsa::from_uri("//Bob");
    const auto message = pattern(33);
    const auto signature = ecdsa::sign(pair, message);
    for (const auto reading : {Reading::lenient, Reading::strict})
        for (size_t bit = 0; bit != 8 * 65; ++bit)
        {
            auto changed = signature;
            changed[bit / 8] ^= uint8_t(1 << bit % 8);
            ASSERT_FALSE(ecdsa::verify(changed, message, pair.public_key(), reading)) << bit;
        }
    EXPECT_FALSE(ecdsa::verify(signature, pattern(34), pair.public_key()));
}

TEST(Ecdsa, seeds_outside_the_group_are_no_keys)
{
    EXPECT_FALSE(ecdsa::Keypair::from_seed(Seed(Bytes32{})));
    EXPECT_FALSE(ecdsa::Keypair::from_seed(Seed(kOrder)));
    Bytes32 all;
    all.fill(0xff);
    EXPECT_FALSE(ecdsa::Keypair::from_seed(Seed(all)));
    EXPECT_TRUE(ecdsa::Keypair::from_seed(Seed(small(1))));
}

/// Any r that is an abscissa and any s make a signature of some key. With s + n in place of s, version 1 finds the
/// same key and version 2 refuses; so with r + n.
TEST(Ecdsa, version_1_takes_r_and_s_modulo_the_order_and_version_2_refuses_them)
{
    const auto hash = hash::blake2_256("message");
    uint8_t r = 1;
    while (!ecdsa::recover(join(small(r), small(5), 0), hash))
        ++r;
    const auto key = ecdsa::recover_compressed(join(small(r), small(5), 0), hash);
    for (const auto& signature : {join(small(r), plus(small(5), kOrder), 0), join(plus(small(r), kOrder), small(5), 0)})
    {
        EXPECT_EQ(ecdsa::recover_compressed(signature, hash, Reading::lenient), key);
        EXPECT_TRUE(ecdsa::verify_prehashed(signature, hash, *key, Reading::lenient));
        EXPECT_EQ(ecdsa::recover_compressed(signature, hash).error(), RecoveryRefusal::bad_rs);
        EXPECT_FALSE(ecdsa::verify_prehashed(signature, hash, *key));
    }
    EXPECT_EQ(ecdsa::recover(join(kOrder, small(5), 0), hash, Reading::lenient).error(),
              RecoveryRefusal::bad_signature);
}

TEST(Ecdsa, says_why_nothing_was_recovered)
{
    const auto hash = hash::blake2_256("message");
    for (int id = 0; id != 256; ++id)
    {
        const bool known = id < 4 || (id >= 27 && id < 31);
        const auto key = ecdsa::recover(join(small(1), small(5), uint8_t(id)), hash);
        ASSERT_EQ(!key && key.error() == RecoveryRefusal::bad_v, !known) << id;
    }
    EXPECT_EQ(ecdsa::recover(join({}, small(5), 0), hash).error(), RecoveryRefusal::bad_signature);
    EXPECT_EQ(ecdsa::recover(join(small(1), {}, 0), hash).error(), RecoveryRefusal::bad_signature);
    EXPECT_EQ(ecdsa::recover(join(small(1), kOrder, 0), hash).error(), RecoveryRefusal::bad_rs);
}

} // namespace
