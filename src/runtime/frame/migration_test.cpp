#include "runtime/frame/migration.hpp"

#include "runtime/testing/memory.hpp"

#include <gtest/gtest.h>

namespace runtime {
namespace {

using Old = OptionalValue<"Test", "Old", uint32_t>;
using New = StorageValue<"Test", "New", uint64_t>;

Weight widen()
{
    New::put(Old::take().value_or(0));
    return weigh(7, 1, 2);
}
Weight twice()
{
    New::put(2 * New::get());
    return weigh(7, 1, 1);
}
using All = List<Migration<"Test", 0, &widen>, Migration<"Test", 1, &twice>>;

/// In the state of a call.
void within(auto body)
{
    testing::Memory memory;
    const native::Enter enter{memory};
    body();
}

TEST(Migrations, run_in_order_and_only_once)
{
    within([] {
        Old::put(21);
        const auto weight = run_migrations(All{});
        EXPECT_FALSE(Old::exists());
        EXPECT_EQ(New::get(), 42u);
        EXPECT_EQ(StorageVersion<"Test">::get(), 2);
        EXPECT_EQ(weight.ref_time, weigh(14, 4, 5).ref_time);
        run_migrations(All{});
        EXPECT_EQ(New::get(), 42u);
    });
}

TEST(Migrations, begin_at_the_layout_that_the_state_has)
{
    within([] {
        StorageVersion<"Test">::put(1);
        New::put(5);
        run_migrations(All{});
        EXPECT_EQ(New::get(), 10u);
    });
    within([] {
        StorageVersion<"Test">::put(9); // of a later release
        run_migrations(All{});
        EXPECT_EQ(StorageVersion<"Test">::get(), 9);
        EXPECT_FALSE(New::exists());
    });
}

TEST(Migrations, the_version_lies_where_substrate_keeps_it)
{
    // twox128("Balances") ‖ twox128(":__STORAGE_VERSION__:"), the well-known end 4e7b9012096b41c4eb3aaf947f6ea429.
    const auto& key = StorageVersion<"Balances">::key;
    constexpr uint8_t kEnd[]{0x4e, 0x7b, 0x90, 0x12, 0x09, 0x6b, 0x41, 0xc4,
                             0xeb, 0x3a, 0xaf, 0x94, 0x7f, 0x6e, 0xa4, 0x29};
    EXPECT_TRUE(std::ranges::equal(std::span(key).last<16>(), kEnd));
}

} // namespace
} // namespace runtime
