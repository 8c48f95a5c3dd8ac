#include "signature/merlin.hpp"

#include "signature/testing/made.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

using signature::Bytes32;
using signature::Transcript;
using signature::testing::hex;

/// The vectors that merlin's Rust and Go implementations test each other with.
TEST(Merlin, gives_the_published_challenge)
{
    Transcript transcript("test protocol");
    transcript.append("some label", "some data");
    Bytes32 challenge;
    transcript.challenge("challenge", challenge);
    EXPECT_EQ(hex(challenge), "d5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615");
}

TEST(Merlin, gives_the_published_challenge_after_many_rounds_over_several_blocks)
{
    Transcript transcript("test protocol");
    transcript.append("step1", "some data");
    const base::Bytes data(1024, 99);
    Bytes32 challenge;
    for (int i = 0; i != 32; ++i)
    {
        transcript.challenge("challenge", challenge);
        transcript.append("bigdata", data).append("challengedata", challenge);
    }
    EXPECT_EQ(hex(challenge), "a8c933f54fae76e3f9bea93648c1308e7dfa2152dd51674ff3ca438351cf003c");
}

TEST(Merlin, every_label_message_and_boundary_changes_the_challenge)
{
    std::set<Bytes32> seen;
    const auto add = [&seen](const auto& fill) {
        Transcript transcript("t");
        fill(transcript);
        Bytes32 challenge;
        transcript.challenge("c", challenge);
        EXPECT_TRUE(seen.insert(challenge).second);
    };
    add([](Transcript&) {});
    add([](Transcript& t) { t.append("", ""); });
    add([](Transcript& t) { t.append("a", ""); });
    add([](Transcript& t) { t.append("", "a"); });
    add([](Transcript& t) { t.append("a", "b"); });
    add([](Transcript& t) { t.append("ab", ""); });
    add([](Transcript& t) { t.append("a", "").append("b", ""); });
    add([](Transcript& t) { t.append_u64("a", 98); });
    for (size_t size = 1; size != 400; ++size)
        add([size](Transcript& t) { t.append("z", base::Bytes(size)); });
}

TEST(Merlin, a_witness_depends_on_transcript_secret_and_randomness_and_leaves_the_transcript_alone)
{
    const auto draw = [](std::string_view message, uint8_t secret, uint8_t random) {
        Transcript transcript("t");
        transcript.append("m", message);
        Bytes32 out, before, after, r{random};
        Transcript(transcript).challenge("c", before);
        transcript.witness("w", {&secret, 1}, r, out);
        transcript.challenge("c", after);
        EXPECT_EQ(before, after);
        return out;
    };
    EXPECT_EQ(draw("a", 1, 1), draw("a", 1, 1));
    EXPECT_EQ((std::set{draw("a", 1, 1), draw("b", 1, 1), draw("a", 2, 1), draw("a", 1, 2)}.size()), 4u);
}

} // namespace
