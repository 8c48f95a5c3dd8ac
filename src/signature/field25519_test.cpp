#include "signature/field25519.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace {

using signature::Bytes32;
using signature::Fe;
using signature::Lazy;

/// OpenSSL's integers modulo p, to compare with.
class Reference
{
public:
    Reference() : context_(BN_CTX_new(), &BN_CTX_free), p_(make())
    {
        BN_set_bit(p_.get(), 255);
        BN_sub_word(p_.get(), 19);
    }

    using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
    static Number make() { return {BN_new(), &BN_free}; }

    /// The limbs' value, not reduced.
    template <unsigned units>
    Number value(const Lazy<units>& x) const
    {
        auto sum = make(), limb = make();
        for (size_t i = 5; i-- != 0;)
        {
            BN_lshift(sum.get(), sum.get(), 51);
            BN_set_word(limb.get(), x.limb[i]);
            BN_add(sum.get(), sum.get(), limb.get());
        }
        return sum;
    }

    Bytes32 reduced(const BIGNUM* x) const
    {
        auto residue = make();
        BN_nnmod(residue.get(), x, p_.get(), context_.get());
        Bytes32 bytes{};
        BN_bn2lebinpad(residue.get(), bytes.data(), int(bytes.size()));
        return bytes;
    }

    Bytes32 product(const BIGNUM* x, const BIGNUM* y) const
    {
        auto out = make();
        BN_mul(out.get(), x, y, context_.get());
        return reduced(out.get());
    }
    Bytes32 sum(const BIGNUM* x, const BIGNUM* y) const
    {
        auto out = make();
        BN_add(out.get(), x, y);
        return reduced(out.get());
    }
    Bytes32 difference(const BIGNUM* x, const BIGNUM* y) const
    {
        auto out = make();
        BN_sub(out.get(), x, y);
        return reduced(out.get());
    }

private:
    std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context_;
    Number p_;
};

/// Every choice of limbs from 0, the limb of p or just above, and the most that the type admits.
template <unsigned units>
std::vector<Lazy<units>> edges()
{
    constexpr uint64_t most = units * ((uint64_t{1} << 51) + (uint64_t{1} << 15));
    std::vector<Lazy<units>> out;
    for (uint32_t code = 0; code != 243; ++code)
    {
        Lazy<units> x;
        for (uint32_t i = 0, rest = code; i != 5; ++i, rest /= 3)
            x.limb[i] = std::array{uint64_t{0}, (uint64_t{1} << 51) - (i == 0 ? 19 : 1), most}[rest % 3];
        out.push_back(x);
    }
    return out;
}

template <unsigned a, unsigned b>
void expect_all_pairs_agree()
{
    const Reference reference;
    std::vector<Reference::Number> right;
    const auto ys = edges<b>();
    for (const auto& y : ys)
        right.push_back(reference.value(y));
    for (const auto& x : edges<a>())
    {
        const auto left = reference.value(x);
        for (size_t i = 0; i != ys.size(); ++i)
        {
            ASSERT_EQ(store(x * ys[i]), reference.product(left.get(), right[i].get()));
            ASSERT_EQ(store(x + ys[i]), reference.sum(left.get(), right[i].get()));
            ASSERT_EQ(store(x - ys[i]), reference.difference(left.get(), right[i].get()));
        }
    }
}

TEST(Field25519, agrees_with_openssl_on_all_pairs_of_carried_edge_limbs) { expect_all_pairs_agree<1, 1>(); }

TEST(Field25519, agrees_with_openssl_on_all_pairs_at_the_bound_of_its_types) { expect_all_pairs_agree<8, 8>(); }

TEST(Field25519, carries_what_it_returns)
{
    constexpr uint64_t most = (uint64_t{1} << 51) + (uint64_t{1} << 15);
    const auto carried = [](const Fe& x) { return std::ranges::all_of(x.limb, [](uint64_t l) { return l <= most; }); };
    for (const auto& x : edges<8>())
    {
        ASSERT_TRUE(carried(square(x)) && carried(tighten(x)) && carried(x * edges<8>().back()));
        ASSERT_EQ(store(square(x)), store(x * x));
        ASSERT_EQ(store(tighten(x)), store(x));
    }
}

TEST(Field25519, inverses_and_roots_are_what_their_names_say)
{
    for (const auto& edge : edges<1>())
    {
        const Fe x = edge;
        ASSERT_TRUE(is_zero(x) ? is_zero(invert(x)) : x * invert(x) == signature::fe(1));
        const auto [is_square, root] = square_root_of_ratio(square(x), signature::fe(4));
        ASSERT_TRUE(is_square && square(root) * signature::fe(4) == square(x) && !is_negative(root));
        if (is_zero(x))
            continue;
        const auto other = square_root_of_ratio(square(x) * signature::fe(2), signature::fe(1)); // 2 is no square
        ASSERT_FALSE(other.square);
        ASSERT_EQ(store(square(other.root)), store(square(x) * signature::fe(2) * signature::kRootMinusOne));
    }
}

TEST(Field25519, reads_any_255_bits_and_writes_the_residue)
{
    for (int low = 0; low != 256; ++low)
        for (const uint8_t top : {0x7f, 0xff})
        {
            Bytes32 bytes;
            bytes.fill(0xff);
            bytes[0] = uint8_t(low);
            bytes[31] = top;
            Bytes32 expected = bytes;
            expected[31] = 0x7f;
            if (low >= 0xed) // p ends in ed
            {
                expected.fill(0);
                expected[0] = uint8_t(low - 0xed);
            }
            ASSERT_EQ(store(signature::load(bytes)), expected);
        }
}

} // namespace
