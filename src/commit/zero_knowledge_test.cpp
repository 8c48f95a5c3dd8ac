#include "commit/testing/world.hpp"
#include "merkle/leaf.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// Zero knowledge of the opening, by linear algebra. With the challenges fixed, all that a proof reveals is an affine
/// function of the witness and of the masks:  revealed = A·witness + B·masks + constant.  A functional of the revealed
/// values that does not depend on the masks tells something about the witness, so rank(A|B) − rank(B) is the dimension
/// over K of what leaks. The claim itself is one element of F and must be all.
namespace commit {
namespace {

using testing::Dice;
using testing::Replayed;

constexpr size_t kClaimDimension = F::kDegree;

/// Says always the same and keeps what it is shown.
class Scripted : public Channel
{
public:
    void send(std::string_view, std::span<const F> message) override
    {
        const auto flat = cells(message);
        revealed.insert(revealed.end(), flat.begin(), flat.end());
    }
    void send_root(std::string_view, const Digest&) override {}
    F challenge(std::string_view) override { return dice_.element(); }
    void grind(std::string_view, uint32_t) override {}
    std::vector<uint32_t> positions(std::string_view, size_t n, size_t count) override
    {
        std::set<uint32_t> distinct;
        while (distinct.size() != count)
            distinct.insert(uint32_t(dice_.below(n)));
        return {distinct.begin(), distinct.end()};
    }
    void open(const Oracle& oracle, std::span<const uint32_t> positions, std::string_view) override
    {
        const auto rows = opened_rows(oracle, positions);
        revealed.insert(revealed.end(), rows.begin(), rows.end());
    }

    std::vector<K> revealed;

private:
    Dice dice_{77};
};

/// The rank of a set of vectors that grows one by one.
class Span
{
public:
    void add(std::vector<K> row)
    {
        for (const auto& [pivot, basis] : rows_)
            if (const K factor = row[pivot]; factor != K::zero())
                for (size_t i = 0; i != row.size(); ++i)
                    row[i] -= factor * basis[i];
        const auto lead = std::ranges::find_if(row, [](K x) { return x != K::zero(); });
        if (lead == row.end())
            return;
        const K scale = lead->inverse();
        const size_t pivot = size_t(lead - row.begin());
        for (auto& x : row)
            x *= scale;
        rows_.emplace_back(pivot, std::move(row));
    }
    size_t rank() const { return rows_.size(); }

private:
    std::vector<std::pair<size_t, std::vector<K>>> rows_;
};

constexpr size_t kQueries = 2;

/// The smallest opening with all its parts: two sources, of which one joins late, one level, the last vector, the pads.
Plan tiny_plan()
{
    const auto shape = [](size_t rows) { return Shape{rows, kQueries, 32, kQueries}; };
    return {.profile = {.code = 0, .lambda = 0, .grind = 0},
            .sources = {{.log_columns = 5, .rows = 3, .tail = kQueries, .domain = 32, .queries = kQueries},
                        {.log_columns = 4, .rows = 5, .tail = kQueries, .domain = 32, .queries = kQueries}},
            .levels = {shape(1)},
            .last = shape(3),
            .pads = shape(18),
            .log_columns_max = 5,
            .xi = 18};
}

class ZeroKnowledge : public ::testing::Test
{
protected:
    struct Ranks
    {
        size_t revealed; ///< values shown, elements of K
        size_t masks;    ///< rank(B): the witness stays
        size_t all;      ///< rank(A|B)
        size_t leaked() const { return all - masks; }
    };

    /// Runs the prover until new proofs bring nothing new, first over one witness, then over many.
    static Ranks measure(const Plan& plan, std::string_view frozen)
    {
        Dice dice(5);
        Replayed entropy(6);
        entropy.frozen = frozen;
        std::vector<std::vector<Weight>> weights;
        std::vector<std::vector<K>> witness;
        for (const auto& shape : plan.sources)
        {
            const size_t entries = shape.entries();
            witness.push_back(dice.bases(entries));
            weights.push_back({dice.weight(entries), dice.weight(entries)});
        }
        const auto first = reveal(plan, witness, weights, entropy);
        Span span;
        const auto exhaust = [&](bool change) {
            for (size_t idle = 0; idle != 5;)
            {
                if (change)
                    for (auto& source : witness)
                        source = dice.bases(source.size());
                auto difference = reveal(plan, witness, weights, entropy);
                for (size_t i = 0; i != first.size(); ++i)
                    difference[i] -= first[i];
                const size_t before = span.rank();
                span.add(std::move(difference));
                idle = span.rank() == before ? idle + 1 : 0;
            }
            return span.rank();
        };
        const size_t masks = exhaust(false);
        return {.revealed = first.size(), .masks = masks, .all = exhaust(true)};
    }

    static std::vector<K> reveal(const Plan& plan, const std::vector<std::vector<K>>& witness,
                                 std::span<const std::vector<Weight>> weights, crypto::Entropy& entropy)
    {
        std::vector<OracleStorage> stored;
        std::vector<Oracle> oracles;
        for (size_t s = 0; s != witness.size(); ++s)
            stored.push_back(commit_source(plan.sources[s], s == 0 ? "A" : "W", witness[s], entropy));
        for (const auto& oracle : stored)
            oracles.push_back(oracle.view());
        Scripted channel;
        commit::open(plan, oracles, weights, commit_pads(plan, entropy), channel, entropy);
        return std::move(channel.revealed);
    }
};

TEST_F(ZeroKnowledge, revealed_values_determine_the_claim_and_nothing_else)
{
    const auto plan = tiny_plan();
    const auto ranks = measure(plan, {});
    // The verifier's own checks are the only relations: each opened row of M and of P follows from v* or ξ*.
    const size_t relations = F::kDegree * (plan.last.queries + plan.pads.queries);
    EXPECT_EQ(ranks.all, ranks.revealed - relations);
    EXPECT_EQ(ranks.leaked(), kClaimDimension);
}

TEST_F(ZeroKnowledge, a_source_without_tail_leaks_every_opened_entry)
{
    EXPECT_EQ(measure(tiny_plan(), "tail A").leaked(), kClaimDimension + kQueries * 32);
    EXPECT_EQ(measure(tiny_plan(), "tail W").leaked(), kClaimDimension + kQueries * 16);
}

TEST_F(ZeroKnowledge, every_single_mask_is_needed)
{
    for (const char* label : {"xi", "xi mask", "tail pads", "tail level", "tail last", "last mask"})
        EXPECT_GT(measure(tiny_plan(), label).leaked(), kClaimDimension) << label;
}

TEST_F(ZeroKnowledge, one_query_beyond_a_tail_leaks)
{
    for (size_t oracle = 0; oracle != 5; ++oracle)
    {
        auto plan = tiny_plan();
        (oracle == 0   ? plan.sources[0].queries
         : oracle == 1 ? plan.sources[1].queries
         : oracle == 2 ? plan.levels[0].queries
         : oracle == 3 ? plan.last.queries
                       : plan.pads.queries) += 1;
        EXPECT_GT(measure(plan, {}).leaked(), kClaimDimension) << oracle;
    }
}

TEST_F(ZeroKnowledge, salts_hide_leaves_of_little_entropy)
{
    // An attacker who guesses a row checks the guess against a sibling digest, unless the salt is unknown.
    const auto plan = tiny_plan();
    const auto& shape = plan.sources[0];
    for (const bool salted : {true, false})
    {
        Replayed entropy(8);
        if (!salted)
            entropy.frozen = "salt A";
        const auto stored = commit_source(shape, "A", std::vector<K>(shape.entries()), entropy);
        base::Writer row;
        for (const K value : std::span(stored.codeword).first(stored.width))
            row.put(value.value());
        const Digest guessed_salt = merkle::Salts(Digest{}).at(0);
        Digest guess;
        merkle::hash_leaves(row.bytes(), row.bytes().size(), {&guessed_salt, 1}, {&guess, 1});
        EXPECT_EQ(guess == stored.nodes[shape.domain], !salted);
    }
}

} // namespace
} // namespace commit
