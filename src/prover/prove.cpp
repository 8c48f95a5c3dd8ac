#include "prover/prove.hpp"

#include "base/invariant.hpp"
#include "base/parallel.hpp"
#include "commit/opening.hpp"
#include "poly/multilinear.hpp"
#include "proof/reduction.hpp"
#include "sumcheck/logup.hpp"
#include "sumcheck/product.hpp"
#include "transcript/transcript.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace prover {
namespace {

using base::invariant;
using circuit::Circuit;
using transcript::Transcript;

/// The pads column, drawn before the first challenge: a pad for each message, and for each product of messages
/// Z = P_u·P_v and a second random triple a′·b′ = z′.
std::vector<F> draw_pads(const Circuit& circuit, crypto::Entropy& entropy)
{
    const auto masks = circuit::count_masks(circuit);
    const auto pairs = circuit::multiplied_messages(circuit);
    invariant(pairs.size() == masks.products);
    std::vector<F> pads(masks.messages + 4 * masks.products);
    crypto::fresh_field<F>(entropy, "pads", std::span(pads).first(masks.messages));
    std::vector<F> triples(2 * masks.products);
    crypto::fresh_field<F>(entropy, "product masks", std::span(triples));
    for (size_t i = 0; i != pairs.size(); ++i)
    {
        F* own = pads.data() + masks.messages + 4 * i;
        own[0] = pads[pairs[i].first] * pads[pairs[i].second];
        own[1] = triples[2 * i];
        own[2] = triples[2 * i + 1];
        own[3] = own[1] * own[2];
    }
    return pads;
}

/// Sends every message under its own pad; remembers them in order.
class PaddedChannel final : public sumcheck::Channel<F>
{
public:
    PaddedChannel(Transcript& transcript, base::Writer& out, std::span<const F> pads)
        : transcript_(transcript), out_(out), pads_(pads)
    {
    }

    void send(std::string_view label, std::span<const F> messages) override
    {
        std::vector<F> masked;
        for (const auto& message : messages)
            masked.push_back(message + pads_[next_++]);
        send_clear(label, masked);
    }
    void send_clear(std::string_view label, std::span<const F> messages)
    {
        transcript_.observe(label, messages);
        for (const auto& message : messages)
            for (const auto coefficient : message.coefficients())
                out_.put(coefficient.value());
    }
    F sample(std::string_view label) override { return transcript_.sample<F>(label); }

private:
    Transcript& transcript_;
    base::Writer& out_;
    std::span<const F> pads_;
    size_t next_ = 0;
};

/// 1/(α − id − β₁·key − β₂·value) for lookups, −multiplicity over the same for table rows, 0/1 for padding.
class Leaves
{
public:
    Leaves(const Circuit& circuit, const Values& values, F alpha, F beta_key, F beta_value)
        : circuit_(circuit), values_(values), alpha_(alpha), beta_key_(beta_key), beta_value_(beta_value)
    {
        const auto size = size_t{1} << circuit::log_leaves(circuit);
        leaves_.p.assign(size, F::zero());
        leaves_.q.assign(size, F::one());
        for (const auto& block : circuit::leaf_blocks(circuit))
        {
            if (block.table)
                table(circuit.tables[block.index], block);
            else
                lookup(circuit.lookups[block.index], block);
        }
    }
    sumcheck::Fractions<F> take() { return std::move(leaves_); }

private:
    const Circuit& circuit_;
    const Values& values_;
    F alpha_, beta_key_, beta_value_;
    sumcheck::Fractions<F> leaves_;

    void lookup(const circuit::Lookup& lookup, const circuit::LeafBlock& block)
    {
        const auto ids = evaluate(lookup.id, lookup.outputs);
        const auto keys = evaluate(circuit_, values_, lookup.key, lookup.outputs);
        const bool valued = !lookup.value.terms.empty() || !lookup.value.constants.empty();
        const auto second = valued ? evaluate(circuit_, values_, lookup.value, lookup.outputs) : std::vector<K>{};
        base::parallel(keys.size(), 4096, [&](size_t begin, size_t end) {
            for (size_t i = begin; i != end; ++i)
            {
                F q = alpha_ - F{ids[i]} - beta_key_ * keys[i];
                if (valued)
                    q -= beta_value_ * second[i];
                leaves_.p[block.offset + i] = F::one();
                leaves_.q[block.offset + i] = q;
            }
        });
    }

    void table(const circuit::Table& table, const circuit::LeafBlock& block)
    {
        const auto counts = values_.column(circuit_, table.multiplicity);
        const F base = alpha_ - F::of(int64_t{block.index} + 1);
        for (size_t i = 0; i != counts.size(); ++i)
        {
            const auto row = std::min<size_t>(i, table.size - 1);
            F q = base - beta_key_ * K::of(table.lo + int64_t(row));
            if (!table.values.empty())
                q -= beta_value_ * K::of(table.values[row]);
            leaves_.p[block.offset + i] = -F{counts[i]};
            leaves_.q[block.offset + i] = q;
        }
    }
};

/// Both sides of every product at the relation point, weighted by powers of `batch`.
std::vector<sumcheck::InnerProduct<F>> inner_products(const Circuit& circuit, const Values& values,
                                                      std::span<const F> point, F batch)
{
    std::vector<sumcheck::InnerProduct<F>> products;
    F power = F::one();
    for (const auto& relation : circuit.relations)
    {
        if (relation.products.empty())
            continue;
        std::vector<std::vector<F>> weights;
        for (const auto& at : circuit::split(point, relation.outputs))
            weights.push_back(poly::eq_table<F>(at.point));
        for (const auto& product : relation.products)
        {
            auto left = contract(circuit, values, product.left, relation.outputs, product.sums, weights);
            for (const auto& [output, sum] : product.diagonal)
            {
                // eq(output, sum) on the sum variable's bits.
                size_t below = 0;
                for (size_t v = sum - relation.outputs.size() + 1; v != product.sums.size(); ++v)
                    below += product.sums[v].bits;
                const auto mask = weights[output].size() - 1;
                for (size_t i = 0; i != left.size(); ++i)
                    left[i] *= weights[output][(i >> below) & mask];
            }
            products.push_back({power, std::move(left),
                                contract(circuit, values, product.right, relation.outputs, product.sums, weights)});
        }
        power *= batch;
    }
    return products;
}

void prove_relations(const Circuit& circuit, const Values& values, PaddedChannel& channel, Transcript& transcript)
{
    size_t longest = 0;
    bool products = false;
    for (const auto& relation : circuit.relations)
    {
        longest = std::max(longest, circuit::bits_of(relation.outputs));
        products |= !relation.products.empty();
    }
    const auto point = transcript.sample_many<F>("relation point", longest);
    if (!products)
        return;
    const F batch = transcript.sample<F>("batch");
    sumcheck::prove_products(inner_products(circuit, values, point, batch), channel);
}

/// e = ρ·P_u − a′ and f = P_v − b′ of every product of messages.
void open_products(const Circuit& circuit, std::span<const F> pads, PaddedChannel& channel)
{
    const auto masks = circuit::count_masks(circuit);
    const F rho = channel.sample("product check");
    std::vector<F> opened;
    size_t own = masks.messages;
    for (const auto& [u, v] : circuit::multiplied_messages(circuit))
    {
        opened.push_back(rho * pads[u] - pads[own + 1]);
        opened.push_back(pads[v] - pads[own + 2]);
        own += 4;
    }
    channel.send_clear("product openings", opened);
}

} // namespace

std::expected<Bytes, std::string> prove_body(const Circuit& circuit, const proof::Statement& statement,
                                             std::vector<K> trace, std::span<const commit::Oracle> sealed,
                                             crypto::Entropy& entropy, Inspection* inspection)
{
    const auto shapes = proof::source_shapes(statement.profile, circuit);
    if (!shapes)
        return std::unexpected(shapes.error().words);
    const auto plan = commit::plan(statement.profile, *shapes);
    const auto stores = proof::stores_of(circuit);
    invariant(sealed.size() + 1 == stores.size());

    const auto pads = draw_pads(circuit, entropy);
    const auto& column = circuit.columns[circuit.pads];
    std::ranges::copy(commit::cells(pads), trace.begin() + ptrdiff_t(column.offset));
    if (inspection)
        inspection->trace = trace;
    const auto oracle = commit::commit_source(shapes->front(), "trace", std::move(trace), entropy);
    auto pad_oracle = commit::commit_pads(plan, entropy);

    Values values;
    values.stores[size_t(circuit::Store::trace)] = oracle.coefficients;
    for (size_t i = 0; i != sealed.size(); ++i)
        values.stores[size_t(stores[i + 1])] = sealed[i].coefficients;

    base::Writer out;
    Transcript transcript;
    proof::observe(statement, transcript);
    out.put(oracle.root());
    out.put(pad_oracle.oracle.root());
    transcript.observe_digest("A", oracle.root());
    transcript.observe_digest("P", pad_oracle.oracle.root());
    const auto messages_from = out.bytes().size();
    auto replay = transcript.clone();

    PaddedChannel channel(transcript, out, pads);
    const F alpha = transcript.sample<F>("alpha");
    const auto betas = transcript.sample_many<F>("beta", 2);
    sumcheck::prove_fractions(Leaves(circuit, values, alpha, betas[0], betas[1]).take(), channel);
    prove_relations(circuit, values, channel, transcript);
    open_products(circuit, pads, channel);

    // The verifier's own reduction, on the messages just sent, gives the claim to open.
    base::Reader sent(base::ByteView(out.bytes()).subspan(messages_from));
    const auto equations = proof::reduce(circuit, statement.values, replay, sent);
    if (!equations)
        return std::unexpected("an unlucky challenge (probability 2^-120); prove again");
    invariant(sent.at_end());
    if (inspection)
        inspection->equations = *equations;
    const auto claim = proof::combine(circuit, *equations, replay.sample<F>("gamma"));

    std::vector<commit::Oracle> sources{oracle.view()};
    sources.insert(sources.end(), sealed.begin(), sealed.end());
    commit::open(plan, sources, claim, std::move(pad_oracle), replay, entropy, out);
    return out.take();
}

std::vector<std::string> broken_equations(const Circuit& circuit, const Inspection& inspection,
                                          std::span<const commit::Oracle> sealed)
{
    const auto stores = proof::stores_of(circuit);
    std::vector<std::string> broken;
    for (const auto& equation : inspection.equations)
    {
        const auto claim = proof::combine(circuit, {equation}, F::zero());
        F sum = F::zero();
        for (size_t s = 0; s != stores.size(); ++s)
        {
            const auto entries = s == 0 ? std::span<const K>(inspection.trace) : sealed[s - 1].coefficients;
            for (const auto& weight : claim.weights[s])
            {
                const auto values = commit::multiply_out(weight.factors, weight.coefficient);
                for (size_t i = 0; i != values.size(); ++i)
                    sum += values[i] * entries[weight.offset + i];
            }
        }
        if (sum != claim.constant)
            broken.push_back(std::string(equation.name) + " " + std::to_string(equation.index));
    }
    return broken;
}

std::vector<std::string> broken_lookups(const Circuit& circuit, const Values& values)
{
    std::vector<std::string> broken;
    for (size_t l = 0; l != circuit.lookups.size(); ++l)
    {
        const auto& lookup = circuit.lookups[l];
        const auto ids = evaluate(lookup.id, lookup.outputs);
        const auto keys = evaluate(circuit, values, lookup.key, lookup.outputs);
        const auto seconds = evaluate(circuit, values, lookup.value, lookup.outputs);
        for (size_t i = 0; i != keys.size(); ++i)
        {
            const auto& table = circuit.tables[ids[i].value() - 1];
            const auto row = (keys[i] - K::of(table.lo)).value();
            const auto value = row < table.size && !table.values.empty() ? K::of(table.values[row]) : K::zero();
            if (row < table.size && seconds[i] == value)
                continue;
            broken.push_back("lookup " + std::to_string(l) + " at " + std::to_string(i) + ": key row " +
                             std::to_string(row) + " of table " + std::to_string(ids[i].value()) + ", " +
                             std::to_string(table.size) + " rows");
            break;
        }
    }
    return broken;
}

} // namespace prover
