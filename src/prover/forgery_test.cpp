#include "prover/testing/reference_prover.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

/// Changed bytes: whatever is done to an accepted file, it is refused, and for the reason that docs/specs/proof.md §9
/// gives. Under the toy profile every byte is tried.
namespace prover {
namespace {

using testing::Example;
using testing::SeededEntropy;

/// One accepted file and its reader.
struct Accepted
{
    explicit Accepted(Example&& from, uint64_t seed = 1) : made(std::move(from))
    {
        SeededEntropy entropy(seed);
        proof = testing::reference_prove(made.prepared, entropy);
        file = testing::file_of(made.prepared.statement, proof.body);
        header = file.size() - proof.body.size();
    }

    /// The refusal's name; empty when accepted.
    std::string refusal(base::ByteView bytes, const base::Digest& context = {}) const
    {
        const auto verified =
            proof::verify(made.sealed.identity, {.context = context, .data = nullptr, .toy = true}, bytes);
        return verified ? "" : std::string(proof::name_of(verified.error().why));
    }
    std::string refusal(const proof::Statement& statement, const base::Digest& context = {}) const
    {
        return refusal(testing::file_of(statement, proof.body), context);
    }

    Example made;
    testing::Made proof;
    Bytes file;
    size_t header = 0;
};

const Accepted& tiny_file()
{
    static const Accepted accepted(testing::example(4, commit::kToy, testing::tiny()));
    return accepted;
}

TEST(Forgery, the_file_itself_is_accepted) { EXPECT_EQ(tiny_file().refusal(tiny_file().file), ""); }

TEST(Forgery, sections_cover_the_body)
{
    size_t next = 0;
    for (const auto& section : tiny_file().proof.sections)
    {
        EXPECT_EQ(section.begin, next) << section.label;
        next = section.end;
    }
    EXPECT_EQ(next, tiny_file().proof.body.size());
}

/// Every byte of the toy file, in parts that run side by side.
class EveryByte : public ::testing::TestWithParam<size_t>
{
protected:
    static constexpr size_t kParts = 8;
};
INSTANTIATE_TEST_SUITE_P(Part, EveryByte, ::testing::Range<size_t>(0, 8));

TEST_P(EveryByte, changed_is_refused)
{
    const auto& accepted = tiny_file();
    auto bytes = accepted.file;
    for (size_t i = GetParam(); i < bytes.size(); i += kParts)
    {
        const auto mask = uint8_t(1u << (i / kParts % 8));
        bytes[i] ^= mask;
        ASSERT_NE(accepted.refusal(bytes), "") << "byte " << i << " of " << bytes.size();
        bytes[i] ^= mask;
    }
}

TEST_P(EveryByte, where_the_file_ends_too_early_is_a_matter_of_syntax)
{
    const auto& accepted = tiny_file();
    for (size_t size = GetParam(); size < accepted.file.size(); size += kParts)
        ASSERT_EQ(accepted.refusal(base::ByteView(accepted.file).first(size)), "syntax") << size;
}

TEST(Forgery, bytes_after_the_end_are_a_matter_of_syntax)
{
    auto bytes = tiny_file().file;
    for (size_t more = 1; more != 40; ++more)
    {
        bytes.push_back(uint8_t(more % 3));
        EXPECT_EQ(tiny_file().refusal(bytes), "syntax");
    }
}

TEST(Forgery, random_bytes_are_refused)
{
    model::testing::Rng rng(1);
    const auto& accepted = tiny_file();
    for (size_t round = 0; round != 300; ++round)
    {
        auto bytes = accepted.file;
        const size_t from = rng.one_in(3)   ? 0
                            : rng.one_in(2) ? accepted.header
                                            : size_t(rng.between(0, int64_t(bytes.size()) - 1));
        for (size_t i = from; i != bytes.size(); ++i)
            bytes[i] = uint8_t(rng.bits());
        EXPECT_NE(accepted.refusal(bytes), "");
    }
}

TEST(Forgery, swapped_sections_are_refused)
{
    const auto& accepted = tiny_file();
    const auto& sections = accepted.proof.sections;
    size_t swaps = 0;
    for (size_t a = 0; a != sections.size(); ++a)
        for (size_t b = a + 1; b != sections.size() && b < a + 9; ++b)
        {
            const auto size = sections[a].end - sections[a].begin;
            auto bytes = accepted.file;
            const auto first = bytes.begin() + ptrdiff_t(accepted.header + sections[a].begin);
            const auto second = bytes.begin() + ptrdiff_t(accepted.header + sections[b].begin);
            if (size != sections[b].end - sections[b].begin || std::equal(first, first + ptrdiff_t(size), second))
                continue;
            std::swap_ranges(first, first + ptrdiff_t(size), second);
            ASSERT_NE(accepted.refusal(bytes), "") << sections[a].label << " and " << sections[b].label;
            ++swaps;
        }
    EXPECT_GT(swaps, 100u);
}

TEST(Forgery, sections_of_another_proof_of_the_same_statement_are_refused)
{
    const auto& accepted = tiny_file();
    SeededEntropy entropy(99);
    const auto other = testing::reference_prove(accepted.made.prepared, entropy);
    for (size_t s = 0; s != std::min(accepted.proof.sections.size(), other.sections.size()); ++s)
    {
        const auto &to = accepted.proof.sections[s], &from = other.sections[s];
        if (to.end - to.begin != from.end - from.begin || to.label != from.label)
            continue;
        auto bytes = accepted.file;
        std::copy(other.body.begin() + ptrdiff_t(from.begin), other.body.begin() + ptrdiff_t(from.end),
                  bytes.begin() + ptrdiff_t(accepted.header + to.begin));
        if (bytes != accepted.file)
            ASSERT_NE(accepted.refusal(bytes), "") << to.label;
    }
}

TEST(Forgery, another_statement_is_refused)
{
    const auto& accepted = tiny_file();
    const auto& truth = accepted.made.prepared.statement;
    const auto refusal = [&](auto&& change) {
        auto statement = truth;
        change(statement);
        return accepted.refusal(statement);
    };
    EXPECT_EQ(refusal([](auto& s) { s.profile = commit::kP100; }), "statement");
    EXPECT_EQ(refusal([](auto& s) { s.context[31] = 1; }), "statement");
    EXPECT_EQ(refusal([](auto& s) { s.kind = proof::Kind::registration; }), "statement");
    EXPECT_EQ(refusal([](auto& s) { s.model_id[0] ^= 1; }), "statement");
    EXPECT_EQ(refusal([](auto& s) { s.epoch = 1; }), "statement");
    EXPECT_EQ(refusal([](auto& s) { s.weights[5] ^= 1; }), "statement");
    EXPECT_EQ(refusal([](auto& s) { s.batch = 0; }), "statement");
    EXPECT_EQ(refusal([](auto& s) { s.batch = circuit::kBatchMax + 1; }), "statement");
    EXPECT_EQ(refusal([](auto& s) { s.data = proof::DataRow{}; }), "statement");
    EXPECT_EQ(refusal([](auto& s) { s.flags[1] = circuit::Flag::masked; }), "statement");
    EXPECT_EQ(refusal([](auto& s) { s.values[1][0] = K::of(1 << 20); }), "statement") << "outside the output's range";
    const auto& range = accepted.made.sealed.identity.graph.tensors[accepted.made.sealed.identity.graph.output].range;
    const auto other = truth.values[1][0] == K::of(range.lo) ? K::of(range.hi) : K::of(range.lo);
    const auto why = refusal([&](auto& s) { s.values[1][0] = other; });
    EXPECT_TRUE(!why.empty() && why != "statement") << why;
    EXPECT_NE(refusal([](auto& s) { s.flags[1] = circuit::Flag::hidden; }), "")
        << "values are then the body's first bytes";
    EXPECT_NE(refusal([](auto& s) { s.flags[0] = circuit::Flag(1 - uint8_t(s.flags[0])); }), "");
}

TEST(Forgery, a_proof_for_one_context_is_refused_under_another)
{
    const auto& accepted = tiny_file();
    base::Digest other{};
    other[0] = 7;
    EXPECT_EQ(accepted.refusal(accepted.file, other), "statement");
    auto statement = accepted.made.prepared.statement;
    statement.context = other;
    const auto why = accepted.refusal(statement, other); // the header is adapted, the transcript is not
    EXPECT_TRUE(!why.empty() && why != "statement") << why;
}

TEST(Forgery, a_proof_for_one_graph_is_refused_for_every_other)
{
    auto made = testing::example(4, commit::kToy, testing::tiny());
    const Accepted accepted(testing::example(4, commit::kToy, testing::tiny()));
    const auto& graph = made.sealed.identity.graph;
    const auto linear =
        std::ranges::find_if(graph.nodes, [](const auto& n) { return std::holds_alternative<model::Linear>(n); });
    ASSERT_NE(linear, graph.nodes.end());
    const auto node = size_t(linear - graph.nodes.begin());
    const std::vector<std::function<void(model::Graph&)>> changes{
        [](auto& g) { g.tensors[g.output].scale *= 2; },
        [](auto& g) { g.encoding.scale[0] *= 2; },
        [](auto& g) { g.reading = model::Reading::softmax; },
        [](auto& g) { g.weights[0].range.hi += 1; },
        [&](auto& g) { std::get<model::Linear>(g.nodes[node]).shifts[0] ^= 1; },
        [&](auto& g) { std::get<model::Linear>(g.nodes[node]).table.lo -= 1; },
        [&](auto& g) {
            auto& values = std::get<model::Linear>(g.nodes[node]).table.values;
            values.back() = int16_t(values.back() == values.front() ? values.back() - 1 : values.front());
        },
    };
    for (size_t c = 0; c != changes.size(); ++c)
    {
        auto identity = made.sealed.identity;
        changes[c](identity.graph);
        ASSERT_NE(proof::model_id(identity), proof::model_id(made.sealed.identity)) << c;
        const proof::Expectation expected{.context = {}, .data = nullptr, .toy = true};
        const auto as_it_is = proof::verify(identity, expected, accepted.file);
        ASSERT_FALSE(as_it_is);
        EXPECT_EQ(as_it_is.error().why, proof::Refusal::statement) << c;
        auto statement = made.prepared.statement;
        statement.model_id = proof::model_id(identity);
        EXPECT_FALSE(proof::verify(identity, expected, testing::file_of(statement, accepted.proof.body))) << c;
    }
}

TEST(Forgery, the_toy_profile_is_refused_unless_asked_for)
{
    const auto& accepted = tiny_file();
    const auto verified = proof::verify(accepted.made.sealed.identity, {}, accepted.file);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().why, proof::Refusal::statement);
}

/// What a changed section is refused for, under a profile whose nonces are not guessed by chance. Entries of the last
/// vectors that the claim does not weigh (tails) change only what the last nonce is bound to.
std::set<std::string> reasons(const std::string& label)
{
    if (label == "rows" || label == "salts" || label == "siblings")
        return {"path"};
    if (label == "v star" || label == "xi star")
        return {"base claim", "nonce"};
    return {label == "mu" ? "base claim" : "nonce"};
}

TEST(ForgeryP100, every_field_of_the_body_is_refused_for_its_own_reason)
{
    const Accepted accepted(testing::example(4, commit::kP100, testing::tiny()));
    ASSERT_EQ(accepted.refusal(accepted.file), "");
    const std::set<std::string> raw{"A", "P", "level", "last", "salts", "siblings", "query grind", "base grind"};
    constexpr uint64_t kSeed = 20;
    model::testing::Rng rng(kSeed);
    for (const auto& section : accepted.proof.sections)
    {
        auto bytes = accepted.file;
        const auto at = section.begin + size_t(rng.between(0, int64_t(section.end - section.begin) / 4 - 1)) * 4;
        bytes[accepted.header + at] ^= uint8_t(1 + rng.between(0, 254));
        const auto why = accepted.refusal(bytes);
        EXPECT_TRUE(reasons(section.label).contains(why))
            << section.label << " at " << at << ": " << why << ", seed " << kSeed;

        bytes = accepted.file;
        bytes[accepted.header + section.begin + 3] ^= 0x80; // no field element has this bit
        EXPECT_EQ(accepted.refusal(bytes), raw.contains(section.label) ? *reasons(section.label).begin() : "syntax")
            << section.label;
        EXPECT_EQ(accepted.refusal(base::ByteView(accepted.file).first(accepted.header + section.begin)), "syntax");
    }
}

} // namespace
} // namespace prover
