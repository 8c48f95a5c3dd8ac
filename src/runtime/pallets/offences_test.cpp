#include "runtime/testing/chain.hpp"
#include "runtime/testing/keys.hpp"
#include "runtime/testing/world.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace runtime {
namespace {

using namespace testing;
using Offences = offences::Pallet<Runtime>;

TEST(Perbill, is_a_fraction_in_billionths_rounded_down)
{
    EXPECT_EQ(Perbill::of(1, 3).value, 333'333'333u);
    EXPECT_EQ(Perbill::of(5, 3), Perbill::one());
    EXPECT_EQ(Perbill::of(0, 0), Perbill{});
    EXPECT_EQ(Perbill::of(~uint64_t{0} / 2, ~uint64_t{0}).value, 499'999'999u);
    EXPECT_EQ((Perbill::of(1, 3) * Perbill::of(1, 3)).value, 111'111'110u);
    EXPECT_EQ(Perbill::percent(7).value, 70'000'000u);
}

TEST(Fraction, of_equivocation_is_the_square_of_thrice_the_share)
{
    using offences::equivocation_fraction;
    EXPECT_EQ(equivocation_fraction(1, 64).value, 2'197'265u); // (3/64)²
    EXPECT_EQ(equivocation_fraction(4, 16).value, 562'500'000u);
    EXPECT_EQ(equivocation_fraction(33, 100).value, 980'100'000u);
    EXPECT_EQ(equivocation_fraction(34, 100), Perbill::one());
    EXPECT_EQ(equivocation_fraction(1, 1), Perbill::one());
}

TEST(Fraction, of_silence_is_nothing_up_to_a_tenth_and_seven_percent_from_two_fifths_on)
{
    using offences::unresponsive_fraction;
    EXPECT_EQ(unresponsive_fraction(11, 100), Perbill{});
    EXPECT_EQ(unresponsive_fraction(12, 100).value, 2'100'000u); // 3 % of 7 %
    EXPECT_EQ(unresponsive_fraction(45, 100), Perbill::percent(7));
    EXPECT_EQ(unresponsive_fraction(1, 1), Perbill{});
}

/// All small cases, against the sum in whole numbers:  Σ C(n,i)·uⁱ·(U−u)ⁿ⁻ⁱ · 2ᵇ < Uⁿ.
TEST(Binomial, agrees_with_exact_sums)
{
    size_t unlikely = 0;
    for (uint32_t U = 2; U != 9; ++U)
        for (uint32_t u = 1; u != U; ++u)
            for (uint32_t n = 1; n * std::bit_width(U) + 16 < 126 && n <= 40; ++n)
            {
                const auto raised = [](u128 base, uint32_t to) {
                    u128 power = 1;
                    for (; to != 0; --to)
                        power *= base;
                    return power;
                };
                u128 sum = 0, choose = 1;
                for (uint32_t x = 0; x <= n; ++x)
                {
                    sum += choose * raised(u, x) * raised(U - u, n - x);
                    choose = choose * (n - x) / (x + 1);
                    const bool truth = (sum << 16) < raised(U, n);
                    ASSERT_EQ(binomial::is_unlikely(x, n, u, U, 16), truth) << U << " " << u << " " << n << " " << x;
                    unlikely += truth;
                }
            }
    EXPECT_GT(unlikely, 200u);
}

/// Real sizes, against logarithms of the same sum, where those are sure.
TEST(Binomial, agrees_with_logarithms_for_the_sizes_of_real_sessions)
{
    size_t unlikely = 0, likely = 0;
    for (const uint32_t U : {16, 64, 100, 128, 1000})
        for (const uint32_t u : {1u, 2u, 3u, 5u, U / 4, U / 3, U - 1})
            for (const uint32_t n : {20u, 300u, 1200u, 2400u})
            {
                const auto p = (long double)u / U;
                long double sum = 0;
                for (uint32_t x = 0; x < std::min(n, 900u); ++x)
                {
                    const auto term = lgammal(n + 1.0L) - lgammal(x + 1.0L) - lgammal((long double)(n - x) + 1) +
                                      x * logl(p) + (long double)(n - x) * logl(1 - p);
                    sum += expl(term);
                    const auto bits = log2l(sum);
                    if (std::abs(bits + 30) < 1e-6L)
                        continue;
                    const bool truth = bits < -30;
                    (truth ? unlikely : likely) += 1;
                    ASSERT_EQ(binomial::is_unlikely(x, n, u, U, 30), truth) << U << " " << u << " " << n << " " << x;
                }
            }
    EXPECT_GT(unlikely, 1000u);
    EXPECT_GT(likely, 1000u);
    EXPECT_FALSE(binomial::is_unlikely(0, 0, 1, 2, 30)) << "no blocks accuse nobody";
    EXPECT_FALSE(binomial::is_unlikely(0, 1200, 1, 128, 30)) << "one seat of many is too little to tell";
    EXPECT_TRUE(binomial::is_unlikely(0, 1200, 3, 128, 30));
}

offences::Report report_of(uint8_t who, uint32_t seats, uint8_t slot = 1)
{
    return {.kind = offences::kBabeEquivocation,
            .time_slot = {slot},
            .session = 3,
            .seats = 16,
            .offenders = {{account(who), seats}},
            .reporter = account(6),
            .fraction = offences::equivocation_fraction};
}

TEST(Offences, are_taken_once_and_counted_together_within_a_time_slot)
{
    World world;
    EXPECT_TRUE(Offences::file(report_of(1, 2)));
    EXPECT_TRUE(world.saw(offences::Offence{offences::kBabeEquivocation, {1}}));
    EXPECT_FALSE(Offences::file(report_of(1, 2)));
    EXPECT_TRUE(Offences::file(report_of(2, 3)));
    const auto both = offences::ConcurrentReportsIndex::get(offences::kBabeEquivocation, Bytes{1});
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(offences::Reports::get(both[1]), (offences::OffenceDetails{{account(2), 3}, {account(6)}}));
    EXPECT_TRUE(Offences::file(report_of(1, 2, 9))) << "another slot";
    EXPECT_EQ(offences::ReportCount::get(3, account(1)), 2u);
}

TEST(Offences, take_the_seats_of_all_but_the_last_holder)
{
    const World world;
    session::Allocation::put({{account(1), 4}, {account(2), 4}});
    EXPECT_TRUE(Offences::file(report_of(1, 4)));
    EXPECT_EQ(session::Allocation::get(), (std::vector<session::Allotment>{{account(2), 4}}));
    EXPECT_TRUE(Offences::file(report_of(2, 4)));
    EXPECT_EQ(session::Allocation::get(), (std::vector<session::Allotment>{{account(2), 4}}));
}

/// A session of 100 slots in which the seats of `authors` make the blocks in turn.
void session_by(Chain& chain, std::initializer_list<uint32_t> authors)
{
    chain.read([] {
        babe::EpochDuration::put(100);
        return 0;
    });
    for (size_t i = 0; i != 101; ++i)
    {
        chain.seat = *(authors.begin() + i % authors.size());
        ASSERT_TRUE(chain.build().executed);
    }
}

TEST(Liveness, a_quarter_of_the_seats_without_a_block_among_a_hundred_is_reported_and_dropped)
{
    Chain chain{"local_testnet"};
    session_by(chain, {0, 8, 12}); // Alice, Charlie, Dave
    EXPECT_TRUE(chain.has_event(event(offences::Offence{offences::kUnresponsive, scale::encode(SessionIndex{0})})));
    const auto bob_s = offences::Offender{bob().id(), 4};
    const auto id = offences::report_id(offences::kUnresponsive, scale::encode(SessionIndex{0}), bob().id());
    EXPECT_EQ(chain.read([&] { return offences::Reports::get(id); }), (offences::OffenceDetails{bob_s, {}}));
    EXPECT_EQ(chain.read([] { return session::Allocation::get().size(); }), 3u);
}

TEST(Liveness, one_block_in_fourteen_is_little_for_a_quarter_of_the_seats_but_no_proof_of_silence)
{
    Chain chain{"local_testnet"};
    session_by(chain, {0, 8, 12, 0, 8, 12, 0, 8, 12, 0, 8, 12, 0, 4}); // Bob: 7 of 100
    EXPECT_EQ(chain.read([] { return session::Allocation::get().size(); }), 4u);
}

TEST(Liveness, nobody_is_accused_when_more_than_a_third_is_silent)
{
    Chain chain{"local_testnet"};
    session_by(chain, {0, 8});
    EXPECT_TRUE(chain.has_event(event(liveness::TooManySilent{0, 8})));
    EXPECT_EQ(chain.read([] { return session::Allocation::get().size(); }), 4u);
}

TEST(Liveness, a_stalled_network_accuses_nobody)
{
    Chain chain{"local_testnet"};
    chain.build();
    chain.build({}, 5000); // one block in thousands of slots
    EXPECT_EQ(chain.read([] { return session::CurrentIndex::get(); }), 1u);
    EXPECT_EQ(chain.read([] { return session::Allocation::get().size(); }), 4u);
    EXPECT_FALSE(chain.has_event(event(offences::Offence{offences::kUnresponsive, scale::encode(SessionIndex{0})})));
}

} // namespace
} // namespace runtime
