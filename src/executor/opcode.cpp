#include "executor/opcode.hpp"

#include <array>
#include <cstddef>
#include <initializer_list>

namespace executor {
namespace {

using Table = std::array<Opcode, 256>;

constexpr void name_from(Table& codes, uint8_t first, std::initializer_list<std::string_view> names,
                         Immediate immediate = Immediate::none)
{
    size_t at = first;
    for (const auto name : names)
        codes[at++] = {name, immediate, name.contains("f32") || name.contains("f64")};
}

consteval Table make_table()
{
    using enum Immediate;
    Table codes{};
    name_from(codes, 0x00, {"unreachable", "nop"});
    name_from(codes, 0x02, {"block"}, block);
    name_from(codes, 0x03, {"loop"}, loop);
    name_from(codes, 0x04, {"if"}, block);
    name_from(codes, 0x05, {"else"});
    name_from(codes, 0x0B, {"end"});
    name_from(codes, 0x0C, {"br", "br_if"}, label);
    codes[0x0E] = {"br_table", labels};
    name_from(codes, 0x0F, {"return"});
    name_from(codes, 0x10, {"call"}, index);
    name_from(codes, 0x11, {"call_indirect"}, call_indirect);
    name_from(codes, 0x1A, {"drop", "select"});
    name_from(codes, 0x20, {"local.get", "local.set", "local.tee", "global.get", "global.set"}, index);
    name_from(codes, 0x28,
              {"i32.load",     "i64.load",     "f32.load",    "f64.load",    "i32.load8_s",  "i32.load8_u",
               "i32.load16_s", "i32.load16_u", "i64.load8_s", "i64.load8_u", "i64.load16_s", "i64.load16_u",
               "i64.load32_s", "i64.load32_u", "i32.store",   "i64.store",   "f32.store",    "f64.store",
               "i32.store8",   "i32.store16",  "i64.store8",  "i64.store16", "i64.store32"},
              memory_access);
    name_from(codes, 0x3F, {"memory.size", "memory.grow"}, memory);
    name_from(codes, 0x41, {"i32.const"}, i32);
    name_from(codes, 0x42, {"i64.const"}, i64);
    name_from(codes, 0x43, {"f32.const"}, f32);
    name_from(codes, 0x44, {"f64.const"}, f64);
    name_from(codes, 0x45,
              {"i32.eqz", "i32.eq", "i32.ne", "i32.lt_s", "i32.lt_u", "i32.gt_s", "i32.gt_u", "i32.le_s", "i32.le_u",
               "i32.ge_s", "i32.ge_u"});
    name_from(codes, 0x50,
              {"i64.eqz", "i64.eq", "i64.ne", "i64.lt_s", "i64.lt_u", "i64.gt_s", "i64.gt_u", "i64.le_s", "i64.le_u",
               "i64.ge_s", "i64.ge_u"});
    name_from(codes, 0x5B,
              {"f32.eq", "f32.ne", "f32.lt", "f32.gt", "f32.le", "f32.ge", "f64.eq", "f64.ne", "f64.lt", "f64.gt",
               "f64.le", "f64.ge"});
    name_from(codes, 0x67,
              {"i32.clz", "i32.ctz", "i32.popcnt", "i32.add", "i32.sub", "i32.mul", "i32.div_s", "i32.div_u",
               "i32.rem_s", "i32.rem_u", "i32.and", "i32.or", "i32.xor", "i32.shl", "i32.shr_s", "i32.shr_u",
               "i32.rotl", "i32.rotr"});
    name_from(codes, 0x79,
              {"i64.clz", "i64.ctz", "i64.popcnt", "i64.add", "i64.sub", "i64.mul", "i64.div_s", "i64.div_u",
               "i64.rem_s", "i64.rem_u", "i64.and", "i64.or", "i64.xor", "i64.shl", "i64.shr_s", "i64.shr_u",
               "i64.rotl", "i64.rotr"});
    name_from(codes, 0x8B,
              {"f32.abs", "f32.neg", "f32.ceil", "f32.floor", "f32.trunc", "f32.nearest", "f32.sqrt", "f32.add",
               "f32.sub", "f32.mul", "f32.div", "f32.min", "f32.max", "f32.copysign"});
    name_from(codes, 0x99,
              {"f64.abs", "f64.neg", "f64.ceil", "f64.floor", "f64.trunc", "f64.nearest", "f64.sqrt", "f64.add",
               "f64.sub", "f64.mul", "f64.div", "f64.min", "f64.max", "f64.copysign"});
    name_from(codes, 0xA7, {"i32.wrap_i64",       "i32.trunc_f32_s",     "i32.trunc_f32_u",     "i32.trunc_f64_s",
                            "i32.trunc_f64_u",    "i64.extend_i32_s",    "i64.extend_i32_u",    "i64.trunc_f32_s",
                            "i64.trunc_f32_u",    "i64.trunc_f64_s",     "i64.trunc_f64_u",     "f32.convert_i32_s",
                            "f32.convert_i32_u",  "f32.convert_i64_s",   "f32.convert_i64_u",   "f32.demote_f64",
                            "f64.convert_i32_s",  "f64.convert_i32_u",   "f64.convert_i64_s",   "f64.convert_i64_u",
                            "f64.promote_f32",    "i32.reinterpret_f32", "i64.reinterpret_f64", "f32.reinterpret_i32",
                            "f64.reinterpret_i64"});
    return codes;
}

constexpr Table kTable = make_table();

consteval size_t count_names()
{
    size_t named = 0;
    for (const auto& entry : kTable)
        named += !entry.name.empty();
    return named;
}
static_assert(count_names() == 172, "WebAssembly 1.0 has 172 opcodes");
static_assert(kTable[0x44].name == "f64.const" && kTable[0x66].name == "f64.ge" && kTable[0x8A].name == "i64.rotr" &&
              kTable[0xA6].name == "f64.copysign" && kTable[0xBF].name == "f64.reinterpret_i64");

struct Later
{
    uint8_t byte;
    std::string_view name;
};

constexpr auto kLater = std::to_array<Later>({
    {0x06, "try"},
    {0x07, "catch"},
    {0x08, "throw"},
    {0x09, "rethrow"},
    {0x0A, "throw_ref"},
    {0x12, "return_call"},
    {0x13, "return_call_indirect"},
    {0x14, "call_ref"},
    {0x15, "return_call_ref"},
    {0x18, "delegate"},
    {0x19, "catch_all"},
    {0x1C, "select (typed)"},
    {0x1F, "try_table"},
    {0x25, "table.get"},
    {0x26, "table.set"},
    {0xC0, "i32.extend8_s"},
    {0xC1, "i32.extend16_s"},
    {0xC2, "i64.extend8_s"},
    {0xC3, "i64.extend16_s"},
    {0xC4, "i64.extend32_s"},
    {0xD0, "ref.null"},
    {0xD1, "ref.is_null"},
    {0xD2, "ref.func"},
    {0xFB, "garbage collection"},
    {0xFD, "simd"},
    {0xFE, "atomics"},
});

constexpr auto kLaterFC = std::to_array<std::string_view>({
    "i32.trunc_sat_f32_s",
    "i32.trunc_sat_f32_u",
    "i32.trunc_sat_f64_s",
    "i32.trunc_sat_f64_u",
    "i64.trunc_sat_f32_s",
    "i64.trunc_sat_f32_u",
    "i64.trunc_sat_f64_s",
    "i64.trunc_sat_f64_u",
    "memory.init",
    "data.drop",
    "memory.copy",
    "memory.fill",
    "table.init",
    "elem.drop",
    "table.copy",
    "table.grow",
    "table.size",
    "table.fill",
});

} // namespace

const Opcode& opcode(uint8_t byte) { return kTable[byte]; }

std::string later_opcode(uint8_t byte, uint32_t second)
{
    if (byte == 0xFC && second < kLaterFC.size())
        return std::string(kLaterFC[second]);
    for (const auto& later : kLater)
        if (later.byte == byte)
            return std::string(later.name);
    constexpr std::string_view kDigits = "0123456789abcdef";
    return std::string("opcode 0x") + kDigits[byte >> 4] + kDigits[byte & 15];
}

} // namespace executor
