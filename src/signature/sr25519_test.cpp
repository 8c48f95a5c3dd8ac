#include "signature/sr25519.hpp"

#include "signature/multiscalar.hpp"
#include "signature/ristretto.hpp"
#include "signature/testing/made.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace {

namespace fixture = signature::testing;
using namespace signature;
using fixture::pattern;

/// Constant, but not zero.
class Constant : public crypto::Entropy
{
public:
    explicit Constant(uint8_t value) : value_(value) {}
    void fill(std::span<uint8_t> out, std::string_view) override { std::ranges::fill(out, value_); }

private:
    uint8_t value_;
};

struct Sr25519 : ::testing::Test
{
    sr25519::Keypair pair = *sr25519::from_uri("//Alice");
    base::Bytes message = pattern(40);
    fixture::NoEntropy entropy;
    Bytes64 signed_ = sr25519::sign(pair, message, entropy);

    std::expected<void, Refusal> check(const Bytes64& signature) const
    {
        return sr25519::verify(message, signature, pair.public_key());
    }
};

constexpr auto refused = [](Refusal why) { return std::expected<void, Refusal>(std::unexpected(why)); };

TEST_F(Sr25519, refuses_a_change_of_any_bit)
{
    ASSERT_TRUE(check(signed_));
    for (size_t bit = 0; bit != 8 * 64; ++bit)
    {
        auto changed = signed_;
        changed[bit / 8] ^= uint8_t(1 << bit % 8);
        ASSERT_FALSE(check(changed)) << bit;
    }
    for (size_t bit = 0; bit != 8 * 32; ++bit)
    {
        auto key = pair.public_key();
        key[bit / 8] ^= uint8_t(1 << bit % 8);
        ASSERT_FALSE(sr25519::verify(message, signed_, key)) << bit;
    }
    for (size_t at = 0; at != message.size(); ++at)
    {
        auto changed = message;
        changed[at] ^= 1;
        ASSERT_EQ(sr25519::verify(changed, signed_, pair.public_key()), refused(Refusal::equation));
    }
    message.pop_back();
    EXPECT_EQ(check(signed_), refused(Refusal::equation));
}

TEST_F(Sr25519, refuses_another_context)
{
    const auto transcript = sr25519::signing_transcript("substrat", message);
    EXPECT_EQ(sr25519::verify(transcript, signed_, pair.public_key()), refused(Refusal::equation));
}

TEST_F(Sr25519, says_what_is_malformed)
{
    auto changed = signed_;
    changed[63] &= 0x7f;
    EXPECT_EQ(check(changed), refused(Refusal::marker));

    // s + l is the same residue: malleable.
    Scalar s = *Scalar::from_canonical([&] {
        Bytes32 bytes;
        std::ranges::copy_n(signed_.begin() + 32, 32, bytes.begin());
        bytes[31] &= 0x7f;
        return bytes;
    }());
    const auto order = fixture::fixed<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    auto sum = s.bytes();
    int carry = 0;
    for (size_t i = 0; i != 32; ++i)
    {
        carry += sum[i] + order[i];
        sum[i] = uint8_t(carry);
        carry >>= 8;
    }
    changed = signed_;
    std::ranges::copy(sum, changed.begin() + 32);
    changed[63] |= 0x80;
    EXPECT_EQ(check(changed), refused(Refusal::scalar));

    changed = signed_;
    changed[0] ^= 1; // odd: not the encoding of an element
    EXPECT_EQ(check(changed), refused(Refusal::commitment));
    Bytes32 no_key;
    no_key.fill(0xff);
    EXPECT_EQ(sr25519::verify(message, signed_, no_key), refused(Refusal::public_key));
}

/// The neutral element as key and commitment, s = 0: schnorrkel accepts this too. No seed gives that key.
TEST_F(Sr25519, the_neutral_key_signs_everything_as_in_schnorrkel)
{
    Bytes64 zero{};
    zero[63] = 0x80;
    EXPECT_TRUE(sr25519::verify(message, zero, Bytes32{}));
}

TEST_F(Sr25519, never_repeats_a_nonce_even_without_entropy)
{
    std::set<Bytes32> commitments;
    for (size_t size = 0; size != 50; ++size)
        for (const auto* uri : {"//Alice", "//Bob"})
        {
            const auto signature = sr25519::sign(*sr25519::from_uri(uri), pattern(size), entropy);
            Bytes32 commitment;
            std::ranges::copy_n(signature.begin(), 32, commitment.begin());
            EXPECT_TRUE(commitments.insert(commitment).second);
        }
    EXPECT_EQ(sr25519::sign(pair, message, entropy), signed_);
    Constant other(1);
    const auto signature = sr25519::sign(pair, message, other);
    EXPECT_NE(signature, signed_);
    EXPECT_TRUE(check(signature));
}

/// What schnorrkel 0.1.1 signed: other labels, no marker.
Bytes64 sign_deprecated(const sr25519::Keypair& pair, base::ByteView message)
{
    const Scalar key = *Scalar::from_canonical(pair.scalar().expose());
    const Scalar nonce = Scalar::from_wide(fixture::fixed<64>("0102030405060708090a0b0c0d0e0f"));
    const Bytes32 commitment = encode_ristretto(multiscalar(nonce, {}));
    Transcript transcript("substrate");
    Bytes64 wide, signature;
    transcript.append("sign-bytes", message)
        .append("proto-name", "Schnorr-sig")
        .append("pk", pair.public_key())
        .append("no", commitment)
        .challenge("", wide);
    std::ranges::copy(commitment, signature.begin());
    std::ranges::copy((Scalar::from_wide(wide) * key + nonce).bytes(), signature.begin() + 32);
    return signature;
}

TEST_F(Sr25519, version_1_reads_both_kinds_of_signature_and_version_2_only_the_new)
{
    const auto old = sign_deprecated(pair, message);
    EXPECT_EQ(check(old), refused(Refusal::marker));
    EXPECT_TRUE(sr25519::verify_deprecated(message, old, pair.public_key()));
    EXPECT_TRUE(sr25519::verify_deprecated(message, signed_, pair.public_key()));

    // Marked as new, an old signature is read as new alone.
    auto marked = old;
    marked[63] |= 0x80;
    EXPECT_EQ(sr25519::verify_deprecated(message, marked, pair.public_key()), refused(Refusal::equation));
    auto changed = old;
    changed[40] ^= 1;
    EXPECT_EQ(sr25519::verify_deprecated(message, changed, pair.public_key()), refused(Refusal::equation));
    message[0] ^= 1;
    EXPECT_EQ(sr25519::verify_deprecated(message, old, pair.public_key()), refused(Refusal::equation));
}

struct Vrf : Sr25519
{
    Transcript input = sr25519::babe_transcript(Bytes32{1, 2, 3}, 77, 5);
    sr25519::VrfInOut value = sr25519::vrf_evaluate(pair, input);
    sr25519::VrfSignature proof = sr25519::vrf_prove(pair, value, entropy);
};

TEST_F(Vrf, gives_verifiers_the_same_value_and_score)
{
    const auto verified = sr25519::vrf_verify(pair.public_key(), input, proof);
    ASSERT_TRUE(verified);
    EXPECT_EQ(*verified, value);
    EXPECT_EQ(sr25519::babe_score(*verified), sr25519::babe_score(value));
    EXPECT_EQ(sr25519::vrf_attach(pair.public_key(), input, proof.output), verified);
    EXPECT_NE(sr25519::babe_randomness(value), Bytes32{});
}

TEST_F(Vrf, refuses_a_change_of_any_bit)
{
    for (size_t bit = 0; bit != 8 * 96; ++bit)
    {
        auto changed = proof;
        uint8_t& byte = bit < 256 ? changed.output[bit / 8] : changed.proof[bit / 8 - 32];
        byte ^= uint8_t(1 << bit % 8);
        ASSERT_FALSE(sr25519::vrf_verify(pair.public_key(), input, changed)) << bit;
    }
}

TEST_F(Vrf, refuses_another_slot_epoch_randomness_key_or_extra)
{
    const auto why = [&](const Bytes32& key, const Transcript& transcript) {
        return sr25519::vrf_verify(key, transcript, proof).error();
    };
    const auto& key = pair.public_key();
    EXPECT_EQ(why(key, sr25519::babe_transcript(Bytes32{1, 2, 3}, 78, 5)), Refusal::equation);
    EXPECT_EQ(why(key, sr25519::babe_transcript(Bytes32{1, 2, 3}, 77, 6)), Refusal::equation);
    EXPECT_EQ(why(key, sr25519::babe_transcript(Bytes32{1, 2, 4}, 77, 5)), Refusal::equation);
    EXPECT_EQ(why(sr25519::from_uri("//Bob")->public_key(), input), Refusal::equation);
    EXPECT_FALSE(sr25519::vrf_verify(key, input, proof, fixture::vrf_extra(pattern(3))));
}

TEST_F(Vrf, says_what_is_malformed)
{
    auto changed = proof;
    changed.output = {};
    EXPECT_EQ(sr25519::vrf_verify(pair.public_key(), input, changed).error(), Refusal::output);
    EXPECT_EQ(sr25519::vrf_attach(pair.public_key(), input, Bytes32{}).error(), Refusal::output);
    for (const size_t top : {31, 63})
    {
        changed = proof;
        changed.proof[top] |= 0x20;
        EXPECT_EQ(sr25519::vrf_verify(pair.public_key(), input, changed).error(), Refusal::scalar);
    }
    EXPECT_EQ(sr25519::vrf_verify(Bytes32{1}, input, proof).error(), Refusal::public_key);
}

} // namespace
