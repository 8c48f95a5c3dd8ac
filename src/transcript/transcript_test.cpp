#include "transcript/transcript.hpp"

#include "field/extension.hpp"
#include "field/koalabear.hpp"
#include "field/prime.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace {

using base::Bytes;
using base::Digest;
using field::F4;
using field::F5;
using field::KoalaBear;
using transcript::Transcript;

Digest counting()
{
    Digest bytes;
    for (size_t i = 0; i != bytes.size(); ++i)
        bytes[i] = uint8_t(i);
    return bytes;
}

F4 f4(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return F4{std::array{KoalaBear{a}, KoalaBear{b}, KoalaBear{c}, KoalaBear{d}}};
}

/// Computed with Debian's b3sum 1.2.0 over bytes that a script laid out after the specification.
TEST(Transcript, challenges_are_those_of_the_specification)
{
    Transcript t;
    t.observe_bytes("protocol", base::view("zkp"));
    t.observe_digest("digest", counting());
    t.observe_integers("shape", std::array<uint64_t, 2>{3, uint64_t{1} << 40});
    t.observe("k", std::array{KoalaBear{0}, KoalaBear{1}, KoalaBear{0x7f000000}});
    t.observe("f", std::array{f4(1, 2, 3, 4), f4(5, 6, 7, 8)});

    EXPECT_EQ(t.sample_many<F4>("alpha", 2), (std::vector{f4(2074889264, 1125716167, 1154119098, 1723595322),
                                                          f4(1220141466, 1060085225, 1486098090, 1795928205)}));
    EXPECT_EQ(t.sample_many<KoalaBear>("beta", 3),
              (std::vector{KoalaBear{1913439678}, KoalaBear{1126736943}, KoalaBear{1212826619}}));
    EXPECT_EQ(t.sample_positions("query", 1024, 8), (std::vector<uint32_t>{2, 416, 58, 980, 12, 821, 721, 59}));
    EXPECT_EQ(t.grind("work", 6), 58u);
    EXPECT_EQ(t.sample<F5>("end"), (F5{std::array{KoalaBear{1234010442}, KoalaBear{8231440}, KoalaBear{1095112126},
                                                  KoalaBear{69258831}, KoalaBear{1782328056}}}));
}

/// Every item says its label, type and length: whatever is absorbed differently gives another challenge.
TEST(Transcript, any_other_item_gives_another_challenge)
{
    const std::vector<std::function<void(Transcript&)>> histories{
        [](Transcript&) {},
        [](Transcript& t) { t.observe_bytes("a", {}); },
        [](Transcript& t) { t.observe_bytes("b", {}); },
        [](Transcript& t) { t.observe_bytes("ab", {}); },
        [](Transcript& t) { t.observe_bytes("a", Bytes{0}); },
        [](Transcript& t) { t.observe_bytes("a", Bytes{1}); },
        [](Transcript& t) { t.observe_bytes("a", Bytes{0, 0}); },
        [](Transcript& t) { t.observe_bytes("a", {}), t.observe_bytes("a", {}); },
        [](Transcript& t) { t.observe_bytes("a", {}), t.observe_bytes("b", {}); },
        [](Transcript& t) { t.observe_bytes("b", {}), t.observe_bytes("a", {}); },
        [](Transcript& t) { t.observe_bytes("a", Bytes(32)); },
        [](Transcript& t) { t.observe_digest("a", {}); },
        [](Transcript& t) { t.observe_integer("a", 0); },
        [](Transcript& t) { t.observe_integer("a", 1); },
        [](Transcript& t) { t.observe_integers("a", {}); },
        [](Transcript& t) { t.observe_bytes("a", Bytes(8)); },
        [](Transcript& t) { t.observe("a", KoalaBear{0}); },
        [](Transcript& t) { t.observe("a", KoalaBear{1}); },
        [](Transcript& t) { t.observe("a", std::vector<KoalaBear>(4)); },
        [](Transcript& t) { t.observe("a", std::vector<KoalaBear>{}); },
        [](Transcript& t) { t.observe("a", F4{}); },
        [](Transcript& t) { t.observe("a", F5{}); },
        [](Transcript& t) { t.observe("a", std::vector<F4>{}); },
        [](Transcript& t) { t.sample<F4>("a"); },
        [](Transcript& t) { t.sample<F4>("a"), t.sample<F4>("a"); },
        [](Transcript& t) { t.grind("a", 1); },
        [](Transcript& t) { t.check("a", 1, 1000); },
    };
    std::set<std::vector<uint32_t>> seen;
    for (size_t i = 0; i != histories.size(); ++i)
    {
        Transcript t;
        histories[i](t);
        EXPECT_TRUE(seen.insert(t.sample_positions("next", 1 << 24, 4)).second) << i;
    }
}

/// Each of 20 messages, flipped alone, changes the challenge that follows it and no earlier one.
TEST(Transcript, a_challenge_depends_on_every_earlier_message_and_on_no_later_one)
{
    constexpr size_t kRounds = 20;
    const auto challenges = [](size_t flipped) {
        Transcript t;
        std::vector<F4> out;
        for (size_t i = 0; i != kRounds; ++i)
        {
            t.observe("message", f4(i == flipped ? 1 : 0, 0, 0, 0));
            out.push_back(t.sample<F4>("challenge"));
        }
        return out;
    };
    const auto honest = challenges(kRounds);
    for (size_t flipped = 0; flipped != kRounds; ++flipped)
    {
        const auto changed = challenges(flipped);
        for (size_t i = 0; i != kRounds; ++i)
            EXPECT_EQ(changed[i] == honest[i], i < flipped) << flipped << " " << i;
    }
}

/// One prefix for one challenge: asking for more elements extends it.
TEST(Transcript, many_samples_begin_with_the_single_one)
{
    Transcript a, b;
    const auto many = a.sample_many<F4>("x", 50);
    EXPECT_EQ(many.front(), b.sample<F4>("x"));
    EXPECT_EQ(a.sample<F4>("y"), b.sample<F4>("y"));
    EXPECT_EQ(std::set<uint32_t>([&] {
                  std::set<uint32_t> firsts;
                  for (const auto& x : many)
                      firsts.insert(x.coefficient(0).value());
                  return firsts;
              }())
                  .size(),
              many.size());
}

TEST(Transcript, toy_fields_are_sampled_evenly)
{
    using F = field::Fp<13>;
    Transcript t;
    std::array<int, 13> count{};
    for (const F x : t.sample_many<F>("x", 13'000))
        ++count[x.value()];
    for (const int times : count)
        EXPECT_NEAR(times, 1000, 5 * 30); // standard deviation 30
}

TEST(Transcript, positions_lie_below_n_and_reach_all_of_it)
{
    for (const size_t n : {size_t{1}, size_t{2}, size_t{16}})
    {
        Transcript t;
        const auto positions = t.sample_positions("query", n, 500);
        EXPECT_EQ(positions.size(), 500u);
        EXPECT_EQ(std::set<uint32_t>(positions.begin(), positions.end()).size(), n);
        for (const uint32_t position : positions)
            EXPECT_LT(position, n);
    }
}

TEST(Transcript, the_verifier_follows_the_provers_grinding)
{
    for (uint32_t bits = 0; bits <= 8; ++bits)
    {
        Transcript prover, verifier;
        const auto nonce = prover.grind("work", bits);
        EXPECT_TRUE(verifier.check("work", bits, nonce));
        EXPECT_EQ(prover.sample<F4>("next"), verifier.sample<F4>("next"));
    }
}

TEST(Transcript, a_nonce_is_bound_to_the_history)
{
    Transcript prover;
    prover.observe_integer("m", 0);
    const auto nonce = prover.grind("work", 12);
    int passed = 0;
    for (uint64_t other = 1; other != 100; ++other)
    {
        Transcript verifier;
        verifier.observe_integer("m", other);
        passed += verifier.check("work", 12, nonce);
    }
    EXPECT_LE(passed, 2);
}

TEST(Transcript, zero_bits_of_grinding_absorb_nothing_and_allow_one_nonce)
{
    Transcript a, b;
    EXPECT_TRUE(a.check("work", 0, 0));
    EXPECT_FALSE(a.check("work", 0, 1));
    EXPECT_EQ(a.sample<F4>("x"), b.sample<F4>("x"));
}

TEST(Transcript, a_clone_goes_its_own_way)
{
    Transcript a;
    a.observe_integer("m", 1);
    Transcript b = a.clone(), c = a.clone();
    EXPECT_EQ(b.sample<F4>("x"), c.sample<F4>("x"));
    b.observe_integer("m", 2);
    EXPECT_NE(b.sample<F4>("x"), c.sample<F4>("x"));
    Transcript fresh;
    fresh.observe_integer("m", 1);
    EXPECT_EQ(a.sample<F4>("x"), fresh.sample<F4>("x"));
}

TEST(Transcript, the_log_names_every_item_in_order)
{
    std::vector<std::string> log;
    Transcript t;
    t.record(&log);
    t.observe_bytes("a", {});
    t.observe("b", KoalaBear{1});
    t.observe("c", F4{});
    t.observe_digest("d", {});
    t.observe_integer("e", 1);
    t.sample<F4>("f");
    t.grind("g", 1);
    t.clone().observe_integer("not logged", 1);
    t.record(nullptr);
    t.observe_integer("not logged", 1);
    EXPECT_EQ(log, (std::vector<std::string>{"a/0", "b/1", "c/2", "d/3", "e/4", "f/5", "g/5", "g/6"}));
}

TEST(TranscriptDeathTest, labels_are_one_to_255_ascii_characters)
{
    Transcript t;
    t.observe_integer(std::string(255, 'x'), 1);
    EXPECT_DEATH(t.observe_integer("", 1), "");
    EXPECT_DEATH(t.observe_integer(std::string(256, 'x'), 1), "");
    EXPECT_DEATH(t.observe_integer("\xce\xb1", 1), "");
}

TEST(TranscriptDeathTest, positions_need_a_power_of_two)
{
    Transcript t;
    EXPECT_DEATH(t.sample_positions("query", 0, 1), "");
    EXPECT_DEATH(t.sample_positions("query", 3, 1), "");
    EXPECT_DEATH(t.sample_positions("query", size_t{1} << 25, 1), "");
}

} // namespace
