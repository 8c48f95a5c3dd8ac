#pragma once

#include "commit/opening.hpp"

#include <array>
#include <bit>
#include <random>
#include <set>
#include <string>
#include <vector>

/// What the tests of the opening share: an entropy source that repeats itself, and random claims about random sources.
namespace commit::testing {

/// Fresh on every call, the same in every run. One label may be frozen: it gets zero bytes each time, so that what is
/// expanded from them never changes and hides nothing.
class Replayed : public crypto::Entropy
{
public:
    explicit Replayed(uint64_t seed) : random_(seed) {}

    void fill(std::span<uint8_t> out, std::string_view label) override
    {
        labels.insert(std::string(label));
        for (auto& byte : out)
            byte = label == frozen ? uint8_t{0} : uint8_t(random_());
    }

    std::set<std::string> labels; ///< asked for so far
    std::string frozen;

private:
    std::mt19937_64 random_;
};

class Dice
{
public:
    explicit Dice(uint64_t seed) : random_(seed) {}

    uint64_t below(uint64_t bound) { return random_() % bound; }
    K base() { return K{uint32_t(random_() & 0x7fffffff)}; }
    F element() { return F{std::array{base(), base(), base(), base()}}; }

    std::vector<F> elements(size_t count)
    {
        std::vector<F> out(count);
        for (auto& x : out)
            x = element();
        return out;
    }

    std::vector<K> bases(size_t count)
    {
        std::vector<K> out(count);
        for (auto& x : out)
            x = base();
        return out;
    }

    /// A random block of the first `entries` entries under random factors of either kind.
    Weight weight(uint64_t entries)
    {
        uint32_t bits = uint32_t(below(std::bit_width(entries)));
        Weight out{.coefficient = element(), .offset = below(entries >> bits) << bits, .factors = {}};
        while (bits != 0)
        {
            const uint32_t own = 1 + uint32_t(below(bits));
            bits -= own;
            if (below(2) == 0)
                out.factors.emplace_back(DenseFactor{elements(size_t{1} << own)});
            else
                out.factors.emplace_back(eq_factor(elements(own)));
        }
        return out;
    }

private:
    std::mt19937_64 random_;
};

/// Σ weight·vector, from the definition.
inline F value_of(std::span<const Weight> weights, std::span<const K> vector)
{
    F sum;
    for (const auto& weight : weights)
    {
        std::vector<F> dense(vector.size());
        expand(weight, dense);
        for (size_t i = 0; i != vector.size(); ++i)
            sum += dense[i] * vector[i];
    }
    return sum;
}

/// Committed sources, a true claim about them, and the way to a proof.
struct World
{
    World(const Profile& profile, std::vector<SourceShape> shapes, uint64_t seed, size_t weights_each = 3)
        : World(commit::plan(profile, shapes), seed, weights_each)
    {
    }

    World(Plan made, uint64_t seed, size_t weights_each = 3) : plan(std::move(made)), dice(seed), entropy(seed)
    {
        for (size_t s = 0; s != plan.sources.size(); ++s)
        {
            const auto& shape = plan.sources[s];
            data.push_back(dice.bases(shape.entries()));
            stored.push_back(commit_source(shape, std::string(1, char('A' + s)), data.back(), entropy));
            oracles.push_back(stored.back().view());
            roots.push_back(stored.back().root());
            auto& own = claim.weights.emplace_back();
            for (size_t i = 0; i != weights_each; ++i)
                own.push_back(dice.weight(data.back().size()));
            claim.constant += value_of(own, data.back());
        }
    }

    /// The transcript as both sides have it when the opening begins.
    transcript::Transcript transcript(const Digest& pads_root) const
    {
        transcript::Transcript out;
        for (const auto& root : roots)
            out.observe_digest("A", root);
        out.observe_digest("P", pads_root);
        return out;
    }

    struct Proof
    {
        Digest pads_root;
        base::Bytes bytes;
    };

    Proof prove()
    {
        auto pads = commit_pads(plan, entropy);
        Proof proof{.pads_root = pads.oracle.root(), .bytes = {}};
        auto spoken = transcript(proof.pads_root);
        base::Writer out;
        open(plan, oracles, claim, std::move(pads), spoken, entropy, out);
        proof.bytes = out.take();
        return proof;
    }

    /// Left-over bytes are the caller's to refuse, so they are looked for here.
    std::expected<void, Refusal> verify(const Proof& proof) const { return verify(proof, claim); }
    std::expected<void, Refusal> verify(const Proof& proof, const Claim& about) const
    {
        auto spoken = transcript(proof.pads_root);
        base::Reader in(proof.bytes);
        auto result = commit::verify(plan, roots, proof.pads_root, about, spoken, in);
        if (result && !in.at_end())
            return std::unexpected(Refusal::syntax);
        return result;
    }

    Plan plan;
    Dice dice;
    Replayed entropy;
    std::vector<std::vector<K>> data;
    std::vector<OracleStorage> stored;
    std::vector<Oracle> oracles;
    std::vector<Digest> roots;
    Claim claim;
};

} // namespace commit::testing
