#include "executor/blob.hpp"
#include "executor/cache.hpp"

#include "executor/testing/wat.hpp"

#include <gtest/gtest.h>

#include <zstd.h>

#include <atomic>
#include <thread>

namespace executor {
namespace {

using base::Bytes;

constexpr uint64_t kMax = 1 << 20;

Bytes with_magic(const Bytes& frame)
{
    Bytes code{0x52, 0xBC, 0x53, 0x76, 0x46, 0xDB, 0x8E, 0x05};
    code.insert(code.end(), frame.begin(), frame.end());
    return code;
}

TEST(Blob, packed_code_unpacks_to_itself_and_plain_code_passes_through)
{
    const auto wasm = testing::entry("(i64.const 0)");
    const auto packed = pack(wasm);
    EXPECT_EQ(Bytes(packed.begin(), packed.begin() + 8), with_magic({}));
    EXPECT_EQ(unpack(packed), wasm);
    EXPECT_EQ(unpack(wasm), wasm);
    EXPECT_EQ(unpack(pack({})), Bytes{});
    EXPECT_EQ(unpack({}), Bytes{});
}

// Written by the command line of zstd 1.5.4: printf hello | zstd -c | xxd -i
TEST(Blob, a_frame_of_the_zstd_program_unpacks)
{
    const Bytes frame{0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x29, 0x00, 0x00, 0x68, 0x65, 0x6c, 0x6c, 0x6f};
    auto code = with_magic(frame);
    const auto checksum = Bytes{0xa3, 0x6d, 0x9f, 0x88};
    code.insert(code.end(), checksum.begin(), checksum.end());
    const auto unpacked = unpack(code);
    ASSERT_TRUE(unpacked);
    EXPECT_EQ(*unpacked, (Bytes{'h', 'e', 'l', 'l', 'o'}));
    code.back() ^= 1;
    EXPECT_EQ(unpack(code), std::unexpected(BlobRefusal::zstd));
}

TEST(Blob, a_bomb_is_refused_at_the_bound)
{
    const Bytes zeros(16 * kMax);
    const auto bomb = pack(zeros);
    EXPECT_LT(bomb.size(), 10'000u);
    EXPECT_EQ(unpack(bomb, kMax), std::unexpected(BlobRefusal::too_large));
    EXPECT_EQ(unpack(bomb, zeros.size() - 1), std::unexpected(BlobRefusal::too_large));
    EXPECT_TRUE(unpack(bomb, zeros.size()));
    EXPECT_EQ(unpack(zeros, kMax), std::unexpected(BlobRefusal::too_large)) << "not packed at all";
}

TEST(Blob, a_window_larger_than_any_code_needs_is_refused)
{
    // Frame header: no content size, window descriptor of 2^41 bytes; one raw block of nothing.
    EXPECT_EQ(unpack(with_magic({0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xF8, 0x01, 0x00, 0x00})),
              std::unexpected(BlobRefusal::zstd));
}

TEST(Blob, damage_is_refused)
{
    Bytes text;
    for (int i = 0; i != 5000; ++i)
        text.push_back(uint8_t(i * i >> 3));
    const auto packed = pack(text);
    for (size_t size = 8; size < packed.size(); size += 7)
        EXPECT_EQ(unpack(Bytes(packed.begin(), packed.begin() + long(size))), std::unexpected(BlobRefusal::zstd))
            << size;
    auto longer = packed;
    longer.push_back(0);
    EXPECT_FALSE(unpack(longer));
    EXPECT_FALSE(unpack(with_magic({1, 2, 3, 4, 5, 6})));
}

TEST(Blob, custom_sections_are_written_found_and_replaced)
{
    const auto wasm = testing::entry("(i64.const 0)");
    EXPECT_FALSE(custom_section(wasm, "runtime_version"));
    const Bytes version{1, 2, 3}, apis{4, 5};
    const auto one = with_custom_section(wasm, "runtime_version", version);
    ASSERT_TRUE(one);
    const auto two = with_custom_section(*one, "runtime_apis", apis);
    ASSERT_TRUE(two);
    const auto found = custom_section(*two, "runtime_version"), other = custom_section(*two, "runtime_apis");
    ASSERT_TRUE(found && other);
    EXPECT_TRUE(std::ranges::equal(*found, version));
    EXPECT_TRUE(std::ranges::equal(*other, apis));
    const auto replaced = with_custom_section(*two, "runtime_version", {});
    ASSERT_TRUE(replaced);
    EXPECT_EQ(replaced->size(), two->size() - 3);
    EXPECT_TRUE(custom_section(*replaced, "runtime_version")->empty());
    EXPECT_TRUE(inspect(*replaced, Rules{})) << "still a runtime";
}

TEST(Blob, sections_of_a_damaged_binary_are_not_found)
{
    const auto wasm = with_custom_section(testing::entry("(i64.const 0)"), "name", Bytes(10));
    ASSERT_TRUE(wasm);
    for (size_t size = 0; size != wasm->size(); ++size)
        EXPECT_FALSE(custom_section(base::ByteView(*wasm).first(size), "name")) << size;
    EXPECT_FALSE(with_custom_section(base::ByteView(*wasm).first(wasm->size() - 1), "other", {}));
    EXPECT_FALSE(with_custom_section({}, "other", {}));
}

/// Counts compilations.
class CountingEngine final : public Engine
{
public:
    mutable std::atomic<int> compiled = 0;

    std::expected<std::shared_ptr<const Module>, CompileError>
    compile(ByteView code, std::shared_ptr<const HostTable> host, const CompileOptions& options) const override
    {
        ++compiled;
        return inner_->compile(code, std::move(host), options);
    }
    std::expected<void, CompileError> validate(ByteView code) const override { return inner_->validate(code); }
    void tick() const override {}
    std::string_view name() const override { return "counting"; }

private:
    std::unique_ptr<Engine> inner_ = wabt_engine();
};

TEST(ModuleCache, code_is_compiled_once_however_many_ask)
{
    const auto engine = std::make_shared<CountingEngine>();
    ModuleCache cache(engine, std::make_shared<const HostTable>());
    const auto code = pack(testing::entry("(i64.const 0)"));
    std::array<std::shared_ptr<const Module>, 4> found;
    {
        std::vector<std::jthread> threads;
        for (auto& one : found)
            threads.emplace_back([&] { one = *cache.get({1}, code, 16); });
    }
    EXPECT_EQ(engine->compiled, 1);
    EXPECT_TRUE(found[0] && found[0] == found[1] && found[1] == found[2] && found[2] == found[3]);
    EXPECT_TRUE(cache.get({1}, code, 17)) << "another heap is another module";
    EXPECT_EQ(engine->compiled, 2);
}

TEST(ModuleCache, code_seen_early_is_compiled_once_in_the_background)
{
    const auto engine = std::make_shared<CountingEngine>();
    const auto code = pack(testing::entry("(i64.const 0)"));
    {
        ModuleCache cache(engine, std::make_shared<const HostTable>());
        for (int i = 0; i != 10; ++i)
            cache.prepare({1}, code);
        EXPECT_TRUE(cache.get({1}, code)); // waits for it, or is first
        cache.prepare({1}, code);
        cache.prepare({2}, Bytes{1, 2, 3});
        EXPECT_FALSE(cache.get({2}, Bytes{1, 2, 3})); // a refusal in the background is remembered too
        EXPECT_EQ(engine->compiled, 2);
    }
    EXPECT_EQ(engine->compiled, 2);
}

TEST(ModuleCache, new_code_is_held_to_stricter_rules_than_old_code)
{
    const auto with_floats = testing::entry("(drop (f32.const 1)) (i64.const 0)");
    const auto foreign = testing::entry("(i64.const 0)", R"((import "env" "ext_other" (func)))");
    const auto mistyped = testing::entry("(i32.const 0)"); // an i32 where an i64 is due
    for (const auto wasmtime : {true, false})
    {
        std::shared_ptr<const Engine> engine = wabt_engine();
        if (wasmtime)
            engine = *wasmtime_engine();
        ModuleCache cache(engine, std::make_shared<const HostTable>());
        EXPECT_TRUE(cache.check_new(testing::entry("(i64.const 0)")));
        EXPECT_EQ(cache.check_new(with_floats).error().refusal->why, Refusal::floats);
        EXPECT_TRUE(cache.check_new(foreign)) << "what the host offers is a matter of the release, not of the chain";
        EXPECT_EQ(cache.check_imports(foreign).error().refusal->why, Refusal::import_not_allowed);
        EXPECT_TRUE(cache.check_imports(with_floats));
        EXPECT_TRUE(cache.get({1}, with_floats) && cache.get({2}, foreign));
        EXPECT_FALSE(cache.check_new(mistyped));
        EXPECT_FALSE(cache.get({3}, mistyped));
    }
}

TEST(ModuleCache, a_refusal_is_remembered_and_the_oldest_module_forgotten)
{
    const auto engine = std::make_shared<CountingEngine>();
    ModuleCache cache(engine, std::make_shared<const HostTable>());
    EXPECT_FALSE(cache.get({9}, Bytes{1, 2, 3}));
    EXPECT_FALSE(cache.get({9}, Bytes{1, 2, 3}));
    EXPECT_EQ(engine->compiled, 1);
    const auto packed_badly = cache.get({10}, with_magic({1, 2, 3}));
    ASSERT_FALSE(packed_badly);
    EXPECT_NE(packed_badly.error().words.find("wasmcheck"), std::string::npos);
    const auto code = testing::entry("(i64.const 0)");
    for (uint8_t i = 0; i != kCachedModulesMax + 1; ++i)
        EXPECT_TRUE(cache.get({uint8_t(100 + i)}, code, 16));
    const int before = engine->compiled;
    EXPECT_TRUE(cache.get({101}, code, 16));
    EXPECT_EQ(engine->compiled, before);
    EXPECT_TRUE(cache.get({100}, code, 16));
    EXPECT_EQ(engine->compiled, before + 1);
}

} // namespace
} // namespace executor
