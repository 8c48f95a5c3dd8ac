#include "commit/parameters.hpp"
#include "proof/verify.hpp"
#include "prover/testing/reference_prover.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// Fiat-Shamir over the whole proof: what is absorbed, in which order, and that nothing is absorbed in vain.
namespace prover {
namespace {

using testing::example;
using testing::SeededEntropy;
using Labels = std::vector<std::string>;

void say(Labels& order, std::initializer_list<const char*> labels)
{
    order.insert(order.end(), labels.begin(), labels.end());
}

/// docs/specs/proof.md §8.1.
void add_statement(const proof::Statement& statement, Labels& order)
{
    say(order, {"protocol/0", "profile/4", "context/0", "kind/4", "model/3", "epoch/4", "weights/3", "batch/4"});
    for (const auto flag : statement.flags)
        flag == circuit::Flag::hidden ? say(order, {"flag/4"}) : say(order, {"flag/4", "values/1"});
    say(order, {"data/4"});
    if (statement.data)
        say(order, {"data id/3", "row/4"});
    say(order, {"A/3", "P/3"});
}

/// §6.
void add_reduction(const circuit::Circuit& circuit, Labels& order)
{
    say(order, {"alpha/5", "beta/5", "logup root/2", "tau/5"});
    for (size_t k = 1; k != circuit::log_leaves(circuit); ++k)
    {
        say(order, {"lambda/5"});
        for (size_t round = 0; round != k; ++round)
            say(order, {"logup round/2", "rho/5"});
        say(order, {"logup layer/2", "tau/5"});
    }
    say(order, {"relation point/5"});
    size_t products = 0, rounds = 0;
    for (const auto& relation : circuit.relations)
        for (const auto& product : relation.products)
        {
            ++products;
            rounds = std::max(rounds, product.sum_bits());
        }
    if (products != 0)
        say(order, {"batch/5"});
    for (size_t round = 0; round != rounds; ++round)
        say(order, {"product round/2", "rho/5"});
    for (size_t product = 0; product != products; ++product)
        say(order, {"product values/2"});
    say(order, {"product check/5", "product openings/2", "gamma/5"});
}

/// §7.
void add_opening(const commit::Plan& plan, Labels& order)
{
    const auto rounds = [&](size_t count) {
        for (size_t round = 0; round != count; ++round)
            say(order, {"fold round/2", "fold/5"});
    };
    const auto query = [&](size_t sources, const char* rows) {
        say(order, {"query grind/5", "query grind/6"});
        for (size_t source = 0; source != sources; ++source)
            say(order, {"query/5", rows});
        say(order, {"combine/5"});
    };
    rounds(plan.log_columns_max);
    for (size_t level = 0; level != plan.levels.size(); ++level)
    {
        say(order, {"level/3"});
        level == 0 ? query(plan.sources.size(), "rows/1") : query(1, "rows/2");
        rounds(commit::kLevelLogColumns);
    }
    say(order, {"last/3"});
    plan.levels.empty() ? query(plan.sources.size(), "rows/1") : query(1, "rows/2");
    say(order,
        {"mu/2", "eta/5", "v star/2", "xi star/2", "base grind/5", "base grind/6", "base query/5", "pad query/5"});
}

TEST(TranscriptOrder, is_that_of_the_specification)
{
    for (uint64_t seed = 1; seed != 13; ++seed)
    {
        const auto made = example(seed);
        const auto& circuit = made.prepared.circuit();
        Labels absorbed, expected;
        SeededEntropy entropy(seed);
        testing::reference_prove(made.prepared, entropy, {.record = &absorbed});
        add_statement(made.prepared.statement, expected);
        add_reduction(circuit, expected);
        add_opening(commit::plan(commit::kToy, *proof::source_shapes(commit::kToy, circuit)), expected);
        EXPECT_EQ(absorbed, expected) << seed;
    }
}

/// The first challenge after the statement and the two roots.
F alpha_of(const proof::Statement& statement, const base::Digest& a = {}, const base::Digest& p = {})
{
    transcript::Transcript transcript;
    proof::observe(statement, transcript);
    transcript.observe_digest("A", a);
    transcript.observe_digest("P", p);
    return transcript.sample<F>("alpha");
}

TEST(Absorption, every_field_of_the_statement_changes_the_first_challenge)
{
    proof::Statement base{.fresh = base::Digest{}, .values = {}, .data = proof::DataRow{}};
    base.flags = {circuit::Flag::open, circuit::Flag::open};
    base.values = {std::vector{K::one(), K::zero()}, std::vector{K::one()}};
    const F alpha = alpha_of(base);
    const std::vector<std::function<void(proof::Statement&)>> changes{
        [](auto& s) { s.profile.code = 0; },
        [](auto& s) { s.profile.lambda = 99; },
        [](auto& s) { s.profile.grind = 15; },
        [](auto& s) { s.context[31] = 1; },
        [](auto& s) { s.kind = proof::Kind::rotation; },
        [](auto& s) { s.model_id[0] = 1; },
        [](auto& s) { s.epoch = 1; },
        [](auto& s) { s.weights[7] = 1; },
        [](auto& s) { (*s.fresh)[9] = 1; },
        [](auto& s) { s.fresh.reset(); },
        [](auto& s) { s.batch = 2; },
        [](auto& s) { s.flags[0] = circuit::Flag::hidden; },
        [](auto& s) { s.flags[1] = circuit::Flag::masked; },
        [](auto& s) { s.values[0][1] = K::one(); },
        [](auto& s) { s.values[0].pop_back(); },
        [](auto& s) { s.values[1][0] = K::zero(); },
        [](auto& s) { std::swap(s.values[0], s.values[1]); },
        [](auto& s) { s.data.reset(); },
        [](auto& s) { s.data->data_id[3] = 1; },
        [](auto& s) { s.data->row = 1; },
    };
    for (size_t c = 0; c != changes.size(); ++c)
    {
        auto changed = base;
        changes[c](changed);
        EXPECT_NE(alpha_of(changed), alpha) << c;
    }
    EXPECT_NE(alpha_of(base, {1}), alpha);
    EXPECT_NE(alpha_of(base, {}, {1}), alpha);
}

/// Speaks to a transcript; keeps how much had been absorbed before each challenge.
class Heard final : public testing::Conversation
{
public:
    struct Answer
    {
        size_t items;
        std::vector<F> challenge;
        friend bool operator==(const Answer&, const Answer&) = default;
    };

    explicit Heard(size_t changed) : changed_(changed) {}

    void absorb(std::string_view label, std::span<const F> elements) override
    {
        std::vector<F> absorbed(elements.begin(), elements.end());
        if (items++ == changed_)
            absorbed.back() += F::one();
        transcript_.observe(label, absorbed);
    }
    std::vector<F> answer(std::string_view label, size_t count) override
    {
        answers.push_back({items, transcript_.sample_many<F>(label, count)});
        return answers.back().challenge;
    }
    F gamma() { return answer("gamma", 1).front(); }

    std::vector<Answer> answers;
    size_t items = 0;

private:
    transcript::Transcript transcript_;
    size_t changed_;
};

TEST(Absorption, every_message_changes_the_very_next_challenge)
{
    const auto made = example(6, commit::kToy, testing::tiny());
    SeededEntropy entropy(2);
    const auto pads = testing::draw_reference_pads(made.prepared.circuit(), entropy).values;
    const auto hear = [&](size_t changed) {
        Heard heard(changed);
        testing::speak(made.prepared, made.prepared.trace, pads, heard);
        heard.gamma();
        return heard;
    };
    const auto honest = hear(size_t(-1));
    for (size_t k = 0; k != honest.items; ++k)
    {
        const auto changed = hear(k);
        const auto next = std::ranges::find_if(honest.answers, [&](const auto& answer) { return answer.items > k; });
        ASSERT_NE(next, honest.answers.end()) << "item " << k << " is absorbed after the last challenge";
        EXPECT_TRUE(std::equal(honest.answers.begin(), next, changed.answers.begin())) << k;
        if (!next->challenge.empty()) // a relation point of no coordinates says nothing
            EXPECT_NE(changed.answers[size_t(next - honest.answers.begin())], *next) << k;
    }
}

} // namespace
} // namespace prover
