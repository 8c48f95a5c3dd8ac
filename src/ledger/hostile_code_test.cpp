#include "executor/blob.hpp"
#include "executor/testing/wat.hpp"
#include "host/table.hpp"
#include "ledger/new_code.hpp"
#include "ledger/testing/chain.hpp"
#include "ledger/testing/written_runtime.hpp"
#include "scale/scale.hpp"

#include <gtest/gtest.h>

#include <random>

namespace ledger {
namespace {

Bytes plain_code()
{
    static const auto kPlain = *executor::unpack(testing::product_genesis().at({':', 'c', 'o', 'd', 'e'}));
    return kPlain;
}

/// Code that declares itself as the product's does, with the functions of `text`.
Bytes declared(Bytes code)
{
    const auto plain = plain_code();
    for (const auto* section : {"runtime_version", "runtime_apis"})
        code = *executor::with_custom_section(code, section, *executor::custom_section(plain, section));
    return code;
}
Bytes declared(std::string_view text) { return declared(executor::testing::runtime(text)); }

struct NewCode : ::testing::Test
{
    executor::ModuleCache modules{testing::engine(), host::host_table()};

    std::string refusal(ByteView code)
    {
        const auto version = version_of_new_code(modules, code);
        return version ? "" : version.error();
    }
};

TEST_F(NewCode, that_is_cut_anywhere_is_refused_in_words)
{
    const auto plain = plain_code();
    const auto packed = testing::product_genesis().at({':', 'c', 'o', 'd', 'e'});
    EXPECT_EQ(refusal(plain), "");
    EXPECT_EQ(refusal(packed), "");
    for (size_t size = 0; size < plain.size(); size += 1 + size / 5)
        EXPECT_NE(refusal(ByteView(plain).first(size)), "") << size;
    for (size_t size = 0; size < packed.size(); size += 1 + size / 5)
        EXPECT_NE(refusal(ByteView(packed).first(size)), "") << size;
}

TEST_F(NewCode, with_changed_bytes_ends_in_a_version_or_in_words)
{
    std::mt19937 random(1);
    const auto plain = plain_code();
    for (int i = 0; i != 60; ++i)
    {
        auto changed = plain;
        for (int each = 0; each != 4; ++each)
            changed[random() % (i % 2 == 0 ? 2000 : changed.size())] ^= uint8_t(1 + random() % 255);
        const auto version = version_of_new_code(modules, changed);
        EXPECT_TRUE(version ? !version->empty() : !version.error().empty());
    }
}

/// Every node must give the same answer, at once: nothing of new code is run to learn what it is.
TEST_F(NewCode, is_not_run_to_say_its_version)
{
    EXPECT_NE(refusal(executor::testing::runtime(
                  "(func (export \"Core_version\") (param i32 i32) (result i64) (loop (br 0)) (unreachable))")),
              "");
    EXPECT_NE(refusal(executor::testing::runtime(
                  "(func (export \"Core_version\") (param i32 i32) (result i64) (i64.const -1))")),
              "");
    EXPECT_EQ(refusal(declared("(func (export \"Core_version\") (param i32 i32) (result i64) (loop (br 0)) "
                               "(unreachable))")),
              "");
}

TEST_F(NewCode, whose_declaration_does_not_read_is_refused)
{
    const auto plain = plain_code();
    for (const auto* section : {"runtime_version", "runtime_apis"})
        for (const auto& content : {Bytes{1}, Bytes(13, 0xFF), Bytes(size_t{1} << 20, 0xFF)})
            EXPECT_NE(refusal(*executor::with_custom_section(plain, section, content)), "") << section;
}

TEST_F(NewCode, that_unpacks_to_more_than_the_bound_is_refused)
{
    const auto bomb = executor::pack(Bytes(size_t{51} << 20));
    EXPECT_LT(bomb.size(), size_t{100} << 10);
    EXPECT_NE(refusal(bomb), "");
}

TEST_F(NewCode, that_uses_what_this_chain_does_not_run_is_refused)
{
    EXPECT_EQ(refusal(declared("(func (export \"run\") (result i64) (i64.const 0))")), "");
    EXPECT_NE(refusal(declared("(func (export \"run\") (result f64) (f64.const 0))")), "");
    EXPECT_NE(refusal(declared("(func (export \"run\") (result i32) (memory.grow (i32.const 1)))")), "");
    EXPECT_NE(refusal(declared("(func $run (export \"run\") (result i64) (i32.const 0))")), ""); // ill typed
}

/// Two releases with different host functions must take the same blocks.
TEST_F(NewCode, may_need_host_functions_that_this_release_lacks)
{
    const auto plain = plain_code();
    const auto later = declared(executor::testing::entry(
        "(call $later)", "(import \"env\" \"ext_later_version_1\" (func $later (result i64)))"));
    executor::ModuleCache bare{testing::engine(), std::make_shared<const executor::HostTable>()};
    for (auto* node : {&modules, &bare})
    {
        EXPECT_EQ(version_of_new_code(*node, later), *embedded_version(plain));
        EXPECT_EQ(version_of_new_code(*node, plain), *embedded_version(plain));
        EXPECT_NE(unfit_here(*node, later)->find("ext_later_version_1"), std::string::npos);
    }
    EXPECT_FALSE(unfit_here(modules, plain));
    EXPECT_TRUE(unfit_here(bare, plain));
}

TEST(NewCodeInCalls, is_told_from_remarks_by_the_call)
{
    const auto plain = plain_code();
    const auto call = [&](uint8_t pallet, uint8_t index, size_t size) {
        Bytes extrinsic{9, 0, pallet, index};
        const auto code = scale::encode(Bytes(plain.begin(), plain.begin() + long(size)));
        extrinsic.insert(extrinsic.end(), code.begin(), code.end());
        return extrinsic;
    };
    const auto sets = [](const Bytes& extrinsic) { return sets_code(extrinsic, *code_in(extrinsic)); };
    for (const size_t size : {size_t{5'000}, size_t{1} << 14, plain.size()})
    {
        EXPECT_TRUE(sets(call(0, 2, size)));
        EXPECT_TRUE(sets(call(0, 3, size)));
        EXPECT_TRUE(sets(call(0, 11, size)));
        EXPECT_FALSE(sets(call(0, 0, size)));
        EXPECT_FALSE(sets(call(7, 2, size)));
    }
}

/// What the host function answers a runtime: the ledger's own version_of.
TEST(LedgerVersionOf, tells_a_runtime_nothing_about_hostile_code)
{
    const auto asking = testing::written_runtime(testing::configuration(), R"(
        (import "env" "ext_misc_runtime_version_version_1" (func $version (param i64) (result i64))))",
                                                 R"(
        (func (export "ask") (param $at i32) (param $size i32) (result i64)
          (call $version (i64.or (i64.extend_i32_u (local.get $at))
                                 (i64.shl (i64.extend_i32_u (local.get $size)) (i64.const 32))))))");
    testing::Chain chain({{{':', 'c', 'o', 'd', 'e'}, asking}});
    const auto answer = [&](ByteView code) {
        const auto encoded = chain.ledger->call(chain.ledger->genesis_hash(), "ask", code);
        EXPECT_TRUE(encoded) << encoded.error().words;
        return *scale::decode<std::optional<Bytes>>(ByteView(*encoded));
    };
    const auto plain = plain_code();
    const auto packed = executor::pack(plain);
    EXPECT_EQ(answer(plain), embedded_version(plain));
    EXPECT_EQ(answer(packed), embedded_version(plain));
    EXPECT_FALSE(answer({}));
    EXPECT_FALSE(answer(ByteView(plain).first(plain.size() - 1)));
    EXPECT_FALSE(answer(ByteView(packed).first(packed.size() - 1)));
    EXPECT_FALSE(answer(executor::pack(Bytes(size_t{51} << 20))));
    EXPECT_FALSE(answer(executor::testing::runtime(
        "(func (export \"Core_version\") (param i32 i32) (result i64) (loop (br 0)) (unreachable))")));
}

} // namespace
} // namespace ledger
