#include "executor/binary.hpp"
#include "executor/code_bounds.hpp"
#include "executor/engine.hpp"
#include "executor/testing/module.hpp"

#include <gtest/gtest.h>

namespace executor {
namespace {

using testing::body;
using testing::Parts;
using testing::repeated;

/// What inspect() says is too much; empty for a module that passes.
std::string too_much(const Parts& parts)
{
    const auto code = testing::module(parts);
    const auto shape = inspect(code, Rules{});
    if (shape)
        return "";
    EXPECT_EQ(shape.error().why, Refusal::too_complex) << words(shape.error());
    EXPECT_LE(shape.error().offset, code.size());
    return shape.error().name;
}

Parts one(Bytes function) { return {.bodies = {std::move(function)}}; }

const Bytes kBlock{0x02, 0x40}, kEnd{0x0B}, kNop{0x01}, kBr{0x0C, 0x00}, kAny{0x00};

Bytes joined(std::initializer_list<Bytes> parts)
{
    Bytes all;
    for (const auto& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

TEST(CodeBounds, of_a_function_are_reached_and_not_passed)
{
    const auto locals = [](uint32_t count) { return one(body({}, {count})); };
    EXPECT_EQ(too_much(locals(kLocalsMax)), "");
    EXPECT_EQ(too_much(locals(kLocalsMax + 1)), "locals: more than 2048");
    EXPECT_EQ(too_much(locals(0xFFFF'FFFF)), "locals: more than 2048");
    EXPECT_EQ(too_much(one(body({}, {0xFFFF'FFFF, 0xFFFF'FFFF, 2}))), "locals: more than 2048");

    const auto deep = [](size_t count) { return one(body(joined({repeated(kBlock, count), repeated(kEnd, count)}))); };
    EXPECT_EQ(too_much(deep(kDepthMax)), "");
    EXPECT_EQ(too_much(deep(kDepthMax + 1)), "blocks in blocks: more than 1024");

    const auto blocks = [](size_t count, const Bytes& begin) {
        return one(body(repeated(joined({begin, kEnd}), count)));
    };
    EXPECT_EQ(too_much(blocks(kBlocksMax, kBlock)), "");
    EXPECT_EQ(too_much(blocks(kBlocksMax + 1, kBlock)), "blocks: more than 4096");
    EXPECT_EQ(too_much(blocks(kLoopsMax, {0x03, 0x40})), "");
    EXPECT_EQ(too_much(blocks(kLoopsMax + 1, {0x03, 0x40})), "loops: more than 1024");

    const auto long_one = [](size_t size) { return one(body(repeated(kNop, size - 2))); }; // a count and an end
    EXPECT_EQ(too_much(long_one(kBodyBytesMax)), "");
    EXPECT_EQ(too_much(long_one(kBodyBytesMax + 1)), "bytes of a function: more than 524288");

    const auto branches = [](size_t count) { return one(body(repeated(kBr, count))); };
    EXPECT_EQ(too_much(branches(kTargetsMax)), "");
    EXPECT_EQ(too_much(branches(kTargetsMax + 1)), "targets of branches: more than 16384");

    const auto table = [](uint32_t labels) {
        Bytes code{0x41, 0x00, 0x0E};
        put_leb(code, labels);
        return one(body(joined({code, repeated(kAny, labels + size_t{1})})));
    };
    EXPECT_EQ(too_much(table(kTargetsMax - 1)), "") << "and its default";
    EXPECT_EQ(too_much(table(kTargetsMax)), "targets of branches: more than 16384");
    Bytes lies{0x41, 0x00, 0x0E};
    put_leb(lies, 0xFFFF'FFFF);
    EXPECT_EQ(too_much(one(body(lies))), "targets of branches: more than 16384");
}

/// 9,000 small loops over 1,000 locals in 100 KB took 18 s to compile, and 14,000 nested ones more than 5 minutes.
TEST(CodeBounds, flow_times_locals_is_bounded_where_neither_is_large)
{
    const auto loops = [](size_t count, uint32_t locals) {
        const Bytes loop{0x03, 0x40, 0x20, 0x01, 0x21, 0x00, 0x20, 0x00, 0x0D, 0x00, 0x0B};
        return body(repeated(loop, count), {locals});
    };
    EXPECT_EQ(too_much(one(loops(261, 1'000))), ""); // 2 · 261 + 1 ways over 1,001
    EXPECT_EQ(too_much(one(loops(262, 1'000))), "blocks and branches, times locals: more than 524288");
    const auto many = [&](size_t count) { return Parts{.bodies = std::vector(count, loops(261, 1'000))}; };
    EXPECT_EQ(too_much(many(32)), "");
    EXPECT_EQ(too_much(many(33)), "blocks and branches, times locals, of all functions: more than 16777216");
}

/// 500 KB without a single branch, over 2,000 locals, took more than a minute.
TEST(CodeBounds, instructions_times_locals_are_bounded_where_neither_is_many)
{
    const auto straight = [](size_t count, uint32_t locals) { return body(repeated(kNop, count - 1), {locals}); };
    EXPECT_EQ(too_much(one(straight(65'536, 255))), "");
    EXPECT_EQ(too_much(one(straight(65'537, 255))), "instructions, times locals: more than 16777216");
    const auto many = [&](size_t count) { return Parts{.bodies = std::vector(count, straight(65'536, 255))}; };
    EXPECT_EQ(too_much(many(16)), "");
    EXPECT_EQ(too_much(many(17)), "instructions, times locals, of all functions: more than 268435456");
}

TEST(CodeBounds, of_a_module_are_reached_and_not_passed)
{
    const auto check = [](auto parts_of, uint32_t most, std::string_view what) {
        EXPECT_EQ(too_much(parts_of(most)), "") << what;
        EXPECT_EQ(too_much(parts_of(most + 1)), above(what, most));
    };
    check([](uint32_t n) { return Parts{.types = n}; }, kTypesMax, "types");
    check([](uint32_t n) { return Parts{.params = n}; }, kParamsOfTypeMax, "parameters");
    check([](uint32_t n) { return Parts{.imports = n}; }, kImportsMax, "imports");
    check([](uint32_t n) { return Parts{.bodies = std::vector(n, body({}))}; }, kFunctionsMax, "functions");
    check([](uint32_t n) { return Parts{.globals = n}; }, kGlobalsMax, "globals");
    check([](uint32_t n) { return Parts{.exports = n}; }, kExportsMax, "exports");
    check([](uint32_t n) { return Parts{.table = n}; }, kTableElementsMax, "elements of the table");
    check([](uint32_t n) { return Parts{.table = 1, .segments = n}; }, kElementSegmentsMax, "element segments");
    check([](uint32_t n) { return Parts{.bodies = {body({})}, .table = 1, .segments = 1, .elements = n}; },
          kElementsMax, "elements");
    check([](uint32_t n) { return Parts{.data = n}; }, kDataSegmentsMax, "data segments");
    check([](uint32_t n) { return Parts{.exports = 1, .name_bytes = n}; }, kNameBytesMax, "bytes of a name");
    check([](uint32_t n) { return Parts{.imports = 1, .name_bytes = n}; }, kNameBytesMax, "bytes of a name");
}

TEST(CodeBounds, hold_for_the_code_of_all_functions)
{
    const auto code = [](size_t spare) {
        auto bodies = std::vector(kCodeSectionMax / kBodyBytesMax - 1, body(repeated(kNop, kBodyBytesMax - 2)));
        bodies.push_back(body(repeated(kNop, kBodyBytesMax - 2 - spare)));
        return Parts{.bodies = std::move(bodies)};
    };
    // Of the section are also its count and, for each function, three bytes of length.
    const size_t around = 1 + 3 * (kCodeSectionMax / kBodyBytesMax);
    EXPECT_EQ(too_much(code(around)), "");
    EXPECT_EQ(too_much(code(around - 1)), "bytes of code: more than 12582912");
}

TEST(CodeBounds, both_engines_refuse_what_is_above_them)
{
    const auto engine = wasmtime_engine();
    ASSERT_TRUE(engine) << engine.error();
    const auto code = testing::module(one(body({}, {kLocalsMax + 1})));
    const auto host = std::make_shared<const HostTable>();
    const auto oracle = wabt_engine();
    for (const auto* each : {engine->get(), oracle.get()})
    {
        const auto compiled = each->compile(code, host);
        ASSERT_FALSE(compiled);
        EXPECT_EQ(compiled.error().refusal->why, Refusal::too_complex);
        EXPECT_FALSE(each->validate(code));
    }
}

} // namespace
} // namespace executor
