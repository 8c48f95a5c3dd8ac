#include "executor/inspect.hpp"

#include "executor/binary.hpp"
#include "executor/opcode.hpp"
#include "executor/prepare.hpp"
#include "executor/testing/wat.hpp"

#include <gtest/gtest.h>

#include <wabt/feature.h>
#include <wabt/opcode.h>

#include <random>

namespace executor {
namespace {

using testing::entry;
using testing::runtime;
using testing::wat;

Rules strict()
{
    static const HostTable host({{"ext_known", {{ValueType::i32, ValueType::i64}, ValueType::i64}, {}}});
    return {.floats = false, .memory_grow = false, .host = &host, .heap_pages = kHeapPagesDefault};
}

InspectError refusal(const Bytes& code, const Rules& rules = strict())
{
    const auto shape = inspect(code, rules);
    EXPECT_FALSE(shape);
    return shape ? InspectError{Refusal::malformed} : shape.error();
}

/// The refusal and the name it gives, which tests compare together.
std::pair<Refusal, std::string> why(const Bytes& code, const Rules& rules = strict())
{
    const auto error = refusal(code, rules);
    return {error.why, error.name};
}

using Why = std::pair<Refusal, std::string>;

TEST(Opcode, the_table_is_wabts_for_every_byte)
{
    wabt::Features mvp;
    mvp.disable_sign_extension();
    mvp.disable_sat_float_to_int();
    mvp.disable_simd();
    mvp.disable_bulk_memory();
    mvp.disable_reference_types();
    mvp.disable_multi_value();
    for (uint32_t byte = 0; byte != 256; ++byte)
    {
        const auto theirs = wabt::Opcode::FromCode(byte);
        // There, ref.func, catch_all and the typed select hang on no feature; the bytes from 0xE0 on are its own.
        const bool in_mvp = !theirs.IsInvalid() && theirs.IsEnabled(mvp) && byte < 0xC5 && byte != 0x19 && byte != 0x1C;
        const auto& ours = opcode(uint8_t(byte));
        ASSERT_EQ(!ours.name.empty(), in_mvp) << byte;
        if (!ours.name.empty())
            ASSERT_EQ(ours.name, theirs.GetName()) << byte;
    }
}

TEST(BinaryReader, numbers_are_leb128_with_no_bits_to_spare)
{
    const auto u32 = [](Bytes bytes) { return BinaryReader(bytes, 0).u32(); };
    const auto s32 = [](Bytes bytes) { return BinaryReader(bytes, 0).s32(); };
    const auto s64 = [](Bytes bytes) { return BinaryReader(bytes, 0).s64(); };
    EXPECT_EQ(u32({0xE5, 0x8E, 0x26}), 624485u); // the example of the DWARF standard
    EXPECT_EQ(u32({0x80, 0x80, 0x80, 0x80, 0x00}), 0u);
    EXPECT_EQ(u32({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}), 0xFFFF'FFFFu);
    EXPECT_EQ(u32({0xFF, 0xFF, 0xFF, 0xFF, 0x1F}), std::nullopt);
    EXPECT_EQ(u32({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), std::nullopt);
    EXPECT_EQ(u32({0x80}), std::nullopt);
    EXPECT_EQ(s32({0xC0, 0xBB, 0x78}), -123456);
    EXPECT_EQ(s32({0x7F}), -1);
    EXPECT_EQ(s32({0x80, 0x80, 0x80, 0x80, 0x78}), INT32_MIN);
    EXPECT_EQ(s32({0xFF, 0xFF, 0xFF, 0xFF, 0x07}), INT32_MAX);
    EXPECT_EQ(s32({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}), std::nullopt);
    EXPECT_EQ(s32({0x80, 0x80, 0x80, 0x80, 0x70}), std::nullopt);
    EXPECT_EQ(s64({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F}), INT64_MIN);
    EXPECT_EQ(s64({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7E}), std::nullopt);
}

TEST(Inspect, a_runtime_has_its_imports_exports_and_heap_base)
{
    const auto shape = inspect(wat(R"((module
        (import "env" "ext_known" (func (param i32 i64) (result i64)))
        (import "env" "memory" (memory 17))
        (global $sp (mut i32) (i32.const 5))
        (global (export "__heap_base") i32 (i32.const 1114112))
        (func (export "Core_version") (param i32 i32) (result i64) (i64.const 0))
        (func (nop) (nop)) ))"),
                               strict());
    ASSERT_TRUE(shape) << words(shape.error());
    using enum ValueType;
    ASSERT_EQ(shape->imports.size(), 1u);
    EXPECT_EQ(shape->imports[0].type, (FunctionType{{i32, i64}, i64}));
    ASSERT_EQ(shape->exports.size(), 1u);
    EXPECT_EQ(shape->exports[0].name, "Core_version");
    EXPECT_EQ(shape->exports[0].type, (FunctionType{{i32, i32}, i64}));
    EXPECT_EQ(shape->heap_base, 1114112u);
    EXPECT_EQ(shape->memory_pages, 17u);
    EXPECT_EQ(shape->functions, 2u);
    EXPECT_EQ(shape->instructions, 5u);
}

TEST(Inspect, instructions_of_later_versions_are_refused_by_name)
{
    const auto body = [](std::string_view code) { return entry(std::string(code) + " (i64.const 0)"); };
    using enum Refusal;
    EXPECT_EQ(why(body("(drop (i32.extend8_s (i32.const 0)))")), Why(later_version, "i32.extend8_s"));
    EXPECT_EQ(why(body("(drop (i64.extend32_s (i64.const 0)))")), Why(later_version, "i64.extend32_s"));
    EXPECT_EQ(why(body("(memory.copy (i32.const 0) (i32.const 0) (i32.const 0))")), Why(later_version, "memory.copy"));
    EXPECT_EQ(why(body("(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))")), Why(later_version, "memory.fill"));
    EXPECT_EQ(why(body("(drop (i32.trunc_sat_f32_s (f32.const 0)))"), Rules{}),
              Why(later_version, "i32.trunc_sat_f32_s"));
    EXPECT_EQ(why(body("(drop (ref.null func))")), Why(later_version, "ref.null"));
    EXPECT_EQ(why(body("(drop (select (result i32) (i32.const 0) (i32.const 0) (i32.const 0)))")),
              Why(later_version, "select (typed)"));
    EXPECT_EQ(why(body("(drop (v128.const i32x4 0 0 0 0))")), Why(later_version, "simd"));
    EXPECT_EQ(why(body("(drop (i32.atomic.load (i32.const 0)))")), Why(later_version, "atomics"));
    EXPECT_EQ(why(entry("(return_call $f)", "(func $f (result i64) (i64.const 0))")),
              Why(later_version, "return_call"));
    EXPECT_EQ(why(body("(block (result i32 i32) (i32.const 0) (i32.const 0)) (drop) (drop)")).first, later_version);
    EXPECT_EQ(why(entry("(i64.const 0)", "(func (result i32 i32) (i32.const 0) (i32.const 0))")),
              Why(later_version, "multi-value: more than one result"));
    EXPECT_EQ(why(entry("(i64.const 0)", "(func (param externref))")),
              Why(later_version, "externref (reference types)"));
    EXPECT_EQ(why(entry("(i64.const 0)", "(global i32 (i32.add (i32.const 1) (i32.const 2)))")),
              Why(later_version, "extended constant expression"));
    EXPECT_EQ(why(entry("(i64.const 0)", "(data \"passive\")")), Why(later_version, "passive or indexed segment"));
    EXPECT_EQ(why(entry("(i64.const 0)", "(table 1 externref)")).first, later_version);
    EXPECT_EQ(why(entry("(i64.const 0)", "(table 1 funcref) (table 1 funcref)")).first, later_version);
    EXPECT_EQ(why(entry("(i64.const 0)", "(global (export \"g\") (mut i32) (i32.const 0))")),
              Why(later_version, "export of a mutable global: g"));
}

TEST(Inspect, floats_are_refused_wherever_they_stand)
{
    const auto body = [](std::string_view code) { return entry(std::string(code) + " (i64.const 0)"); };
    using enum Refusal;
    EXPECT_EQ(why(body("(drop (f64.add (f64.const 1) (f64.const 2)))")), Why(floats, "f64.const"));
    EXPECT_EQ(why(body("(drop (f32.load (i32.const 0)))")), Why(floats, "f32.load"));
    EXPECT_EQ(why(body("(drop (i32.reinterpret_f32 (f32.convert_i32_s (i32.const 0))))")),
              Why(floats, "f32.convert_i32_s"));
    EXPECT_EQ(why(entry("(i64.const 0)", "(func (param f32))")), Why(floats, "f32"));
    EXPECT_EQ(why(entry("(i64.const 0)", "(func (local f64))")), Why(floats, "f64"));
    EXPECT_EQ(why(entry("(i64.const 0)", "(func (result i32) (block (result f32) (unreachable)) (unreachable))")),
              Why(floats, "f32"));
    EXPECT_EQ(why(entry("(i64.const 0)", "(global f64 (f64.const 0))")), Why(floats, "f64"));
    EXPECT_TRUE(inspect(body("(drop (f64.add (f64.const 1) (f64.const 2)))"), Rules{})) << "lenient rules allow them";
}

TEST(Inspect, only_known_functions_and_the_memory_of_env_are_imported)
{
    using enum Refusal;
    const auto with = [](std::string_view import) { return entry("(i64.const 0)", import); };
    EXPECT_EQ(why(with(R"((import "env" "ext_other" (func)))")), Why(import_not_allowed, "env.ext_other"));
    EXPECT_EQ(why(with(R"((import "wasi" "ext_known" (func)))")), Why(foreign_import, "wasi.ext_known"));
    EXPECT_EQ(why(with(R"((import "env" "g" (global i32)))")), Why(foreign_import, "env.g"));
    EXPECT_EQ(why(with(R"((import "env" "t" (table 1 funcref)))")), Why(foreign_import, "env.t"));
    EXPECT_EQ(why(wat(R"((module (import "env" "mem" (memory 1))))")), Why(foreign_import, "env.mem"));
    EXPECT_EQ(why(with(R"((import "env" "ext_known" (func (param i64 i32) (result i64))))")),
              Why(import_type, "env.ext_known"));
    EXPECT_EQ(why(with(R"((import "env" "ext_known" (func (param i32 i64))))")), Why(import_type, "env.ext_known"));
    EXPECT_EQ(why(with(R"((import "env" "ext_known" (func)) (import "env" "ext_known" (func (param i32))))"), {}),
              Why(import_twice, "env.ext_known"));
    EXPECT_TRUE(inspect(with(R"((import "env" "ext_known" (func)) (import "env" "ext_known" (func)))"), {}));
}

TEST(Inspect, the_memory_is_there_once_with_room_for_the_heap)
{
    using enum Refusal;
    const std::string base = R"((global (export "__heap_base") i32 (i32.const 65537)))";
    EXPECT_EQ(why(wat("(module " + base + ")")).first, memory_missing);
    EXPECT_EQ(why(wat("(module (memory 1) " + base + ")")).first, memory_missing) << "not exported";
    EXPECT_EQ(
        why(wat("(module (import \"env\" \"memory\" (memory $m 1)) (export \"memory\" (memory $m)) " + base + ")"))
            .first,
        memory_twice);
    const auto most = [&](int pages) {
        return wat("(module (import \"env\" \"memory\" (memory 1 " + std::to_string(pages) + "))" + base + ")");
    };
    EXPECT_EQ(why(most(2049)), Why(memory_max, "2049 pages of 2050"));
    EXPECT_TRUE(inspect(most(2050), strict()));
    EXPECT_EQ(why(entry("(drop (memory.grow (i32.const 1))) (i64.const 0)")), Why(memory_grow, "memory.grow"));
    EXPECT_TRUE(inspect(entry("(drop (memory.size)) (i64.const 0)"), strict()));
}

TEST(Inspect, the_heap_base_is_an_exported_constant_i32)
{
    using enum Refusal;
    const auto with = [](std::string_view global) {
        return wat("(module (memory (export \"memory\") 1) " + std::string(global) + ")");
    };
    EXPECT_EQ(why(with("")).first, heap_base);
    EXPECT_EQ(why(with("(global (export \"__heap_base\") i64 (i64.const 0))")).first, heap_base);
    EXPECT_EQ(why(with("(func (export \"__heap_base\"))")).first, heap_base);
    EXPECT_EQ(why(with("(global (export \"__heap_base\") (mut i32) (i32.const 0))")).first, later_version);
    EXPECT_TRUE(inspect(with("(global (export \"__heap_base\") i32 (i32.const 0))"), strict()));
}

TEST(Inspect, a_start_function_is_refused)
{
    EXPECT_EQ(why(runtime("(func $f) (start $f)")).first, Refusal::start_function);
}

TEST(Inspect, a_refusal_says_where)
{
    const auto code = entry("(drop (i32.extend8_s (i32.const 0))) (i64.const 0)");
    const auto error = refusal(code);
    EXPECT_EQ(error.section, Section::code);
    EXPECT_EQ(code.at(error.offset), 0xC0);
    EXPECT_EQ(words(error), "not WebAssembly 1.0: compile with -mcpu=mvp and link no library that was not "
                            "(i32.extend8_s), at byte " +
                                std::to_string(error.offset) + " in the code section");
}

TEST(Inspect, what_is_no_wasm_is_refused)
{
    EXPECT_EQ(refusal({}).why, Refusal::not_wasm);
    EXPECT_EQ(refusal({0, 'a', 's', 'm', 2, 0, 0, 0}).why, Refusal::not_wasm);
    EXPECT_EQ(refusal({0, 'a', 's', 'm', 1, 0, 0, 0}).why, Refusal::memory_missing);
    EXPECT_EQ(refusal({0, 'a', 's', 'm', 1, 0, 0, 0, 12, 1, 0}).why, Refusal::later_version);
    EXPECT_EQ(refusal({0, 'a', 's', 'm', 1, 0, 0, 0, 77, 1, 0}).why, Refusal::malformed);
    EXPECT_EQ(refusal(Bytes(kCodeBytesMax + 1)).why, Refusal::too_large);
}

/// A module with something in every section.
Bytes rich()
{
    return wat(R"((module
        (import "env" "memory" (memory 1)) (import "env" "ext_known" (func $k (param i32 i64) (result i64)))
        (table 3 funcref) (global $g (mut i64) (i64.const 77)) (global (export "__heap_base") i32 (i32.const 65536))
        (elem (i32.const 1) $f $k) (data (i32.const 8) "some data")
        (func $f (param i32) (local i64 i32) (block (loop (br_table 0 1 0 (local.get 0))))
            (call_indirect (param i32) (i32.const 1) (i32.const 2)))
        (func (export "run") (param i32 i32) (result i64)
            (if (result i64) (local.get 0) (then (i64.load offset=8 (i32.const 0))) (else (i64.const -1))))))");
}

TEST(Inspect, every_truncation_is_refused)
{
    const auto code = rich();
    const auto whole = inspect(code, strict());
    ASSERT_TRUE(whole);
    ASSERT_EQ(whole->sections.back().id, Section::data);
    for (size_t size = 0; size != code.size(); ++size)
    {
        if (size == whole->sections.back().begin)
            continue; // without its data it is a module too
        // An exact copy on the heap, so that the sanitizer sees the first byte read past the end.
        const Bytes cut(code.begin(), code.begin() + long(size));
        EXPECT_FALSE(inspect(cut, strict())) << size;
    }
}

TEST(Inspect, every_changed_byte_is_refused_or_read_without_harm)
{
    const auto code = rich();
    std::mt19937 random(5);
    for (int round = 0; round != 20'000; ++round)
    {
        auto changed = code;
        for (uint32_t i = 0, count = 1 + random() % 3; i != count; ++i)
            changed[random() % changed.size()] = uint8_t(random());
        if (const auto shape = inspect(changed, Rules{}))
            EXPECT_TRUE(prepare(changed, *shape, 16));
        else
            EXPECT_FALSE(words(shape.error()).empty());
    }
}

TEST(Prepare, the_prepared_module_defines_and_exports_its_memory)
{
    const auto code = rich();
    const auto shape = inspect(code, strict());
    ASSERT_TRUE(shape);
    const auto prepared = prepare(code, *shape, 2048);
    ASSERT_TRUE(prepared);
    const auto again = inspect(*prepared, strict());
    ASSERT_TRUE(again) << words(again.error());
    EXPECT_FALSE(again->memory_import);
    EXPECT_EQ(again->memory_pages, 2049u);
    EXPECT_EQ(again->memory_pages_max, 2049u);
    EXPECT_EQ(again->imports.size(), 1u);
    EXPECT_EQ(again->instructions, shape->instructions);
    EXPECT_TRUE(prepare(code, *shape, 65535));
    EXPECT_FALSE(prepare(code, *shape, 65536));
}

} // namespace
} // namespace executor
