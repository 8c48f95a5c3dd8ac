#include "run.hpp"

#include <gtest/gtest.h>

namespace differential {
namespace {

TEST(Runtime, as_native_code_compiled_and_interpreted_agrees_on_300_random_blocks)
{
    const auto wasm = read_code(ZKP_RUNTIME_WASM);
    const auto native = native_machine();
    const auto wasmtime = wasmtime_machine(wasm);
    const auto wabt = wabt_machine(wasm);
    ASSERT_TRUE(wasmtime && wabt);
    const auto tally = run({native.get(), wasmtime.get(), wabt.get()}, 1, 300);
    ASSERT_TRUE(tally) << tally.error();
    // The run is worth something only if all sorts of things happen in it.
    EXPECT_EQ(tally->blocks, 300u);
    EXPECT_GT(tally->succeeded, 300u);
    EXPECT_GT(tally->applied - tally->succeeded, 100u);
    EXPECT_GT(tally->refused, 100u);
    EXPECT_GT(tally->trapped, 10u);
    EXPECT_LT(tally->abandoned, 100u);
}

} // namespace
} // namespace differential
