#include "commit/padded_round.hpp"
#include "commit/testing/world.hpp"

#include "field/kernels.hpp"
#include "merkle/proof.hpp"
#include "poly/ntt.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <initializer_list>
#include <utility>

/// Provers that lie. Each speaks the protocol faithfully but for one deviation.
namespace commit {
namespace {

using testing::World;

World small_world(uint64_t seed) { return {kToy, {*trace_shape(kToy, 4, 20), *sealed_shape(kToy, 6, 2)}, seed}; }

/// A proof made over a channel of type C, which gets `arguments` after the transcript and the output.
template <class C, class... Arguments>
World::Proof prove_over(World& world, Arguments&&... arguments)
{
    auto pads = commit_pads(world.plan, world.entropy);
    World::Proof proof{.pads_root = pads.oracle.root(), .bytes = {}};
    auto spoken = world.transcript(proof.pads_root);
    base::Writer out;
    C channel(spoken, out, std::forward<Arguments>(arguments)...);
    open(world.plan, world.oracles, world.claim.weights, std::move(pads), channel, world.entropy);
    proof.bytes = out.take();
    return proof;
}

TEST(Attack, a_source_other_than_the_committed_one_is_refused)
{
    for (uint64_t seed = 0; seed != 20; ++seed)
    {
        // Everything is computed from the changed vector, for which the claim is true; only the opened rows are real.
        auto world = small_world(seed);
        auto changed = world.data[0];
        const size_t entry = world.claim.weights[0][0].offset;
        changed[entry] += K::one();
        world.claim.constant += testing::value_of(world.claim.weights[0], changed) -
                                testing::value_of(world.claim.weights[0], world.data[0]);
        auto coefficients = world.stored[0].coefficients;
        coefficients[entry] += K::one();
        world.oracles[0].coefficients = coefficients;
        EXPECT_EQ(world.verify(world.prove()), std::unexpected(Refusal::base_claim));
    }
}

/// Adds one to the first element of message number k.
class OffByOne : public FiatShamir
{
public:
    OffByOne(transcript::Transcript& transcript, base::Writer& out, size_t k, size_t& sent)
        : FiatShamir(transcript, out), k_(k), sent_(sent)
    {
        sent_ = 0;
    }
    void send(std::string_view label, std::span<const F> message) override
    {
        std::vector<F> changed(message.begin(), message.end());
        if (sent_++ == k_)
            changed[0] += F::one();
        FiatShamir::send(label, changed);
    }

private:
    size_t k_;
    size_t& sent_;
};

TEST(Attack, every_changed_message_is_refused_as_base_claim)
{
    size_t messages = 1;
    for (size_t k = 0; k != messages; ++k)
    {
        auto world = small_world(1);
        const auto proof = prove_over<OffByOne>(world, k, messages);
        EXPECT_EQ(world.verify(proof), std::unexpected(Refusal::base_claim)) << k;
    }
    EXPECT_EQ(messages, small_world(1).plan.xi / 2 + 3);
}

/// Claims too large a constant and repairs the base claim by its last message, ξ*. The claim is too large by
/// error·Πr after all rounds, so ξ* must grow by some d with ⟨d,u⟩ = η·error·Πr.
class Repairing : public FiatShamir
{
public:
    enum class Way
    {
        one_entry,       ///< d in one entry
        known_positions, ///< d vanishes on the positions that would be asked if ξ* were not absorbed before
    };

    Repairing(transcript::Transcript& transcript, base::Writer& out, const Plan& plan, F error, Way way)
        : FiatShamir(transcript, out), transcript_(transcript), plan_(plan), error_(error), way_(way)
    {
    }

    F challenge(std::string_view label) override
    {
        const F r = FiatShamir::challenge(label);
        if (label == "fold")
        {
            pad_weights_.bind(r);
            error_ *= r;
        }
        if (label == "eta")
            error_ *= r;
        return r;
    }

    void send(std::string_view label, std::span<const F> message) override
    {
        if (label != "xi star")
            return FiatShamir::send(label, message);
        std::vector<F> shift = way_ == Way::one_entry ? std::vector{F::one()} : vanishing();
        shift.resize(message.size());
        const auto& u = pad_weights_.u;
        const F scale = error_ * field::dot<F, F>(u, std::span<const F>(shift).first(u.size())).inverse();
        std::vector<F> repaired(message.begin(), message.end());
        field::axpy<F>(repaired, scale, shift);
        FiatShamir::send(label, repaired);
    }

private:
    /// Π (X − x) over the positions in P that follow from a transcript without ξ*.
    std::vector<F> vanishing()
    {
        auto ahead = transcript_.clone();
        ahead.grind("base grind", plan_.profile.grind);
        ahead.sample_positions("base query", plan_.last.domain, plan_.last.queries);
        const auto& pads = plan_.pads;
        std::vector<F> product{F::one()};
        for (const auto position : merkle::distinct(ahead.sample_positions("pad query", pads.domain, pads.queries)))
        {
            const K x = poly::position_point(position, uint32_t(std::countr_zero(pads.domain)));
            product.insert(product.begin(), F::zero());
            for (size_t i = 0; i + 1 != product.size(); ++i)
                product[i] -= product[i + 1] * x;
        }
        EXPECT_LE(product.size(), pads.length()) << "the attack needs room";
        return product;
    }

    transcript::Transcript& transcript_;
    const Plan& plan_;
    F error_;
    Way way_;
    PadWeights pad_weights_;
};

TEST(Attack, a_base_claim_repaired_in_xi_star_is_refused_as_base_codeword)
{
    for (const auto way : {Repairing::Way::one_entry, Repairing::Way::known_positions})
        for (uint64_t seed = 0; seed != 5; ++seed)
        {
            auto world = small_world(seed);
            const F error = world.dice.element();
            const auto proof = prove_over<Repairing>(world, world.plan, error, way);
            auto wrong = world.claim;
            wrong.constant += error;
            EXPECT_EQ(world.verify(proof, wrong), std::unexpected(Refusal::base_codeword));
        }
}

/// Keeps all challenges; can change what is absorbed as item number k.
class Listening : public FiatShamir
{
public:
    struct Heard
    {
        size_t items; ///< absorbed before
        std::vector<uint32_t> challenge;
        friend bool operator==(const Heard&, const Heard&) = default;
    };

    Listening(transcript::Transcript& transcript, base::Writer& out, size_t changed, std::vector<Heard>& heard,
              size_t& items)
        : FiatShamir(transcript, out), changed_(changed), heard_(heard), items_(items)
    {
        heard_.clear();
        items_ = 0;
    }

    void send(std::string_view label, std::span<const F> message) override
    {
        std::vector<F> absorbed(message.begin(), message.end());
        if (items_++ == changed_)
            absorbed.back() += F::one();
        FiatShamir::send(label, absorbed);
    }
    void send_root(std::string_view label, const Digest& root) override
    {
        auto absorbed = root;
        if (items_++ == changed_)
            absorbed.back() ^= 1;
        FiatShamir::send_root(label, absorbed);
    }
    void open(const Oracle& oracle, std::span<const uint32_t> positions, std::string_view label) override
    {
        auto absorbed = oracle;
        std::vector<K> codeword(oracle.codeword.begin(), oracle.codeword.end());
        if (!label.empty() && items_++ == changed_)
            codeword[positions.back() * oracle.width] += K::one();
        absorbed.codeword = codeword;
        FiatShamir::open(absorbed, positions, label);
    }
    F challenge(std::string_view label) override
    {
        const F x = FiatShamir::challenge(label);
        heard_.push_back({items_, {}});
        for (size_t i = 0; i != F::kDegree; ++i)
            heard_.back().challenge.push_back(x.coefficient(i).value());
        return x;
    }
    std::vector<uint32_t> positions(std::string_view label, size_t n, size_t count) override
    {
        auto out = FiatShamir::positions(label, n, count);
        heard_.push_back({items_, out});
        return out;
    }

private:
    size_t changed_;
    std::vector<Heard>& heard_;
    size_t& items_;
};

TEST(FiatShamirOrder, each_absorbed_item_changes_the_very_next_challenge)
{
    const auto world = [] { return World(kToy, {*trace_shape(kToy, 4, 1100), *sealed_shape(kToy, 6, 2)}, 3); };
    std::vector<Listening::Heard> honest, changed;
    size_t items = 0;
    auto first = world();
    ASSERT_EQ(first.plan.levels.size(), 1u);
    prove_over<Listening>(first, size_t(-1), honest, items);
    const size_t all = items;
    for (size_t k = 0; k != all; ++k)
    {
        auto again = world();
        prove_over<Listening>(again, k, changed, items);
        const auto next = std::ranges::find_if(honest, [&](const auto& heard) { return heard.items > k; });
        ASSERT_NE(next, honest.end()) << "item " << k << " is absorbed after the last challenge";
        const size_t before = size_t(next - honest.begin());
        EXPECT_TRUE(std::equal(honest.begin(), next, changed.begin())) << k;
        EXPECT_NE(changed[before], *next) << k;
    }
}

TEST(FiatShamirOrder, both_sides_absorb_what_the_specification_lists)
{
    World world(kToy, {*trace_shape(kToy, 4, 1100), *sealed_shape(kToy, 6, 2)}, 4);
    std::vector<std::string> spoken, heard;
    auto pads = commit_pads(world.plan, world.entropy);
    const auto root = pads.oracle.root();
    auto prover = world.transcript(root), verifier = world.transcript(root);
    prover.record(&spoken);
    verifier.record(&heard);
    base::Writer out;
    open(world.plan, world.oracles, world.claim, std::move(pads), prover, world.entropy, out);
    base::Reader in(out.bytes());
    ASSERT_TRUE(verify(world.plan, world.roots, root, world.claim, verifier, in));

    std::vector<std::string> expected;
    const auto say = [&](std::initializer_list<const char*> labels) {
        expected.insert(expected.end(), labels.begin(), labels.end());
    };
    for (int round = 0; round != 6; ++round)
        say({"fold round/2", "fold/5"});
    say({"level/3", "query grind/5", "query grind/6", "query/5", "rows/1", "query/5", "rows/1", "combine/5"});
    for (int round = 0; round != 4; ++round)
        say({"fold round/2", "fold/5"});
    say({"last/3", "query grind/5", "query grind/6", "query/5", "rows/2", "combine/5"});
    say({"mu/2", "eta/5", "v star/2", "xi star/2", "base grind/5", "base grind/6", "base query/5", "pad query/5"});
    EXPECT_EQ(spoken, expected);
    EXPECT_EQ(heard, expected);
}

} // namespace
} // namespace commit
