#include "signature/curve.hpp"

#include "hash/blake2b.hpp"
#include "signature/multiscalar.hpp"
#include "signature/ristretto.hpp"
#include "signature/testing/made.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <vector>

namespace {

using signature::Bytes32;
using signature::Bytes64;
using signature::Point;
using signature::Scalar;
using signature::testing::fixed;
using signature::testing::hex;

Bytes64 random_bytes(uint32_t number)
{
    base::Writer writer;
    writer.put(number);
    return hash::blake2_512(writer.bytes());
}

Scalar scalar_of(uint32_t number) { return Scalar::from_wide(random_bytes(number)); }

Bytes32 sodium_reduce(const Bytes64& wide)
{
    Bytes32 out;
    crypto_core_ristretto255_scalar_reduce(out.data(), wide.data());
    return out;
}

/// 0, 1, 2, l − 1 and some in between.
std::vector<Scalar> scalars()
{
    const Scalar one = *Scalar::from_canonical(Bytes32{1});
    std::vector<Scalar> out{Scalar{}, one, one + one, -one, -(one + one)};
    for (uint32_t i = 0; i != 20; ++i)
        out.push_back(scalar_of(i));
    for (size_t bit = 0; bit < 252; bit += 21)
    {
        Bytes32 power{};
        power[bit / 8] = uint8_t(1 << bit % 8);
        out.push_back(*Scalar::from_canonical(power));
        out.push_back(out.back() + -one);
    }
    return out;
}

TEST(Scalar, reduces_like_libsodium)
{
    for (uint32_t i = 0; i != 2000; ++i)
    {
        const auto wide = random_bytes(i);
        ASSERT_EQ(Scalar::from_wide(wide).bytes(), sodium_reduce(wide));
    }
    for (int first = 0; first != 256; ++first)
        for (const uint8_t rest : {0x00, 0x10, 0xed, 0xff})
        {
            Bytes64 wide;
            wide.fill(rest);
            wide[0] = uint8_t(first);
            ASSERT_EQ(Scalar::from_wide(wide).bytes(), sodium_reduce(wide));
        }
}

TEST(Scalar, computes_like_libsodium)
{
    for (const auto& a : scalars())
        for (const auto& b : scalars())
        {
            Bytes32 product, sum, negated;
            crypto_core_ristretto255_scalar_mul(product.data(), a.bytes().data(), b.bytes().data());
            crypto_core_ristretto255_scalar_add(sum.data(), a.bytes().data(), b.bytes().data());
            crypto_core_ristretto255_scalar_negate(negated.data(), a.bytes().data());
            ASSERT_EQ((a * b).bytes(), product);
            ASSERT_EQ((a + b).bytes(), sum);
            ASSERT_EQ((-a).bytes(), negated);
        }
}

TEST(Scalar, is_canonical_exactly_below_the_order)
{
    const auto order = fixed<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    EXPECT_FALSE(Scalar::from_canonical(order));
    for (size_t i = 0; i != 32; ++i)
    {
        Bytes32 above = order, below = order;
        above[i] = uint8_t(above[i] + 1);
        EXPECT_FALSE(Scalar::from_canonical(above)) << i;
        if (below[i] == 0)
            continue;
        below[i] = uint8_t(below[i] - 1);
        EXPECT_TRUE(Scalar::from_canonical(below)) << i;
    }
}

TEST(Curve, base_point_is_that_of_rfc_8032)
{
    EXPECT_EQ(hex(encode_point(signature::kBase)), "5866666666666666666666666666666666666666666666666666666666666666");
    EXPECT_EQ(hex(store(signature::kBase.x)), "1ad5258f602d56c9b2a7259560c72c695cdcd6fd31e2a4c0fe536ecdd3366921");
}

/// RFC 9496 appendix A.1: the first multiples of the generator.
TEST(Ristretto, encodes_small_multiples_as_rfc_9496)
{
    const char* const expected[] = {"0000000000000000000000000000000000000000000000000000000000000000",
                                    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
                                    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"};
    Point multiple;
    for (const auto* encoding : expected)
    {
        EXPECT_EQ(hex(encode_ristretto(multiple)), encoding);
        multiple = multiple + signature::kBase;
    }
}

/// RFC 9496 appendix A.2, one of each kind: non-canonical, negative, no square root, negative xy, y = 0.
TEST(Ristretto, refuses_the_bad_encodings_of_rfc_9496)
{
    for (const auto* encoding : {"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                                 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                 "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                 "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                 "0100000000000000000000000000000000000000000000000000000000000000",
                                 "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                 "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
                                 "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
                                 "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"})
        EXPECT_FALSE(signature::decode_ristretto(fixed<32>(encoding))) << encoding;
}

TEST(Ristretto, maps_encodes_and_decodes_like_libsodium)
{
    for (uint32_t i = 0; i != 300; ++i)
    {
        const auto uniform = random_bytes(i);
        Bytes32 expected;
        crypto_core_ristretto255_from_hash(expected.data(), uniform.data());
        ASSERT_EQ(encode_ristretto(signature::map_to_ristretto(uniform)), expected);
        const auto decoded = signature::decode_ristretto(expected);
        ASSERT_TRUE(decoded && same_ristretto(*decoded, signature::map_to_ristretto(uniform)));
        ASSERT_EQ(encode_ristretto(*decoded), expected);

        // Most 32-byte strings encode nothing; which do, libsodium says too.
        Bytes32 any;
        std::ranges::copy_n(uniform.begin(), 32, any.begin());
        any[31] &= 0x7f;
        any[0] &= 0xfe;
        ASSERT_EQ(signature::decode_ristretto(any).has_value(),
                  crypto_core_ristretto255_is_valid_point(any.data()) == 1);
    }
}

TEST(Ristretto, points_that_differ_by_small_order_are_one_element)
{
    const Point fourth = *signature::decode_point(Bytes32{}); // y = 0, order 4
    Point torsion;
    const Point p = signature::kBase + signature::kBase;
    for (int i = 0; i != 4; ++i, torsion = torsion + fourth)
    {
        EXPECT_TRUE(same_ristretto(p, p + torsion));
        EXPECT_EQ(encode_ristretto(p + torsion), encode_ristretto(p));
    }
    EXPECT_TRUE(is_neutral(torsion));
    EXPECT_FALSE(same_ristretto(p, signature::kBase));
}

TEST(Curve, decodes_points_that_libsodium_adds_to_the_same_sum)
{
    for (uint32_t i = 0; i != 200; ++i)
    {
        Bytes32 a, b, sum, difference;
        const auto uniform = random_bytes(i);
        crypto_core_ed25519_from_uniform(a.data(), uniform.data());
        crypto_core_ed25519_from_uniform(b.data(), uniform.data() + 32);
        crypto_core_ed25519_add(sum.data(), a.data(), b.data());
        crypto_core_ed25519_sub(difference.data(), a.data(), b.data());
        const Point p = *signature::decode_point(a), q = *signature::decode_point(b);
        ASSERT_EQ(encode_point(p), a);
        ASSERT_EQ(encode_point(p + q), sum);
        ASSERT_EQ(encode_point(p - q), difference);
        ASSERT_EQ(encode_point(extended(twice(projective(p)))), encode_point(p + p));
    }
}

/// Σ scalar·point with libsodium's constant-time multiplication.
Bytes32 sodium_sum(const Scalar& base, std::span<const signature::Term> terms)
{
    Bytes32 sum{}, product;
    if (crypto_scalarmult_ristretto255_base(product.data(), base.bytes().data()) == 0)
        sum = product;
    for (const auto& term : terms)
    {
        const auto point = encode_ristretto(term.point);
        if (crypto_scalarmult_ristretto255(product.data(), term.scalar.bytes().data(), point.data()) == 0)
            crypto_core_ristretto255_add(sum.data(), sum.data(), product.data());
    }
    return sum;
}

TEST(Multiscalar, agrees_with_libsodium_for_single_terms_of_every_kind)
{
    const Point p = signature::map_to_ristretto(random_bytes(7));
    for (const auto& base : scalars())
    {
        EXPECT_EQ(encode_ristretto(multiscalar(base, {})), sodium_sum(base, {}));
        for (const auto& scalar : {scalars()[0], scalars()[1], scalars()[3], base, -base})
        {
            const signature::Term term{scalar, p};
            ASSERT_EQ(encode_ristretto(multiscalar(base, {&term, 1})), sodium_sum(base, {&term, 1}));
        }
    }
}

TEST(Multiscalar, agrees_with_libsodium_for_many_terms)
{
    std::vector<signature::Term> terms;
    const auto all = scalars();
    for (uint32_t count = 0; count != 40; ++count)
    {
        ASSERT_EQ(encode_ristretto(multiscalar(all[count % all.size()], terms)),
                  sodium_sum(all[count % all.size()], terms));
        terms.push_back({all[(7 * count) % all.size()], signature::map_to_ristretto(random_bytes(count))});
    }
}

} // namespace
