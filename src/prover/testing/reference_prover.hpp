#pragma once

#include "commit/opening.hpp"
#include "prover/prove.hpp"
#include "prover/testing/scenario.hpp"
#include "sumcheck/channel.hpp"

#include <functional>
#include <memory>

/// Test support: a second, slow prover, assembled from the same parts as prove_body(). With the same entropy it writes
/// the same bytes; but it can be told to lie, and to speak to something else than a transcript.
namespace prover::testing {

/// Where the prover departs from the truth; it goes on honestly from there. Empty functions do nothing.
struct Lies
{
    /// What A commits to, pads included. The pads used for messages stay the true ones.
    std::function<void(std::vector<K>& trace)> committed;
    /// The values that it computes with from here on, once alpha and the betas are known; A is committed.
    std::function<void(F alpha, F beta_key, F beta_value, std::vector<K>& trace)> after_alpha;
    /// Message number `index`, before it is padded and absorbed.
    std::function<void(size_t index, std::string_view label, F& message)> message;
    /// Number `index` of the openings of products, before they are absorbed: e, f, e, f, …
    std::function<void(size_t index, F& opened)> opening;
    /// The claim that the opening proves. The verifier computes its own.
    std::function<void(commit::Claim& claim)> claim;
    /// Speaks in the opening's stead to the transcript.
    std::function<std::unique_ptr<commit::Channel>(transcript::Transcript& transcript, base::Writer& out)> channel;
    /// Labels of everything that is absorbed, as Transcript::record.
    std::vector<std::string>* record = nullptr;
};

/// One statement, ready to be proven.
struct Prepared
{
    circuit::Compiled compiled;
    proof::Statement statement;
    std::vector<K> trace;                ///< pads free
    std::vector<commit::Oracle> oracles; ///< of the sealed stores

    const circuit::Circuit& circuit() const { return compiled.circuit; }
    /// The sealed stores' entries, and these of A.
    Values values(std::span<const K> of_trace) const;
};

/// An inference: what prove() does before prove_body().
std::expected<Prepared, std::string> prepare(const SealedModel& sealed, const Request& request);
Prepared prepare_registration(const Sealed& sealed);

/// A random small model, sealed, with one request; determined by the seed.
struct Example
{
    Sealed sealed;
    Request request;
    Prepared prepared;
};
Example example(uint64_t seed, const commit::Profile& profile = commit::kToy,
                const model::testing::RandomOptions& options = {});

struct Pads
{
    std::vector<F> values; ///< messages, then Z, a′, b′, z′ of each product
};
Pads draw_reference_pads(const circuit::Circuit& circuit, crypto::Entropy& entropy);

/// Who hears the messages under their pads, and answers.
class Conversation
{
public:
    virtual ~Conversation() = default;
    virtual void absorb(std::string_view label, std::span<const F> elements) = 0;
    virtual std::vector<F> answer(std::string_view label, size_t count) = 0;
};

/// Section 6 of docs/specs/proof.md from alpha to the product openings.
void speak(const Prepared& prepared, std::vector<K> trace, std::span<const F> pads, Conversation& conversation,
           const Lies& lies = {});

/// What some bytes of a body are: the label of a message, root or nonce, or "rows", "salts", "siblings" of an opening.
struct Section
{
    std::string label;
    size_t begin, end;
};

struct Made
{
    Bytes body;
    std::vector<Section> sections; ///< of the body, all of it; empty where Lies::channel speaks
    Inspection inspection;         ///< what is committed, and the verifier's equations
};
Made reference_prove(const Prepared& prepared, crypto::Entropy& entropy, const Lies& lies = {});

/// Small enough to try everything: two nodes, tables of at most 64 rows.
inline model::testing::RandomOptions tiny()
{
    return {.nodes = 2, .elements_max = 16, .shift_max = 4, .table_max = 64, .wide_output = false};
}

/// Header and body.
Bytes file_of(const proof::Statement& statement, const Bytes& body);

} // namespace prover::testing
