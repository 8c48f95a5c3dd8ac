#include "prover/testing/reference_prover.hpp"

#include "merkle/leaf.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

/// Zero knowledge of the whole proof. What is said before the opening is uniform given the witness (by rank, with fixed
/// challenges); the opening reveals one public claim and nothing else (src/commit/zero_knowledge_test.cpp); and every
/// oracle that it opens carries fresh tails, masks and salts. Each of these tests sees a mask that is missing.
namespace prover {
namespace {

using testing::Example;
using testing::example;
using testing::SeededEntropy;

const Example& small()
{
    static const Example made = example(6, commit::kToy, testing::tiny());
    return made;
}

// ---- messages, by linear algebra ----

/// Fixed challenges; keeps everything said.
class Listener final : public testing::Conversation
{
public:
    void absorb(std::string_view, std::span<const F> elements) override
    {
        said.insert(said.end(), elements.begin(), elements.end());
    }
    std::vector<F> answer(std::string_view, size_t count) override
    {
        std::vector<F> challenges(count);
        for (auto& x : challenges)
            x = F{std::array{code(), code(), code(), code()}};
        return challenges;
    }

    std::vector<F> said;

private:
    K code() { return K::of(rng_.between(0, int64_t{K::kModulus} - 1)); }

    model::testing::Rng rng_{44};
};

/// Rank over F of vectors added one by one.
class Span
{
public:
    bool add(std::vector<F> row)
    {
        for (const auto& [pivot, basis] : rows_)
            if (const F factor = row[pivot]; factor != F::zero())
                for (size_t i = pivot; i != row.size(); ++i)
                    row[i] -= factor * basis[i];
        const auto lead = std::ranges::find_if(row, [](const F& x) { return x != F::zero(); });
        if (lead == row.end())
            return false;
        const F scale = lead->inverse();
        for (auto& x : row)
            x *= scale;
        const auto pivot = size_t(lead - row.begin());
        const auto place = std::ranges::find_if(rows_, [&](const auto& other) { return other.first > pivot; });
        rows_.insert(place, {pivot, std::move(row)});
        return true;
    }
    size_t rank() const { return rows_.size(); }

private:
    std::vector<std::pair<size_t, std::vector<F>>> rows_; ///< by pivot
};

/// With witness and challenges fixed: values said, and the dimension that the masks spread them over.
std::pair<size_t, size_t> spread(const std::string& zeroed)
{
    const auto& prepared = small().prepared;
    const auto say = [&](uint64_t seed) {
        SeededEntropy entropy(seed, zeroed);
        Listener listener;
        testing::speak(prepared, prepared.trace, testing::draw_reference_pads(prepared.circuit(), entropy).values,
                       listener);
        return std::move(listener.said);
    };
    const auto first = say(1);
    Span span;
    for (uint64_t seed = 2, idle = 0; idle != 3; ++seed)
    {
        auto difference = say(seed);
        for (size_t i = 0; i != first.size(); ++i)
            difference[i] -= first[i];
        idle = span.add(std::move(difference)) ? 0 : idle + 1;
    }
    return {first.size(), span.rank()};
}

TEST(ZeroKnowledge, everything_said_before_the_opening_is_uniform_whatever_the_witness)
{
    const auto masks = circuit::count_masks(small().prepared.circuit());
    const auto [said, rank] = spread({});
    EXPECT_EQ(said, masks.messages + 2 * masks.products);
    EXPECT_EQ(rank, said) << "an affine map onto everything: e and f included";
}

TEST(ZeroKnowledge, without_pads_or_without_product_masks_it_is_not)
{
    const auto masks = circuit::count_masks(small().prepared.circuit());
    EXPECT_EQ(spread("pads").second, 2 * masks.products) << "messages are in the clear";
    EXPECT_EQ(spread("product masks").second, masks.messages) << "openings follow from the pads";
}

// ---- the same two masks in the real prover, from outside ----

/// The first messages of a body: p₀ p₁ q₀ q₁ of the root.
std::vector<F> root_message(const Bytes& body)
{
    base::Reader in(body);
    in.take(2 * sizeof(base::Digest));
    std::vector<F> root;
    while (root.size() != 4)
    {
        std::array<K, F::kDegree> coefficients;
        for (auto& c : coefficients)
            c = *K::from_canonical(*in.get<uint32_t>());
        root.push_back(F(coefficients));
    }
    return root;
}

TEST(ZeroKnowledge, root_messages_under_known_pads_would_satisfy_their_equation)
{
    const auto& made = small();
    for (const bool fresh : {true, false})
    {
        SeededEntropy entropy(3, fresh ? "" : "pads");
        const auto proven = prove(made.sealed.view(), made.request, entropy);
        ASSERT_TRUE(proven);
        const auto header = testing::file_of(made.prepared.statement, {}).size();
        auto m = root_message({proven->file.begin() + ptrdiff_t(header), proven->file.end()});
        SeededEntropy guess(0, "pads");
        const auto pads = testing::draw_reference_pads(made.prepared.circuit(), guess).values;
        for (size_t i = 0; i != m.size(); ++i)
            m[i] -= pads[i];
        EXPECT_EQ(m[0] * m[3] + m[1] * m[2] == F::zero(), !fresh);
    }
}

// ---- the opening: what each opened oracle carries ----

/// All oracles that an opening shows, in order: the sources, the levels, M, P.
class Watching final : public commit::FiatShamir
{
public:
    Watching(transcript::Transcript& transcript, base::Writer& out, std::vector<commit::OracleStorage>& seen)
        : commit::FiatShamir(transcript, out), seen_(seen)
    {
    }
    void open(const commit::Oracle& oracle, std::span<const uint32_t> positions, std::string_view label) override
    {
        seen_.push_back({oracle.shape, oracle.width, oracle.cell, {}, {}, {}, oracle.salt_seed});
        seen_.back().coefficients.assign(oracle.coefficients.begin(), oracle.coefficients.end());
        commit::FiatShamir::open(oracle, positions, label);
    }

private:
    std::vector<commit::OracleStorage>& seen_;
};

std::vector<commit::OracleStorage> opened(const Example& made, crypto::Entropy& entropy)
{
    std::vector<commit::OracleStorage> seen;
    testing::reference_prove(made.prepared, entropy, {.channel = [&](auto& transcript, auto& out) {
                                 return std::make_unique<Watching>(transcript, out, seen);
                             }});
    return seen;
}

/// Masks of two proofs of one statement, by name: blocks of coefficients, or a salt seed.
std::map<std::string, std::vector<K>> masks_of(const std::vector<commit::OracleStorage>& seen)
{
    std::map<std::string, std::vector<K>> masks;
    const auto block = [&](const std::string& name, const commit::OracleStorage& oracle, size_t from_row, size_t rows,
                           size_t from, size_t width) {
        auto& mask = masks[name];
        for (size_t row = from_row; row != from_row + rows; ++row)
            for (size_t i = from; i != from + width; ++i)
                mask.push_back(oracle.coefficients[row * oracle.width + i]);
    };
    const auto tail = [&](const std::string& name, const commit::OracleStorage& oracle, size_t width) {
        block(name, oracle, oracle.shape.rows, oracle.shape.tail, 0, width);
    };
    const auto salt = [&](const std::string& name, const commit::OracleStorage& oracle) {
        for (const auto byte : oracle.salt_seed)
            masks[name].push_back(K::of(byte));
    };
    tail("tail trace", seen.front(), seen.front().width);
    salt("salt trace", seen.front());
    const auto& last = seen[seen.size() - 2];
    const auto& pads = seen.back();
    for (size_t i = 2; i + 2 < seen.size(); ++i)
    {
        tail("tail level", seen[i], seen[i].width);
        salt("salt level", seen[i]);
    }
    tail("tail last", last, F::kDegree);
    block("last mask", last, 0, last.shape.length(), F::kDegree, F::kDegree);
    salt("salt last", last);
    block("xi", pads, 0, pads.shape.rows, 0, F::kDegree);
    tail("tail pads", pads, F::kDegree);
    block("xi mask", pads, 0, pads.shape.length(), F::kDegree, F::kDegree);
    salt("salt pads", pads);
    return masks;
}

/// Names of the masks that two proofs share to any part: a field element (or byte) at the same place for a quarter of
/// all.
std::set<std::string> shared(const Example& made, const std::string& zeroed)
{
    SeededEntropy one(10, zeroed), two(20, zeroed);
    const auto first = masks_of(opened(made, one)), second = masks_of(opened(made, two));
    std::set<std::string> names;
    for (const auto& [name, mask] : first)
    {
        EXPECT_FALSE(mask.empty()) << name;
        size_t equal = 0;
        for (size_t i = 0; i != mask.size(); ++i)
            equal += mask[i] == second.at(name)[i];
        if (4 * equal >= mask.size())
            names.insert(name);
    }
    return names;
}

/// Large enough that the opening has a level.
const Example& large()
{
    static const Example made = [] {
        model::testing::RandomOptions options;
        options.elements_max = 256;
        options.nodes = 10;
        for (uint64_t seed = 1;; ++seed)
        {
            auto candidate = example(seed, commit::kToy, options);
            SeededEntropy entropy(1);
            if (opened(candidate, entropy).size() > 4)
                return candidate;
        }
    }();
    return made;
}

TEST(ZeroKnowledge, every_opened_oracle_carries_its_own_tail_masks_and_salts)
{
    const std::vector<std::string> labels{"tail trace", "salt trace", "tail level", "salt level",
                                          "tail last",  "last mask",  "salt last",  "xi",
                                          "tail pads",  "xi mask",    "salt pads"};
    EXPECT_EQ(shared(large(), {}), std::set<std::string>{});
    for (const auto& label : labels)
        EXPECT_EQ(shared(large(), label), std::set<std::string>{label});
}

TEST(ZeroKnowledge, no_more_positions_are_opened_than_tails_hide)
{
    for (const auto* made : {&small(), &large()})
    {
        SeededEntropy entropy(5);
        for (const auto& oracle : opened(*made, entropy))
            EXPECT_LE(oracle.shape.queries, oracle.shape.tail);
    }
}

/// Tails, salts and one-time pads of two commitments to the same weights and the same data.
std::set<std::string> shared_when_sealed(const std::string& zeroed)
{
    const auto& model = small().sealed.model;
    SeededEntropy one(10, zeroed), two(20, zeroed);
    std::set<std::string> names;
    const auto compare = [&](const std::string& name, const commit::OracleStorage& a, const commit::OracleStorage& b) {
        const auto tail = ptrdiff_t(a.shape.tail * a.width);
        if (std::equal(a.coefficients.end() - tail, a.coefficients.end(), b.coefficients.end() - tail))
            names.insert("tail " + name);
        if (a.salt_seed == b.salt_seed)
            names.insert("salt " + name);
    };
    compare("weights", *commit_weights(model, commit::kToy, one), *commit_weights(model, commit::kToy, two));
    model::testing::Rng rng(1);
    const auto codes = testing::random_input(model.graph, rng);
    const auto a = commit_data(model.graph, commit::kToy, codes, 1, true, one);
    const auto b = commit_data(model.graph, commit::kToy, codes, 1, true, two);
    compare("data", a->oracle, b->oracle);
    if (a->pads == b->pads)
        names.insert("output pads");
    return names;
}

TEST(ZeroKnowledge, every_sealed_commitment_has_its_own_tail_salts_and_output_pads)
{
    EXPECT_EQ(shared_when_sealed({}), std::set<std::string>{});
    for (const std::string label : {"tail weights", "salt weights", "tail data", "salt data", "output pads"})
        EXPECT_EQ(shared_when_sealed(label), std::set<std::string>{label});
}

TEST(ZeroKnowledge, the_real_prover_draws_each_mask_once_under_its_own_label)
{
    const auto& made = large();
    SeededEntropy entropy(6);
    ASSERT_TRUE(prove(made.sealed.view(), made.request, entropy));
    std::map<std::string, size_t> drawn;
    for (const auto& label : entropy.labels)
        ++drawn[label];
    SeededEntropy other(7);
    const auto levels = opened(made, other).size() - 4;
    const std::map<std::string, size_t> expected{
        {"pads", 1},      {"product masks", 1}, {"tail trace", 1}, {"salt trace", 1},      {"xi", 1},
        {"tail pads", 1}, {"xi mask", 1},       {"salt pads", 1},  {"tail level", levels}, {"salt level", levels},
        {"tail last", 1}, {"last mask", 1},     {"salt last", 1}};
    EXPECT_EQ(drawn, expected);
}

// ---- two proofs of one statement ----

using Sixteen = std::array<uint8_t, 16>;

/// All aligned runs of 16 bytes of the sections, but those of a committed root that both proofs open.
std::set<Sixteen> runs(const testing::Made& made)
{
    std::set<Sixteen> runs;
    for (const auto& section : made.sections)
        for (size_t at = section.begin; at + sizeof(Sixteen) <= section.end; at += sizeof(Sixteen))
        {
            Sixteen run;
            std::copy_n(made.body.begin() + ptrdiff_t(at), run.size(), run.begin());
            runs.insert(run);
        }
    return runs;
}

TEST(ZeroKnowledge, two_proofs_of_one_statement_share_only_what_the_weights_commitment_gives)
{
    const auto& made = small();
    SeededEntropy one(31), two(32);
    const auto a = testing::reference_prove(made.prepared, one), b = testing::reference_prove(made.prepared, two);
    const auto first = runs(a), second = runs(b);
    std::set<Sixteen> fixed; // rows, salts and nodes of W
    const auto& oracle = made.prepared.oracles[0];
    base::Writer known;
    for (const auto value : oracle.codeword)
        known.put(value.value());
    const merkle::Salts salts(oracle.salt_seed);
    for (size_t i = 0; i != oracle.shape.domain; ++i)
        known.put(salts.at(i));
    for (const auto& node : oracle.nodes)
        known.put(node);
    for (size_t at = 0; at != known.bytes().size(); at += sizeof(Sixteen))
    {
        Sixteen run;
        std::copy_n(known.bytes().begin() + ptrdiff_t(at), run.size(), run.begin());
        fixed.insert(run);
    }
    for (const auto& run : first)
        EXPECT_TRUE(!second.contains(run) || fixed.contains(run));
}

} // namespace
} // namespace prover
