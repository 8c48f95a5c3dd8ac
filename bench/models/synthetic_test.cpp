#include "synthetic.hpp"

#include <gtest/gtest.h>

namespace {

/// FNV-1a, 64 bits: enough to notice that a published figure was measured on another model.
uint64_t digest(const std::string& bytes)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const char byte : bytes)
        hash = (hash ^ uint8_t(byte)) * 0x100000001b3;
    return hash;
}

TEST(SyntheticModels, have_the_parameter_counts_that_the_figures_are_published_for)
{
    EXPECT_EQ(bench_models::mlp4m().parameters, 3'962'890U);
    EXPECT_EQ(bench_models::cifar264k().parameters, 264'074U);
}

TEST(SyntheticModels, are_the_same_bytes_on_every_machine)
{
    const auto mlp = bench_models::mlp4m(), cifar = bench_models::cifar264k();
    EXPECT_EQ(digest(mlp.onnx), 0x2476f4565d2ad512U);
    EXPECT_EQ(digest(mlp.calibration), 0x77c0a5a357849a8cU);
    EXPECT_EQ(digest(mlp.input), 0x0943349e47396a64U);
    EXPECT_EQ(digest(cifar.onnx), 0xd56346a6e76916feU);
    EXPECT_EQ(digest(cifar.calibration), 0x0bb09989699bc750U);
    EXPECT_EQ(digest(cifar.input), 0xfd8b95b6b529131aU);
}

} // namespace
