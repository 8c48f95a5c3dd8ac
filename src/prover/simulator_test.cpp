#include "commit/opening.hpp"
#include "proof/reduction.hpp"
#include "proof/verify.hpp"
#include "prover/testing/reference_prover.hpp"
#include "prover/testing/scripted_transcript.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// The simulator of the zero-knowledge claim. It knows the statement alone: circuit, public values, roots. It draws
/// every masked message, opening of a product and committed entry at random, and may choose the oracle's answers in
/// advance (testing/scripted_transcript.cpp); it repairs the one equation that then fails, the base claim, in the
/// message mu. The verifier accepts, and the proof has the shape of a real one: so a real one tells nothing but the
/// statement.
namespace prover {
namespace {

using testing::Example;
using testing::example;
using testing::SeededEntropy;

/// Says what an honest opening says, but for mu: with η and all fold challenges r known beforehand, it makes up for a
/// claim that is too large by `error`. After the rounds the claim is too large by error·Πr.
class Repairing final : public commit::FiatShamir
{
public:
    Repairing(transcript::Transcript& transcript, base::Writer& out, F error)
        : commit::FiatShamir(transcript, out), transcript_(transcript), error_(error)
    {
    }

    F challenge(std::string_view label) override
    {
        const F r = commit::FiatShamir::challenge(label);
        if (label == "fold")
            error_ *= r;
        return r;
    }
    void send(std::string_view label, std::span<const F> message) override
    {
        if (label != "mu")
            return commit::FiatShamir::send(label, message);
        auto ahead = transcript_.clone(); // the script does not look at what is absorbed
        const F mu = message[0] - error_ * ahead.sample<F>("eta");
        commit::FiatShamir::send(label, {&mu, 1});
    }

private:
    transcript::Transcript& transcript_;
    F error_;
};

std::vector<K> random_entries(size_t count, crypto::Entropy& entropy)
{
    std::vector<K> entries(count);
    crypto::fresh_field<K>(entropy, "simulated entries", std::span(entries));
    return entries;
}

void put(base::Writer& out, std::span<const F> elements)
{
    for (const auto& element : elements)
        for (size_t d = 0; d != F::kDegree; ++d)
            out.put(element.coefficient(d).value());
}

/// Σ weights·entries over all sources.
F value_of(const commit::Claim& claim, std::span<const commit::Oracle> sources)
{
    F sum;
    for (size_t s = 0; s != sources.size(); ++s)
        for (const auto& weight : claim.weights[s])
        {
            const auto values = commit::multiply_out(weight.factors, weight.coefficient);
            for (size_t i = 0; i != values.size(); ++i)
                sum += values[i] * sources[s].coefficients[weight.offset + i];
        }
    return sum;
}

/// A body for the statement, from no witness. `sealed`: commitments to nothing in particular, under the statement's
/// roots.
Bytes simulate(const circuit::Circuit& circuit, const proof::Statement& statement,
               std::span<const commit::Oracle> sealed, crypto::Entropy& entropy)
{
    const auto shapes = proof::source_shapes(statement.profile, circuit);
    const auto plan = commit::plan(statement.profile, *shapes);
    const auto trace =
        commit::commit_source(shapes->front(), "trace", random_entries(shapes->front().entries(), entropy), entropy);
    auto pads = commit::commit_pads(plan, entropy);
    std::vector<commit::Oracle> sources{trace.view()};
    sources.insert(sources.end(), sealed.begin(), sealed.end());

    transcript::Transcript transcript;
    proof::observe(statement, transcript);
    base::Writer out, messages;
    out.put(trace.root());
    out.put(pads.oracle.root());
    transcript.observe_digest("A", trace.root());
    transcript.observe_digest("P", pads.oracle.root());
    const auto masks = circuit::count_masks(circuit);
    std::vector<F> said(masks.messages + 2 * masks.products);
    crypto::fresh_field<F>(entropy, "simulated messages", std::span(said));
    put(messages, said);
    out.put(messages.bytes());

    base::Reader in(messages.bytes());
    const auto equations = proof::reduce(circuit, statement.values, transcript, in);
    EXPECT_TRUE(equations && in.at_end());
    const auto claim = proof::combine(circuit, *equations, transcript.sample<F>("gamma"));
    Repairing channel(transcript, out, claim.constant - value_of(claim, sources));
    commit::open(plan, sources, claim.weights, std::move(pads), channel, entropy);
    return out.take();
}

/// The statement of an example about some model, with roots of commitments to random entries.
struct Stage
{
    explicit Stage(uint64_t seed) : made(example(seed)), entropy(seed + 50), statement(made.prepared.statement)
    {
        const auto shapes = proof::source_shapes(statement.profile, made.prepared.circuit());
        blank =
            commit::commit_source((*shapes)[1], "weights", random_entries((*shapes)[1].entries(), entropy), entropy);
        statement.weights = blank.root();
    }

    std::expected<void, proof::Error> verify(const Bytes& body) const
    {
        return proof::verify_body(made.prepared.circuit(), statement, {}, body);
    }

    Example made;
    SeededEntropy entropy;
    proof::Statement statement;
    commit::OracleStorage blank;
};

TEST(Simulator, is_accepted_for_statements_that_nobody_has_a_witness_for)
{
    for (uint64_t seed = 1; seed != 9; ++seed)
    {
        transcript::testing::script(seed);
        Stage stage(seed);
        for (auto& value : stage.statement.values[1])
            value += K::one(); // a false output, even
        const std::array sealed{stage.blank.view()};
        const auto body = simulate(stage.made.prepared.circuit(), stage.statement, sealed, stage.entropy);
        const auto verified = stage.verify(body);
        EXPECT_TRUE(verified) << seed << ": " << verified.error().words;
        transcript::testing::script(seed + 1); // other answers than those it chose
        EXPECT_FALSE(stage.verify(body));
    }
}

TEST(Simulator, writes_as_many_bytes_as_the_real_prover)
{
    for (uint64_t seed = 1; seed != 9; ++seed)
    {
        transcript::testing::script(seed);
        Stage stage(seed);
        const auto real = testing::reference_prove(stage.made.prepared, stage.entropy);
        ASSERT_TRUE(proof::verify_body(stage.made.prepared.circuit(), stage.made.prepared.statement, {}, real.body));
        const std::array sealed{stage.blank.view()};
        const auto body = simulate(stage.made.prepared.circuit(), stage.statement, sealed, stage.entropy);
        EXPECT_EQ(body.size(), real.body.size());
    }
}

TEST(Simulator, needs_the_repair)
{
    // Without foreknowledge of the answers the same prover is refused, by the base claim.
    transcript::testing::script(3);
    Stage stage(3);
    auto prepared = std::move(stage.made.prepared);
    prepared.statement = stage.statement;
    prepared.oracles = {stage.blank.view()};
    const auto made = testing::reference_prove(prepared, stage.entropy);
    const auto refused = proof::verify_body(prepared.circuit(), prepared.statement, {}, made.body);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().why, proof::Refusal::base_claim);
}

} // namespace
} // namespace prover
