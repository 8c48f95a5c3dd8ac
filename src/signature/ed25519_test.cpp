#include "signature/ed25519.hpp"

#include "signature/testing/made.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

namespace fixture = signature::testing;
using namespace signature;
using fixture::fixed;
using fixture::hex;
using fixture::pattern;

struct Published
{
    const char *seed, *public_key, *message, *signature;
};

/// RFC 8032 section 7.1, tests 1 to 3 and SHA(abc).
constexpr Published kPublished[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
     "655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
     "b00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
     "c027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
     "2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17a"
     "d9bef1177331a704"},
};

TEST(Ed25519, signs_and_verifies_as_rfc_8032)
{
    for (const auto& [seed, public_key, message, signature] : kPublished)
    {
        const auto pair = ed25519::Keypair::from_seed(Seed(fixed<32>(seed)));
        EXPECT_EQ(hex(pair.public_key()), public_key);
        const auto made = ed25519::sign(pair, fixture::unhex(message));
        EXPECT_EQ(hex(made), signature);
        EXPECT_TRUE(ed25519::verify(fixture::unhex(message), made, pair.public_key()));
    }
}

TEST(Ed25519, refuses_a_change_of_any_bit)
{
    const auto pair = *ed25519::from_uri("//Alice");
    const auto message = pattern(30);
    const auto signature = ed25519::sign(pair, message);
    ASSERT_TRUE(ed25519::verify(message, signature, pair.public_key()));
    for (size_t bit = 0; bit != 8 * 96; ++bit)
    {
        auto changed = signature;
        auto key = pair.public_key();
        uint8_t& byte = bit < 512 ? changed[bit / 8] : key[bit / 8 - 64];
        byte ^= uint8_t(1 << bit % 8);
        ASSERT_FALSE(ed25519::verify(message, changed, key)) << bit;
    }
    for (size_t at = 0; at != message.size(); ++at)
    {
        auto changed = message;
        changed[at] ^= 0x80;
        ASSERT_FALSE(ed25519::verify(changed, signature, pair.public_key()));
    }
}

TEST(Ed25519, says_what_is_malformed)
{
    const auto pair = *ed25519::from_uri("//Alice");
    const auto signature = ed25519::sign(pair, {});
    auto changed = signature;
    changed[63] |= 0x10;
    EXPECT_EQ(ed25519::verify({}, changed, pair.public_key()).error(), Refusal::scalar);
    const Bytes32 no_point{2}; // y = 2 has no x
    EXPECT_EQ(ed25519::verify({}, signature, no_point).error(), Refusal::public_key);
    changed = signature;
    std::ranges::copy(no_point, changed.begin());
    EXPECT_EQ(ed25519::verify({}, changed, pair.public_key()).error(), Refusal::commitment);
}

TEST(Ed25519, refuses_s_plus_the_group_order)
{
    const auto pair = *ed25519::from_uri("//Alice");
    auto signature = ed25519::sign(pair, {});
    const auto order = fixed<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    int carry = 0;
    for (size_t i = 0; i != order.size(); ++i)
    {
        carry += signature[32 + i] + order[i];
        signature[32 + i] = uint8_t(carry);
        carry >>= 8;
    }
    EXPECT_EQ(ed25519::verify({}, signature, pair.public_key()).error(), Refusal::scalar);
}

} // namespace
