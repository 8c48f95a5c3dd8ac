#include "host/signatures.hpp"

#include "signature/ed25519.hpp"
#include "signature/sr25519.hpp"

#include <gtest/gtest.h>

namespace host {
namespace {

using signature::Scheme;

class NoEntropy : public crypto::Entropy
{
public:
    void fill(std::span<uint8_t> out, std::string_view) override { std::ranges::fill(out, uint8_t{0}); }
};

/// A signature and what it signs, owned.
struct Signed
{
    Scheme scheme;
    signature::Bytes32 key;
    signature::Bytes64 signature;
    base::Bytes message;

    signature::Item item() const { return {scheme, key, signature, message}; }
};

Signed sign(Scheme scheme, uint16_t number)
{
    NoEntropy entropy;
    const signature::Seed seed(signature::Bytes32{uint8_t(number), uint8_t(number >> 8), 9});
    const base::Bytes message{1, 2, 3, uint8_t(number)};
    if (scheme == Scheme::ed25519)
    {
        const auto pair = signature::ed25519::Keypair::from_seed(seed);
        return {scheme, pair.public_key(), signature::ed25519::sign(pair, message), message};
    }
    const auto pair = signature::sr25519::Keypair::from_seed(seed);
    return {scheme, pair.public_key(), signature::sr25519::sign(pair, message, entropy), message};
}

TEST(VerifiedSignatures, only_exactly_what_was_added_is_known)
{
    VerifiedSignatures known;
    const auto good = sign(Scheme::sr25519, 1);
    known.add(good.item());
    EXPECT_TRUE(known.has(good.item()));

    const auto differs = [&](auto change) {
        auto other = good;
        change(other);
        return !known.has(other.item());
    };
    EXPECT_TRUE(differs([](Signed& other) { other.scheme = Scheme::ed25519; }));
    for (size_t byte = 0; byte != 32; ++byte)
        EXPECT_TRUE(differs([&](Signed& other) { other.key[byte] ^= 1; })) << byte;
    for (size_t byte = 0; byte != 64; ++byte)
        EXPECT_TRUE(differs([&](Signed& other) { other.signature[byte] ^= 1; })) << byte;
    EXPECT_TRUE(differs([](Signed& other) { other.message.push_back(0); }));
    EXPECT_TRUE(differs([](Signed& other) { other.message.pop_back(); }));
    EXPECT_TRUE(differs([](Signed& other) { other.message[0] ^= 1; }));
}

TEST(VerifiedSignatures, the_oldest_are_forgotten_and_the_newest_are_known)
{
    VerifiedSignatures known;
    auto one = sign(Scheme::ed25519, 1);
    const auto numbered = [&](size_t number) {
        one.message.assign({uint8_t(number), uint8_t(number >> 8), uint8_t(number >> 16)});
        return one.item();
    };
    for (size_t i = 0; i != 3 * kVerifiedMax; ++i)
        known.add(numbered(i));
    EXPECT_FALSE(known.has(numbered(0)));
    EXPECT_FALSE(known.has(numbered(kVerifiedMax - 1)));
    EXPECT_TRUE(known.has(numbered(2 * kVerifiedMax)));
    EXPECT_TRUE(known.has(numbered(3 * kVerifiedMax - 1)));
}

TEST(DeferredSignatures, none_is_all_good)
{
    DeferredSignatures none;
    EXPECT_TRUE(none.all_good());
    DeferredSignatures never_asked;
}

/// Around the size of a batch, of both schemes.
TEST(DeferredSignatures, all_good_says_what_single_verification_says_wherever_the_bad_one_is)
{
    std::vector<Signed> all;
    for (uint16_t i = 0; i != 2 * signature::kBatchItems + 3; ++i)
        all.push_back(sign(i % 3 == 0 ? Scheme::ed25519 : Scheme::sr25519, i));
    const auto verdict = [&](size_t count) {
        DeferredSignatures deferred;
        for (size_t i = 0; i != count; ++i)
            if (!deferred.add(all[i].item()))
                break;
        return deferred.all_good();
    };
    for (const size_t count :
         {size_t{1}, signature::kBatchItems - 1, signature::kBatchItems, signature::kBatchItems + 1, all.size()})
    {
        EXPECT_TRUE(verdict(count)) << count;
        for (const size_t bad : {size_t{0}, count / 2, count - 1})
        {
            all[bad].signature[40] ^= 1;
            EXPECT_FALSE(verdict(count)) << bad << " of " << count;
            all[bad].signature[40] ^= 1;
        }
    }
}

TEST(DeferredSignatures, items_may_go_as_soon_as_they_were_added)
{
    DeferredSignatures deferred;
    for (uint16_t i = 0; i != 200; ++i)
    {
        auto one = sign(Scheme::sr25519, i);
        EXPECT_TRUE(deferred.add(one.item()));
        one.message.assign(100, 0xFF);
        one.key.fill(0);
    }
    EXPECT_TRUE(deferred.all_good());
}

} // namespace
} // namespace host
