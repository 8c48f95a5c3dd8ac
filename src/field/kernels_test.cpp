#include "field/kernels.hpp"

#include "field/prime.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <ostream>
#include <random>
#include <utility>
#include <vector>

namespace field {

extern const Kernels kSixteenLanes; // isa_wide_test.cpp

namespace {

using K = KoalaBear;
constexpr uint32_t kMost = K::kModulus - 1;

/// What a kernel sees: mostly random words, some of them at the ends of the range, or only the largest.
struct Source
{
    bool extreme;
    std::mt19937 random{1};

    uint32_t word()
    {
        return extreme || random() % 8 == 0 ? (extreme || random() % 2 != 0 ? kMost : 0) : random() % kMost;
    }
    int16_t small()
    {
        using Limits = std::numeric_limits<int16_t>;
        if (extreme || random() % 8 == 0)
            return random() % 2 != 0 ? Limits::min() : Limits::max();
        return int16_t(random());
    }
    K base() { return K::from_raw(word()); }
    F4 element() { return F4{std::array{base(), base(), base(), base()}}; }

    std::vector<F4> elements(size_t n)
    {
        return filled<F4>(n, [this] { return element(); });
    }
    std::vector<K> bases(size_t n)
    {
        return filled<K>(n, [this] { return base(); });
    }
    std::vector<int16_t> smalls(size_t n)
    {
        return filled<int16_t>(n, [this] { return small(); });
    }

private:
    template <class T, class Make>
    std::vector<T> filled(size_t n, Make make)
    {
        std::vector<T> all(n);
        for (auto& x : all)
            x = make();
        return all;
    }
};

using detail::words;
const int16_t* words(const int16_t* small) { return small; }

struct Case
{
    const char* name;
    const Kernels* table;
    bool extreme;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name << (c.extreme ? ", extreme words" : ""); }

/// Each table that the machine can run, twice.
std::vector<Case> cases()
{
    std::vector<Case> all;
    for (const auto& [name, table] : {std::pair{"portable", kernels_for(Isa::portable)},
                                      {"sixteen lanes", &kSixteenLanes},
                                      {"avx2", kernels_for(Isa::avx2)},
                                      {"avx512", kernels_for(Isa::avx512)}})
        if (table)
            for (const bool extreme : {false, true})
                all.push_back({name, table, extreme});
    return all;
}

/// Every test runs against the scalar definition: equal to it means equal to one another.
class Kernel : public testing::TestWithParam<Case>
{
protected:
    const Kernels* table = GetParam().table;
    Source source{.extreme = GetParam().extreme};
};

constexpr size_t kLengths[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 100};

struct Shape
{
    size_t rows, width;
};
constexpr Shape kShapes[] = {{0, 16}, {1, 16},   {5, 16},  {8, 32},   {17, 16},  {33, 48},
                             {9, 64}, {130, 64}, {19, 80}, {300, 16}, {3, 1040}, {1, 16}};

template <class V>
void expect_folds(std::vector<V> (Source::*matrix_of)(size_t), Source& source, auto kernel)
{
    for (const auto [rows, width] : kShapes)
    {
        const auto c = source.elements(width);
        const auto matrix = (source.*matrix_of)(rows * width);
        std::vector<F4> out(rows, F4::of(99));
        kernel(words(out.data()), words(c.data()), words(matrix.data()), width, rows);
        for (size_t i = 0; i != rows; ++i)
        {
            F4 sum;
            for (size_t j = 0; j != width; ++j)
                sum += c[j] * detail::cell<K>(matrix[i * width + j]);
            ASSERT_EQ(out[i], sum) << rows << " x " << width << ", row " << i;
        }
    }
}

template <class V>
void expect_weighs(std::vector<V> (Source::*matrix_of)(size_t), Source& source, auto kernel)
{
    for (const auto [rows, width] : kShapes)
    {
        const auto c = source.elements(rows);
        const auto matrix = (source.*matrix_of)(rows * width);
        auto u = source.elements(width);
        auto expected = u;
        kernel(words(u.data()), words(c.data()), words(matrix.data()), width, rows);
        for (size_t i = 0; i != rows; ++i)
            for (size_t j = 0; j != width; ++j)
                expected[j] += c[i] * detail::cell<K>(matrix[i * width + j]);
        ASSERT_EQ(u, expected) << rows << " x " << width;
    }
}

TEST_P(Kernel, fold_columns_is_each_row_against_the_constants)
{
    expect_folds<K>(&Source::bases, source, table->fold_columns);
}

TEST_P(Kernel, fold_small_columns_takes_every_int16)
{
    expect_folds<int16_t>(&Source::smalls, source, table->fold_small_columns);
}

TEST_P(Kernel, weigh_rows_adds_up_weighted_rows) { expect_weighs<K>(&Source::bases, source, table->weigh_rows); }

TEST_P(Kernel, weigh_small_rows_takes_every_int16)
{
    expect_weighs<int16_t>(&Source::smalls, source, table->weigh_small_rows);
}

TEST_P(Kernel, products_are_elementwise)
{
    for (const auto n : kLengths)
    {
        const auto a = source.elements(n), b = source.elements(n);
        auto out = source.elements(n), expected = out;
        for (size_t i = 0; i != n; ++i)
            expected[i] = a[i] * b[i];
        table->mul(words(out.data()), words(a.data()), words(b.data()), n);
        ASSERT_EQ(out, expected) << n;

        auto in_place = a;
        table->mul(words(in_place.data()), words(in_place.data()), words(b.data()), n);
        ASSERT_EQ(in_place, expected) << n;
    }
}

TEST_P(Kernel, axpy_adds_a_multiple)
{
    for (const auto n : kLengths)
    {
        const auto v = source.elements(n);
        const auto c = source.element();
        auto acc = source.elements(n), expected = acc;
        for (size_t i = 0; i != n; ++i)
            expected[i] += c * v[i];
        table->axpy(words(acc.data()), words(&c), words(v.data()), n);
        ASSERT_EQ(acc, expected) << n;
    }
}

TEST_P(Kernel, fold_pairs_moves_the_low_end_along_the_line)
{
    for (const auto n : kLengths)
    {
        const auto r = source.element();
        const auto high = source.elements(n);
        auto low = source.elements(n), expected = low;
        for (size_t i = 0; i != n; ++i)
            expected[i] += r * (high[i] - low[i]);
        table->fold_pairs(words(low.data()), words(high.data()), words(&r), n);
        ASSERT_EQ(low, expected) << n;
    }
}

TEST_P(Kernel, spread_pairs_splits_each_element)
{
    for (const auto n : kLengths)
    {
        const auto r = source.element();
        auto low = source.elements(n), high = source.elements(n);
        auto expected_low = low, expected_high = high;
        for (size_t i = 0; i != n; ++i)
        {
            expected_high[i] = r * low[i];
            expected_low[i] = low[i] - r * low[i];
        }
        table->spread_pairs(words(low.data()), words(high.data()), words(&r), n);
        ASSERT_EQ(low, expected_low) << n;
        ASSERT_EQ(high, expected_high) << n;
    }
}

TEST_P(Kernel, dots_are_sums_of_products)
{
    for (const auto n : kLengths)
    {
        const auto a = source.elements(n), b = source.elements(n);
        const auto k = source.bases(n);
        F4 sum, base_sum, out;
        for (size_t i = 0; i != n; ++i)
        {
            sum += a[i] * b[i];
            base_sum += a[i] * k[i];
        }
        table->dot(words(&out), words(a.data()), words(b.data()), n);
        ASSERT_EQ(out, sum) << n;
        table->dot_base(words(&out), words(a.data()), words(k.data()), n);
        ASSERT_EQ(out, base_sum) << n;
    }
}

TEST_P(Kernel, rounds_are_values_at_0_and_leading_coefficients)
{
    for (const auto n : kLengths)
    {
        std::vector<std::vector<F4>> ends;
        std::vector<const uint32_t*> lines;
        for (int i = 0; i != 8; ++i)
            ends.push_back(source.elements(n));
        for (const auto& end : ends)
            lines.push_back(words(end.data()));
        const auto e = source.elements(n);

        std::array<F4, 2> product{}, fraction{}, out;
        std::vector<F4> p(n), q(n), expected_p(n), expected_q(n);
        for (size_t i = 0; i != n; ++i)
        {
            const auto at_0 = [&](int line) { return ends[2 * line][i]; };
            const auto slope = [&](int line) { return ends[2 * line + 1][i] - ends[2 * line][i]; };
            product[0] += at_0(0) * at_0(1);
            product[1] += slope(0) * slope(1);
            fraction[0] += e[i] * (at_0(0) * at_0(1) + at_0(2) * at_0(3));
            fraction[1] += e[i] * (slope(0) * slope(1) + slope(2) * slope(3));
            expected_p[i] = ends[0][i] * ends[3][i] + ends[2][i] * ends[1][i];
            expected_q[i] = ends[1][i] * ends[3][i];
        }
        table->product_round(words(out.data()), lines.data(), n);
        ASSERT_EQ(out, product) << n;
        table->fraction_round(words(out.data()), words(e.data()), lines.data(), n);
        ASSERT_EQ(out, fraction) << n;
        table->add_fractions(words(p.data()), words(q.data()), lines.data(), n);
        ASSERT_EQ(p, expected_p) << n;
        ASSERT_EQ(q, expected_q) << n;
    }
}

/// The tree of poly/ntt.cpp, node by node: any words may stand for the factors.
TEST_P(Kernel, transform_halves_blocks_down_to_rows)
{
    for (const size_t width : {16, 48})
        for (uint32_t log_rows = 0; log_rows != 8; ++log_rows)
            for (const size_t node : {0, 3})
            {
                const auto twiddles = source.bases(((node + 1) << log_rows) / 2 + 1), shifts = source.bases(log_rows);
                auto data = source.bases(width << log_rows), expected = data;
                table->transform(reinterpret_cast<uint32_t*>(data.data()), log_rows, width, node,
                                 words(twiddles.data()), words(shifts.data()));
                for (uint32_t level = 0; level != log_rows; ++level)
                    for (size_t block = 0; block != size_t{1} << level; ++block)
                    {
                        const auto half = (width << (log_rows - level)) / 2;
                        const auto w = twiddles[(node << level) + block] * shifts[log_rows - level - 1];
                        for (size_t i = 0; i != half; ++i)
                        {
                            auto& a = expected[2 * block * half + i];
                            auto& b = expected[2 * block * half + half + i];
                            const auto turned = w * b;
                            b = a - turned;
                            a += turned;
                        }
                    }
                ASSERT_EQ(data, expected) << width << ' ' << log_rows << ' ' << node;
            }
}

INSTANTIATE_TEST_SUITE_P(OnEveryIsa, Kernel, testing::ValuesIn(cases()));

TEST(Kernels, one_of_the_machines_tables_is_chosen)
{
    const auto* chosen = &kernels();
    EXPECT_TRUE(chosen == kernels_for(Isa::portable) || chosen == kernels_for(Isa::avx2) ||
                chosen == kernels_for(Isa::avx512));
}

/// The typed functions, and their plain loops for other fields, against the same sums.
template <class F>
class TypedKernels : public testing::Test
{
};
using Fields = testing::Types<F4, F5, Extension<Fp<13>, 2, 0>>;
TYPED_TEST_SUITE(TypedKernels, Fields);

TYPED_TEST(TypedKernels, agree_with_their_definitions)
{
    using F = TypeParam;
    using B = typename F::Base;
    constexpr size_t kRows = 5, kWidth = 16;
    std::mt19937 random{3};
    const auto fill = [&](std::vector<F> v) {
        for (auto& x : v)
            x = F::of(random()) + F::generator() * B::of(random());
        return v;
    };
    const auto c = fill(std::vector<F>(kWidth)), rows = fill(std::vector<F>(kRows));
    std::vector<B> matrix(kRows * kWidth);
    std::vector<int16_t> small(kRows * kWidth);
    for (size_t i = 0; i != matrix.size(); ++i)
    {
        small[i] = int16_t(random());
        matrix[i] = B::of(small[i]);
    }

    std::vector<F> out(kRows), small_out(kRows), u = c, small_u = c, expected_u = c;
    fold_columns<F, B>(c, matrix, out);
    fold_columns<F, int16_t>(c, small, small_out);
    weigh_rows<F, B>(rows, matrix, u);
    weigh_rows<F, int16_t>(rows, small, small_u);
    for (size_t i = 0; i != kRows; ++i)
    {
        F sum;
        for (size_t j = 0; j != kWidth; ++j)
        {
            sum += c[j] * matrix[i * kWidth + j];
            expected_u[j] += rows[i] * matrix[i * kWidth + j];
        }
        ASSERT_EQ(out[i], sum);
        ASSERT_EQ((dot<F, B>(c, std::span(matrix).subspan(i * kWidth, kWidth))), sum);
    }
    EXPECT_EQ(small_out, out);
    EXPECT_EQ(u, expected_u);
    EXPECT_EQ(small_u, expected_u);

    std::vector<F> product(kWidth), acc = u, folded = u, low = c, high(kWidth);
    mul<F>(product, c, u);
    axpy<F>(acc, c[0], u);
    fold_halves<F>(folded, c[1]);
    spread_pairs<F>(low, high, u[1]);
    F sum;
    for (size_t i = 0; i != kWidth; ++i)
    {
        sum += c[i] * u[i];
        EXPECT_EQ(product[i], c[i] * u[i]);
        EXPECT_EQ(acc[i], u[i] + c[0] * u[i]);
        EXPECT_EQ(high[i], u[1] * c[i]);
        EXPECT_EQ(low[i], c[i] - u[1] * c[i]);
        EXPECT_EQ(folded[i], i < kWidth / 2 ? u[i] + c[1] * (u[i + kWidth / 2] - u[i]) : u[i]);
    }
    EXPECT_EQ((dot<F, F>(c, u)), sum);
}

TEST(KernelsDeathTest, mismatched_lengths_stop)
{
    std::vector<F4> three(3), four(4);
    EXPECT_DEATH((void)(dot<F4, F4>(three, four)), "");
    EXPECT_DEATH(mul<F4>(four, four, three), "");
    EXPECT_DEATH((fold_columns<F4, K>(four, {}, {})), "");
}

} // namespace
} // namespace field
