#include "harness.hpp"

#include "executor/binary.hpp"
#include "executor/code_bounds.hpp"
#include "executor/engine.hpp"
#include "executor/testing/module.hpp"

#include <cstdio>
#include <cstdlib>
#include <random>

/// The compilation of modules made to take long, each at the bounds of code_bounds.hpp: the most that runtime code can
/// cost before it is refused. compile_bounds/NAME is one such module, on one core; compile_bounds/linear has no control
/// flow at all and fills the code section.
namespace {

using base::Bytes;
using namespace executor;

/// Instructions, appended one by one.
class Code
{
public:
    Code& op(uint8_t code) { return bytes_.push_back(code), *this; }
    Code& op(uint8_t code, uint32_t number)
    {
        bytes_.push_back(code);
        put_leb(bytes_, number);
        return *this;
    }
    Code& begin(uint8_t code) { return op(code).op(0x40); } ///< of a block without a type
    Code& move(uint32_t from, uint32_t to) { return op(0x20, from).op(0x21, to); }
    const Bytes& bytes() const { return bytes_; }

private:
    Bytes bytes_;
};

constexpr uint8_t kBlock = 0x02, kLoop = 0x03, kIf = 0x04, kElse = 0x05, kEnd = 0x0B, kBranchIf = 0x0D, kTable = 0x0E;

struct Shapes
{
    std::mt19937 random{1};
    uint32_t pick(uint32_t below) { return uint32_t(random() % below); }

    Bytes loops(uint32_t count, uint32_t locals)
    {
        Code code;
        for (uint32_t i = 0; i != count; ++i)
            code.begin(kLoop).move(pick(locals), pick(locals)).op(0x20, pick(locals)).op(kBranchIf, 0).op(kEnd);
        return testing::body(code.bytes(), {locals});
    }
    Bytes nested(uint32_t depth, uint32_t branches, uint32_t locals)
    {
        Code code;
        for (uint32_t i = 0; i != depth; ++i)
            code.begin(kLoop);
        for (uint32_t i = 0; i != depth; ++i)
        {
            for (uint32_t each = 0; each != branches; ++each)
                code.move(pick(locals), pick(locals)).op(0x20, pick(locals)).op(kBranchIf, pick(depth - i));
            code.op(kEnd);
        }
        return testing::body(code.bytes(), {locals});
    }
    Bytes choices(uint32_t count, uint32_t locals)
    {
        Code code;
        for (uint32_t i = 0; i != count; ++i)
            code.op(0x20, pick(locals))
                .begin(kIf)
                .move(pick(locals), pick(locals))
                .op(kElse)
                .move(pick(locals), pick(locals))
                .op(kEnd);
        return testing::body(code.bytes(), {locals});
    }
    Bytes tables(uint32_t labels, uint32_t depth, uint32_t locals)
    {
        Code code;
        for (uint32_t i = 0; i != depth; ++i)
            code.begin(kBlock);
        for (uint32_t i = 0; i != kTargetsMax / labels; ++i)
        {
            code.begin(kBlock).op(0x20, pick(locals)).op(kTable, labels - 1);
            for (uint32_t label = 0; label != labels; ++label)
                code.op(uint8_t(pick(std::min(depth, 127U))));
            code.op(kEnd);
        }
        for (uint32_t i = 0; i != depth; ++i)
            code.move(pick(locals), pick(locals)).op(kEnd);
        return testing::body(code.bytes(), {locals});
    }
    Bytes linear(uint32_t size, uint32_t locals)
    {
        Code code;
        while (code.bytes().size() < size)
            code.op(0x20, pick(locals)).op(0x28, 2).op(uint8_t(pick(128))).op(0x21, pick(locals));
        return testing::body(code.bytes(), {locals});
    }
};

} // namespace

int main(int count, char** arguments)
{
    const bench::Session session(std::span<char* const>(arguments, size_t(count)));
    const auto engine = wasmtime_engine({.interruptible = true, .library = {}});
    if (!engine)
        return std::fprintf(stderr, "bench_compile_bounds: %s\n", engine.error().c_str()), 1;
    const auto host = std::make_shared<const HostTable>();
    const auto measure = [&](std::string_view name, uint32_t functions, const auto& make) {
        session.time(name, 1, [&] {
            testing::Parts parts;
            for (uint32_t i = 0; i != functions; ++i)
                parts.bodies.push_back(make());
            const auto compiled = (*engine)->compile(testing::module(parts), host);
            if (!compiled)
                std::fprintf(stderr, "%s\n", compiled.error().words.c_str()), std::exit(1);
        });
    };
    Shapes shapes;
    const auto flows = uint32_t(kFlowMax / kFunctionFlowMax);
    measure("compile_bounds/loops", flows, [&] { return shapes.loops(1'000, 250); });
    measure("compile_bounds/wide_loops", flows, [&] { return shapes.loops(125, 2'047); });
    measure("compile_bounds/nested_loops", flows, [&] { return shapes.nested(1'024, 1, 250); });
    measure("compile_bounds/nested_branches", flows, [&] { return shapes.nested(1'024, 15, 30); });
    measure("compile_bounds/choices", flows, [&] { return shapes.choices(4'000, 120); });
    measure("compile_bounds/tables", flows, [&] { return shapes.tables(1'024, 1'000, 28); });
    measure("compile_bounds/linear", kCodeSectionMax / kBodyBytesMax - 1,
            [&] { return shapes.linear(kBodyBytesMax - 64, 8); });
    measure("compile_bounds/spread", kSpreadMax / kFunctionSpreadMax, [&] { return shapes.linear(150'000, 250); });
    measure("compile_bounds/calls", kCodeSectionMax / kBodyBytesMax - 1,
            [] { return testing::body(testing::repeated({0x10, 0}, kBodyBytesMax / 2 - 2)); });
    measure("compile_bounds/small_functions", kFunctionsMax, [] { return testing::body({0x01}); });
    return 0;
}
