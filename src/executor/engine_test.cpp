#include "executor/engine.hpp"

#include "executor/testing/wat.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace executor {
namespace {

using testing::entry;
using testing::runtime;

/// What the tests' host functions work on.
struct Log final : HostState
{
    std::vector<std::string> lines;
};

std::shared_ptr<const HostTable> host()
{
    using enum ValueType;
    std::vector<HostFunction> functions;
    functions.push_back({"ext_allocator_malloc_version_1",
                         {{i32}, i32},
                         [](Caller& caller, std::span<const Value> arguments) -> std::expected<Value, Trap> {
                             const auto pointer = caller.allocate(arguments[0].u32());
                             return pointer ? std::expected<Value, Trap>{Value{*pointer}}
                                            : std::unexpected(pointer.error());
                         }});
    functions.push_back({"ext_allocator_free_version_1",
                         {{i32}, std::nullopt},
                         [](Caller& caller, std::span<const Value> arguments) -> std::expected<Value, Trap> {
                             const auto freed = caller.free(arguments[0].u32());
                             return freed ? std::expected<Value, Trap>{} : std::unexpected(freed.error());
                         }});
    functions.push_back({"ext_log",
                         {{i64}, std::nullopt},
                         [](Caller& caller, std::span<const Value> arguments) -> std::expected<Value, Trap> {
                             const auto text = caller.at(arguments[0].bits);
                             if (!text)
                                 return std::unexpected(text.error());
                             caller.state<Log>().lines.emplace_back(text->begin(), text->end());
                             return {};
                         }});
    functions.push_back({"ext_refuse", {{}, i64}, [](Caller&, std::span<const Value>) -> std::expected<Value, Trap> {
                             return trap(TrapCode::host, "no");
                         }});
    functions.push_back({"ext_mix",
                         {{i32, i64, i32}, i32},
                         [](Caller&, std::span<const Value> arguments) -> std::expected<Value, Trap> {
                             // The high half must be cut off on the way back and must be 0 on the way in.
                             EXPECT_LE(arguments[0].bits, 0xFFFF'FFFFu);
                             EXPECT_LE(arguments[2].bits, 0xFFFF'FFFFu);
                             return Value{arguments[0].bits + arguments[1].bits * 3 + arguments[2].bits * 5};
                         }});
    return std::make_shared<const HostTable>(std::move(functions));
}

/// Each test runs on both engines.
class EngineTest : public ::testing::TestWithParam<const char*>
{
protected:
    EngineTest()
    {
        if (GetParam() == std::string_view("wabt"))
            engine = wabt_engine();
        else
        {
            auto made = wasmtime_engine();
            EXPECT_TRUE(made.has_value()) << made.error();
            engine = std::move(*made);
        }
    }

    std::expected<Bytes, Trap> run(const Bytes& code, ByteView input = {}, uint32_t heap_pages = 16)
    {
        const auto module = engine->compile(code, host(), {heap_pages});
        EXPECT_TRUE(module.has_value()) << module.error().words;
        return (*module)->call("run", input, log);
    }

    TrapCode code_of(const Bytes& code, uint32_t heap_pages = 16)
    {
        const auto result = run(code, {}, heap_pages);
        EXPECT_FALSE(result.has_value());
        return result ? TrapCode::engine : result.error().code;
    }

    std::unique_ptr<Engine> engine;
    Log log;
};

INSTANTIATE_TEST_SUITE_P(Engines, EngineTest, ::testing::Values("wasmtime", "wabt"),
                         [](const auto& info) { return std::string(info.param); });

constexpr std::string_view kEcho = R"(
    (i64.or (i64.extend_i32_u (local.get $pointer))
            (i64.shl (i64.extend_i32_u (local.get $size)) (i64.const 32))))";

TEST_P(EngineTest, the_input_comes_back_from_an_entry_point_that_returns_its_arguments)
{
    const Bytes input{1, 2, 3, 250};
    EXPECT_EQ(run(entry(kEcho), input), input);
    EXPECT_EQ(run(entry(kEcho)), Bytes{});
}

TEST_P(EngineTest, each_way_to_fail_has_its_code)
{
    EXPECT_EQ(code_of(entry("unreachable")), TrapCode::unreachable);
    EXPECT_EQ(code_of(entry("(i64.div_u (i64.const 1) (i64.const 0))")), TrapCode::division_by_zero);
    EXPECT_EQ(code_of(entry("(i64.rem_s (i64.const 1) (i64.const 0))")), TrapCode::division_by_zero);
    EXPECT_EQ(code_of(entry("(i64.div_s (i64.const 0x8000000000000000) (i64.const -1))")), TrapCode::integer_overflow);
    EXPECT_EQ(code_of(entry("(i64.load (i32.const -1))")), TrapCode::memory_out_of_bounds);
    EXPECT_EQ(code_of(entry("(i64.load offset=4294967295 (i32.const -1))")), TrapCode::memory_out_of_bounds);
    EXPECT_EQ(code_of(entry("(i64.store (i32.const 1114105) (i64.const 0)) (i64.const 0)")),
              TrapCode::memory_out_of_bounds)
        << "17 pages end at 1114112: the last byte of 8 lies outside";
    EXPECT_EQ(code_of(entry("(i64.trunc_f64_s (f64.const nan))")), TrapCode::bad_conversion);
    EXPECT_EQ(code_of(entry("(i64.trunc_f64_s (f64.const 1e30))")), TrapCode::integer_overflow);
    EXPECT_EQ(code_of(entry("(call $deep) (i64.const 0)", "(func $deep (call $deep))")), TrapCode::stack_exhausted);

    const std::string table = R"((type $v (func)) (table 2 funcref) (elem (i32.const 0) $takes)
                                 (func $takes (param i32)) )";
    const auto indirect = [&](int index) {
        return entry("(call_indirect (type $v) (i32.const " + std::to_string(index) + ")) (i64.const 0)", table);
    };
    EXPECT_EQ(code_of(indirect(0)), TrapCode::signature);
    EXPECT_EQ(code_of(indirect(1)), TrapCode::null_function);
    EXPECT_EQ(code_of(indirect(2)), TrapCode::table_out_of_bounds);
    EXPECT_EQ(code_of(entry("(i64.const 0)", "(data (i32.const 1114110) \"abc\")")), TrapCode::memory_out_of_bounds);
    EXPECT_EQ(code_of(entry("(i64.const 0)", "(table 1 funcref) (func $f) (elem (i32.const 1) $f)")),
              TrapCode::table_out_of_bounds);
}

TEST_P(EngineTest, a_result_outside_the_memory_is_a_bad_pointer)
{
    EXPECT_EQ(code_of(entry("(i64.const 0x1_0000_0011_0000)")), TrapCode::bad_pointer);
    EXPECT_EQ(code_of(entry("(i64.const -1)")), TrapCode::bad_pointer);
    EXPECT_EQ(run(entry("(i64.const 0x0011_0000)")), Bytes{}) << "no bytes, at the very end";
}

TEST_P(EngineTest, the_memory_cannot_grow)
{
    // 17 pages: one declared, 16 of heap. memory.grow answers -1, and nothing changes.
    const auto code = entry(R"(
        (i32.store (i32.const 0) (memory.grow (i32.const 1)))
        (i32.store (i32.const 4) (memory.size))
        (i64.const 0x8_0000_0000))");
    EXPECT_EQ(run(code), (Bytes{255, 255, 255, 255, 17, 0, 0, 0}));
}

TEST_P(EngineTest, an_exported_memory_serves_as_well_as_an_imported_one)
{
    const auto code = testing::wat(R"((module (memory (export "memory") 2 3)
        (global (export "__heap_base") i32 (i32.const 1024))
        (func (export "run") (param i32 i32) (result i64)
            (i32.store (i32.const 0) (memory.size)) (i64.const 0x4_0000_0000))))");
    EXPECT_EQ(run(code), (Bytes{18, 0, 0, 0}));
}

TEST_P(EngineTest, no_call_sees_what_another_one_wrote)
{
    const auto code = entry(R"(
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (i32.store (i32.const 900000) (i32.add (i32.load (i32.const 900000)) (i32.const 7)))
        (i32.store (i32.const 4) (i32.load (i32.const 900000)))
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (i32.store (i32.const 8) (global.get $count))
        (i64.const 0xC_0000_0000))",
                            "(data (i32.const 0) \"\\05\") (global $count (mut i32) (i32.const 0))");
    const auto module = engine->compile(code, host(), {16});
    ASSERT_TRUE(module);
    for (int i = 0; i != 5; ++i)
        EXPECT_EQ((*module)->call("run", {}, log), (Bytes{6, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0}));
}

TEST_P(EngineTest, an_unknown_import_traps_with_its_name_only_when_called)
{
    const std::string_view import = R"((import "env" "ext_no_such" (func $f (param i32) (result i64))))";
    EXPECT_EQ(run(entry("(i64.const 0)", import)), Bytes{});
    const auto called = run(entry("(call $f (i32.const 0))", import));
    EXPECT_EQ(called, std::unexpected(Trap(TrapCode::missing_import, "ext_no_such")));
}

TEST_P(EngineTest, a_known_name_with_another_signature_is_unknown)
{
    const auto called = run(entry("(call $f (i64.const 0)) (i64.const 0)",
                                  R"((import "env" "ext_allocator_free_version_1" (func $f (param i64))))"));
    EXPECT_EQ(called, std::unexpected(Trap(TrapCode::missing_import, "ext_allocator_free_version_1")));
}

TEST_P(EngineTest, what_a_host_function_refuses_ends_the_call)
{
    const auto called = run(entry("(call $f)", R"((import "env" "ext_refuse" (func $f (result i64))))"));
    EXPECT_EQ(called, std::unexpected(Trap(TrapCode::host, "no")));
}

TEST_P(EngineTest, host_functions_get_their_arguments_and_reach_memory_and_state)
{
    const auto code = entry(R"(
        (call $log (i64.const 0x5_0000_0000))
        (i32.store (i32.const 0) (call $mix (i32.const -1) (i64.const -2) (i32.const 7)))
        (i64.const 0x4_0000_0000))",
                            R"((import "env" "ext_log" (func $log (param i64)))
        (import "env" "ext_mix" (func $mix (param i32 i64 i32) (result i32)))
        (data (i32.const 0) "hello"))");
    EXPECT_EQ(run(code), (Bytes{28, 0, 0, 0}));
    EXPECT_EQ(log.lines, std::vector<std::string>{"hello"});
}

TEST_P(EngineTest, a_pointer_outside_the_memory_given_to_the_host_traps)
{
    EXPECT_EQ(code_of(entry("(call $log (i64.const -1)) (i64.const 0)",
                            R"((import "env" "ext_log" (func $log (param i64))))")),
              TrapCode::bad_pointer);
}

TEST_P(EngineTest, the_heap_starts_at_the_heap_base_and_ends_with_the_memory)
{
    // The input of 0 bytes takes the first block: header at 65536, so the next pointer is 65536 + 16 + 8.
    const std::string_view import =
        R"((import "env" "ext_allocator_malloc_version_1" (func $a (param i32) (result i32))))";
    EXPECT_EQ(run(entry("(i32.store (i32.const 0) (call $a (i32.const 9))) (i64.const 0x4_0000_0000)", import)),
              (Bytes{24, 0, 1, 0}));
    EXPECT_EQ(code_of(entry("(loop (drop (call $a (i32.const 100000))) (br 0)) (i64.const 0)", import)),
              TrapCode::out_of_memory);
    EXPECT_EQ(code_of(entry("(drop (call $a (i32.const 33554433))) (i64.const 0)", import), 2048),
              TrapCode::allocation_too_large);
}

TEST_P(EngineTest, an_input_larger_than_the_heap_is_refused)
{
    const auto module = engine->compile(entry(kEcho), host(), {1});
    ASSERT_TRUE(module);
    const Bytes input(70'000);
    const auto result = (*module)->call("run", input, log);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, TrapCode::out_of_memory);
}

TEST_P(EngineTest, only_exported_functions_of_the_right_type_are_entry_points)
{
    const auto module =
        engine->compile(runtime(R"((func (export "wrong") (param i32) (result i64) (i64.const 0)))"), host(), {16});
    ASSERT_TRUE(module);
    for (const auto* name : {"wrong", "none", "memory", "__heap_base", ""})
        EXPECT_EQ((*module)->call(name, {}, log), std::unexpected(Trap(TrapCode::missing_export, name)));
}

TEST_P(EngineTest, what_does_not_type_check_does_not_compile)
{
    auto code = entry("(i64.const 0)");
    const auto constant = std::ranges::search(code, Bytes{0x42, 0x00, 0x0B}).begin();
    ASSERT_NE(constant, code.end());
    *constant = 0x41; // i32.const where i64 is due
    const auto module = engine->compile(code, host());
    ASSERT_FALSE(module);
    EXPECT_FALSE(module.error().refusal);
    EXPECT_FALSE(module.error().words.empty());
}

TEST_P(EngineTest, later_versions_of_wasm_do_not_compile)
{
    const auto module = engine->compile(entry("(i64.extend8_s (i64.const 0))"), host());
    ASSERT_FALSE(module);
    ASSERT_TRUE(module.error().refusal);
    EXPECT_EQ(module.error().refusal->why, Refusal::later_version);
    EXPECT_EQ(module.error().refusal->name, "i64.extend8_s");
}

TEST_P(EngineTest, more_heap_than_32_bits_address_does_not_compile)
{
    EXPECT_FALSE(engine->compile(entry("(i64.const 0)"), host(), {65536}));
    EXPECT_FALSE(engine->compile(entry("(i64.const 0)"), host(), {0xFFFF'FFFF}));
}

TEST_P(EngineTest, calls_from_several_threads_do_not_meet)
{
    const auto module = engine->compile(entry(kEcho), host(), {16});
    ASSERT_TRUE(module);
    std::array<int, 4> right{};
    {
        std::vector<std::jthread> threads;
        for (size_t t = 0; t != right.size(); ++t)
            threads.emplace_back([&, t] {
                Log own;
                for (int i = 0; i != 20; ++i)
                {
                    const Bytes input(size_t(i) * 100, uint8_t(t));
                    right[t] += (*module)->call("run", input, own) == input;
                }
            });
    }
    EXPECT_EQ(right, (std::array{20, 20, 20, 20}));
}

TEST(WasmtimeEngine, a_call_past_its_ticks_is_interrupted)
{
    const auto engine = wasmtime_engine({.interruptible = true, .library = {}});
    ASSERT_TRUE(engine) << engine.error();
    const auto module = (*engine)->compile(entry("(loop (br 0)) (i64.const 0)"), host(), {16});
    ASSERT_TRUE(module);
    std::jthread clock([&](std::stop_token stop) {
        while (!stop.stop_requested())
        {
            (*engine)->tick();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    });
    Log log;
    const auto result = (*module)->call("run", {}, log, {.ticks = 3});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, TrapCode::interrupted);
    const auto short_one = (*engine)->compile(entry("(i64.const 0)"), host(), {16});
    EXPECT_TRUE((*short_one)->call("run", {}, log));
}

TEST(WasmtimeEngine, a_missing_library_is_named_with_what_to_do)
{
    const auto engine = wasmtime_engine({.interruptible = false, .library = "no-such-library.so"});
    ASSERT_FALSE(engine);
    EXPECT_NE(engine.error().find("no-such-library.so"), std::string::npos);
    EXPECT_NE(engine.error().find("tools/install"), std::string::npos);
    EXPECT_FALSE(wasmtime_engine({.interruptible = false, .library = "libc.so.6"})) << "has no wasm_config_new";
}

} // namespace
} // namespace executor
