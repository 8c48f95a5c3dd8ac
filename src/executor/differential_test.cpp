#include "executor/engine.hpp"

#include "executor/testing/wat.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

/// Random programs: wasmtime's compiled code and wabt's interpreter, which share nothing, must agree on every result,
/// every byte of memory written and every reason to trap.
namespace executor {
namespace {

/// Writes one module of integer functions in text format. Loops count down, calls go to earlier functions only.
class Generator
{
public:
    explicit Generator(uint32_t seed) : random_(seed) {}

    std::string module()
    {
        std::string text = "(table 8 funcref) (type $binary (func (param i32 i64) (result i64)))"
                           "(global $g32 (mut i32) (i32.const 77)) (global $g64 (mut i64) (i64.const -5))"
                           "(data (i32.const 64) \"" +
                           data() + "\")";
        for (functions_ = 0; functions_ != 5; ++functions_)
            text += function();
        text += "(elem (i32.const 1) $f0 $f1 $f2 $other) (func $other (param i32))";
        // The result is the last function's, then everything that the program may have written.
        return text + "(func (export \"run\") (param $p i32) (param $n i32) (result i64)"
                      "(i64.store (i32.const 0) (call $f4 (local.get $p) (i64.load (local.get $p))))"
                      "(i32.store (i32.const 8) (global.get $g32)) (i64.store (i32.const 16) (global.get $g64))"
                      "(i64.const 0x800_0000_0000))";
    }

private:
    uint32_t pick(uint32_t count) { return uint32_t(random_() % count); }

    template <size_t N>
    std::string one_of(const std::array<const char*, N>& names)
    {
        return names[pick(N)];
    }

    std::string data()
    {
        std::string bytes;
        for (int i = 0; i != 32; ++i)
        {
            constexpr std::string_view kDigits = "0123456789abcdef";
            bytes += std::string("\\") + kDigits[pick(16)] + kDigits[pick(16)];
        }
        return bytes;
    }

    std::string constant(bool wide)
    {
        constexpr std::array<const char*, 8> kEdges{"0", "1", "-1", "0x80000000", "0x7fffffff", "31", "255", "-128"};
        if (pick(2))
            return std::string(wide ? "(i64.const " : "(i32.const ") + one_of(kEdges) + ")";
        if (wide)
            return "(i64.const " + std::to_string(int64_t(uint64_t(random_()) << 32 | random_())) + ")";
        return "(i32.const " + std::to_string(int32_t(random_())) + ")";
    }

    /// Mostly inside the first 4 KiB, sometimes anywhere.
    std::string address(int depth)
    {
        return pick(400) ? "(i32.and (i32.const 2047) " + number(false, depth) + ")" : number(false, depth);
    }

    std::string binary(bool wide, int depth)
    {
        constexpr std::array<const char*, 15> kOperations{"add",  "sub",   "mul",   "and",   "or",
                                                          "xor",  "shl",   "shr_s", "shr_u", "rotl",
                                                          "rotr", "div_s", "div_u", "rem_s", "rem_u"};
        const auto operation = one_of(kOperations);
        const auto right = number(wide, depth);
        const std::string type = wide ? "i64" : "i32";
        const bool may_trap = operation.starts_with("div") || operation.starts_with("rem");
        const auto safe = may_trap && pick(150) ? "(" + type + ".or (" + type + ".const 3) " + right + ")" : right;
        return "(" + type + "." + operation + " " + number(wide, depth) + " " + safe + ")";
    }

    std::string comparison(int depth)
    {
        constexpr std::array<const char*, 10> kOperations{"eq",   "ne",   "lt_s", "lt_u", "gt_s",
                                                          "gt_u", "le_s", "le_u", "ge_s", "ge_u"};
        const bool wide = pick(2);
        return std::string(wide ? "(i64." : "(i32.") + one_of(kOperations) + " " + number(wide, depth) + " " +
               number(wide, depth) + ")";
    }

    std::string load(bool wide, int depth)
    {
        constexpr std::array<const char*, 5> kNarrow{"load", "load8_s", "load8_u", "load16_s", "load16_u"};
        constexpr std::array<const char*, 7> kWide{"load",     "load8_s",  "load8_u", "load16_s",
                                                   "load16_u", "load32_s", "load32_u"};
        return (wide ? "(i64." + one_of(kWide) : "(i32." + one_of(kNarrow)) + " offset=" + std::to_string(pick(100)) +
               " " + address(depth) + ")";
    }

    std::string call(int depth)
    {
        if (functions_ == 0)
            return number(true, depth);
        const auto arguments = number(false, depth) + " " + number(true, depth);
        // Entries 1 to 3 fit, 4 has another type, 0 and 5 to 7 are empty, 8 is outside.
        if (functions_ > 3 && pick(3) == 0)
            return "(call_indirect (type $binary) " + arguments + " (i32.const " +
                   std::to_string(pick(20) ? 1 + pick(3) : pick(9)) + "))";
        return "(call $f" + std::to_string(pick(functions_)) + " " + arguments + ")";
    }

    std::string unary(bool wide, int depth)
    {
        constexpr std::array<const char*, 3> kOperations{"clz", "ctz", "popcnt"};
        if (wide)
        {
            const auto choice = pick(4);
            if (choice == 0)
                return "(i64.extend_i32_s " + number(false, depth) + ")";
            if (choice == 1)
                return "(i64.extend_i32_u " + number(false, depth) + ")";
            return "(i64." + one_of(kOperations) + " " + number(true, depth) + ")";
        }
        const auto choice = pick(5);
        if (choice == 0)
            return "(i32.wrap_i64 " + number(true, depth) + ")";
        if (choice == 1)
            return pick(2) ? "(i32.eqz " + number(false, depth) + ")" : "(i64.eqz " + number(true, depth) + ")";
        return "(i32." + one_of(kOperations) + " " + number(false, depth) + ")";
    }

    std::string number(bool wide, int depth)
    {
        const std::string type = wide ? "i64" : "i32";
        if (depth <= 0)
            return pick(2) ? constant(wide) : "(local.get $" + type + (pick(2) ? "a)" : "b)");
        switch (pick(9))
        {
        case 0:
        case 1:
            return binary(wide, depth - 1);
        case 2:
            return wide ? unary(true, depth - 1) : comparison(depth - 1);
        case 3:
            return unary(wide, depth - 1);
        case 4:
            return load(wide, depth - 1);
        case 5:
            return "(select " + number(wide, depth - 1) + " " + number(wide, depth - 1) + " " + comparison(depth - 1) +
                   ")";
        case 6:
            return "(if (result " + type + ") " + comparison(depth - 1) + " (then " + statement(depth - 1) +
                   number(wide, depth - 1) + ") (else " + number(wide, depth - 1) + "))";
        case 7:
            return "(local.tee $" + type + "b " + number(wide, depth - 1) + ")";
        default:
            return wide ? call(depth - 1) : "(global.get $g32)";
        }
    }

    std::string statement(int depth)
    {
        const bool wide = pick(2);
        const std::string type = wide ? "i64" : "i32";
        switch (pick(7))
        {
        case 0:
            return "(local.set $" + type + "a " + number(wide, depth - 1) + ")";
        case 1:
            return "(global.set $g" + std::string(wide ? "64 " : "32 ") + number(wide, depth - 1) + ")";
        case 2: {
            constexpr std::array<const char*, 4> kStores{"store", "store8", "store16", "store32"};
            return "(" + type + "." + kStores[pick(wide ? 4 : 3)] + " offset=" + std::to_string(pick(64)) + " " +
                   address(depth - 1) + " " + number(wide, depth - 1) + ")";
        }
        case 3:
            return depth > 0 ? loop(depth - 1) : std::string();
        case 4:
            return "(block $out (br_if $out " + comparison(depth - 1) + ") " +
                   (depth > 0 ? statement(depth - 1) : std::string()) + ")";
        case 5:
            return depth > 0 ? "(block $a (block $b (block $c (br_table $a $b $c $a " + number(false, depth - 1) +
                                   ")) " + statement(depth - 1) + ") " + statement(depth - 1) + ")"
                             : std::string("(nop)");
        default:
            return "(drop " + number(wide, depth - 1) + ")";
        }
    }

    std::string loop(int depth)
    {
        const auto counter = "$n" + std::to_string(loops_++ % 4);
        return "(local.set " + counter + " (i32.const " + std::to_string(1 + pick(6)) + ")) (loop $again " +
               statement(depth) + "(local.set $steps (i32.add (local.get $steps) (i32.const 1)))" + "(local.set " +
               counter + " (i32.sub (local.get " + counter + ") (i32.const 1)))" + "(br_if $again (i32.and (i32.lt_u " +
               "(local.get $steps) (i32.const 60)) (i32.gt_s (local.get " + counter + ") (i32.const 0)))))";
    }

    std::string function()
    {
        std::string text = "(func $f" + std::to_string(functions_) +
                           " (param $i32a i32) (param $i64a i64) (result i64) (local $i32b i32) (local $i64b i64)"
                           "(local $n0 i32) (local $n1 i32) (local $n2 i32) (local $n3 i32) (local $steps i32)";
        for (uint32_t i = 0, count = 2 + pick(5); i != count; ++i)
            text += statement(4);
        return text + number(true, 4) + ")";
    }

    std::mt19937 random_;
    uint32_t functions_ = 0;
    uint32_t loops_ = 0;
};

struct Nothing final : HostState
{
};

TEST(Differential, wasmtime_and_wabt_agree_on_300_random_programs)
{
    const auto wasmtime = wasmtime_engine();
    ASSERT_TRUE(wasmtime) << wasmtime.error();
    const auto wabt = wabt_engine();
    const auto host = std::make_shared<const HostTable>();
    int returned = 0;
    std::map<TrapCode, int> trapped;
    for (uint32_t seed = 0; seed != 300; ++seed)
    {
        const auto text = Generator(seed).module();
        const auto code = testing::runtime(text);
        const auto fast = (*wasmtime)->compile(code, host, {1}), slow = wabt->compile(code, host, {1});
        ASSERT_TRUE(fast && slow) << text;
        for (uint8_t fill = 0; fill != 3; ++fill)
        {
            Nothing state;
            const Bytes input(8, uint8_t(fill * 113));
            const auto a = (*fast)->call("run", input, state), b = (*slow)->call("run", input, state);
            ASSERT_EQ(a.has_value(), b.has_value()) << seed << text;
            if (a)
                ASSERT_EQ(*a, *b) << seed << text;
            else
                ASSERT_EQ(a.error().code, b.error().code) << seed << text;
            returned += a.has_value();
            trapped[a ? TrapCode::engine : a.error().code] += !a.has_value();
        }
    }
    // The programs are of the kind that finds something: most run to their end, each common trap occurs.
    EXPECT_GT(returned, 300);
    EXPECT_GT(trapped[TrapCode::memory_out_of_bounds], 5);
    EXPECT_GT(trapped[TrapCode::division_by_zero] + trapped[TrapCode::integer_overflow], 5);
    EXPECT_GT(trapped[TrapCode::null_function] + trapped[TrapCode::signature] + trapped[TrapCode::table_out_of_bounds],
              5);
}

} // namespace
} // namespace executor
