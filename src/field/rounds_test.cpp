#include "field/rounds.hpp"

#include "field/prime.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace field {
namespace {

template <class F>
class Rounds : public testing::Test
{
protected:
    std::vector<F> any(size_t n)
    {
        std::vector<F> values(n);
        for (auto& x : values)
            x = F::of(random()) + F::generator() * F::Base::of(random());
        return values;
    }
    std::mt19937 random{1};
};
using Fields = testing::Types<F4, F5, Extension<Fp<13>, 2, 0>>;
TYPED_TEST_SUITE(Rounds, Fields);

/// value(X) = sums[0] + linear·X + sums[1]·X², with `linear` from the value at 1.
template <class F>
F quadratic(const std::array<F, 2>& sums, F at_1, F x)
{
    return sums[0] + (at_1 - sums[0] - sums[1]) * x + sums[1] * x * x;
}

TYPED_TEST(Rounds, name_the_quadratic_that_the_sum_is)
{
    using F = TypeParam;
    constexpr size_t n = 11;
    const auto a = this->any(2 * n), b = this->any(2 * n), c = this->any(2 * n), d = this->any(2 * n);
    const auto e = this->any(n);
    const auto at = [&](const std::vector<F>& v, size_t i, F x) { return v[i] + x * (v[n + i] - v[i]); };
    const auto products = [&](F x) {
        F sum;
        for (size_t i = 0; i != n; ++i)
            sum += at(a, i, x) * at(b, i, x);
        return sum;
    };
    const auto fractions = [&](F x) {
        F sum;
        for (size_t i = 0; i != n; ++i)
            sum += e[i] * (at(a, i, x) * at(b, i, x) + at(c, i, x) * at(d, i, x));
        return sum;
    };
    const auto line = [](const std::vector<F>& v) { return Line<F>::halves(v); };
    const auto x = this->any(1)[0];
    EXPECT_EQ(quadratic(product_round(line(a), line(b)), products(F::one()), x), products(x));
    const auto whole = fraction_round<F>(e, line(a), line(b), line(c), line(d));
    EXPECT_EQ(quadratic(whole, fractions(F::one()), x), fractions(x));

    // Parts add up.
    const auto part = [&](size_t begin, size_t size) {
        return fraction_round<F>(std::span(e).subspan(begin, size), line(a).part(begin, size),
                                 line(b).part(begin, size), line(c).part(begin, size), line(d).part(begin, size));
    };
    const auto first = part(0, 4), rest = part(4, n - 4);
    EXPECT_EQ(first[0] + rest[0], whole[0]);
    EXPECT_EQ(first[1] + rest[1], whole[1]);
}

TYPED_TEST(Rounds, fractions_add_crosswise)
{
    using F = TypeParam;
    const auto p0 = this->any(9), q0 = this->any(9), p1 = this->any(9), q1 = this->any(9);
    std::vector<F> p(9), q(9);
    add_fractions<F>(p, q, {p0, q0}, {p1, q1});
    for (size_t i = 0; i != 9; ++i)
    {
        EXPECT_EQ(p[i], p0[i] * q1[i] + p1[i] * q0[i]);
        EXPECT_EQ(q[i], q0[i] * q1[i]);
    }
}

} // namespace
} // namespace field
