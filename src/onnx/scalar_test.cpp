#include "onnx/scalar.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace onnx {
namespace {

TEST(Scalar, affine_maps_merge)
{
    const auto f = Scalar::affine(2, 1).then(Primitive::affine, 3, -1);
    EXPECT_TRUE(f.is_affine());
    EXPECT_EQ(f.factor(), 6);
    EXPECT_EQ(f.offset(), 2);
    EXPECT_TRUE(Scalar::affine(2, 1).then(Primitive::affine, 0.5, -0.5).is_identity());
}

TEST(Scalar, combinations_of_functions_of_one_argument_are_one_function)
{
    const Scalar x;
    const auto silu = Scalar::combine(Primitive::multiply, x, Scalar::of(Primitive::sigmoid));
    const auto scaled = Scalar::combine(Primitive::add, Scalar::affine(2, 1).then(Primitive::relu),
                                        Scalar::affine(-1, 0).then(Primitive::exp));
    for (int i = -16; i <= 16; ++i)
    {
        const double v = i * 0.25;
        EXPECT_DOUBLE_EQ(silu(v), v / (1 + std::exp(-v)));
        EXPECT_DOUBLE_EQ(scaled(v), std::fmax(2 * v + 1, 0) + std::exp(-v));
        EXPECT_DOUBLE_EQ(silu.then(scaled)(v), scaled(silu(v)));
    }
}

TEST(Scalar, functions_that_grow_and_functions_of_straight_pieces_are_told_apart)
{
    EXPECT_TRUE(Scalar::affine(2, 1).then(Primitive::relu).is_monotone());
    EXPECT_FALSE(Scalar::affine(-2, 1).then(Primitive::relu).is_monotone());
    EXPECT_FALSE(Scalar::of(Primitive::abs).is_monotone());
    EXPECT_TRUE(Scalar::of(Primitive::clip, 0, 6).is_piecewise_linear());
    EXPECT_FALSE(Scalar::of(Primitive::sigmoid).is_piecewise_linear());
}

TEST(Scalar, primitives_compute_what_their_names_say)
{
    EXPECT_EQ(Scalar::of(Primitive::leaky, 0.5)(-2), -1);
    EXPECT_EQ(Scalar::of(Primitive::clip, -1, 1)(3), 1);
    EXPECT_EQ(Scalar::of(Primitive::threshold, 1)(1), 0);
    EXPECT_EQ(Scalar::of(Primitive::shrink, 1, 0.5)(-2), -1.5);
    EXPECT_EQ(Scalar::of(Primitive::round)(2.5), 2);
    EXPECT_EQ(Scalar::of(Primitive::round)(3.5), 4);
    EXPECT_EQ(Scalar::of(Primitive::power, 3)(2), 8);
    EXPECT_EQ(Scalar::of(Primitive::exponential, 3)(2), 9);
    EXPECT_DOUBLE_EQ(Scalar::of(Primitive::softplus)(800), 800);
    EXPECT_DOUBLE_EQ(Scalar::of(Primitive::celu, 2)(-2), 2 * std::expm1(-1));
    const auto where = Scalar::combine(Primitive::where_not, Scalar{}, Scalar::of(Primitive::reciprocal));
    EXPECT_EQ(where(2), 0);
}

} // namespace
} // namespace onnx
