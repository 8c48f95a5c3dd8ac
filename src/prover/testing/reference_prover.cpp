#include "prover/testing/reference_prover.hpp"

#include "base/invariant.hpp"
#include "commit/opening.hpp"
#include "poly/multilinear.hpp"
#include "proof/reduction.hpp"
#include "prover/witness.hpp"
#include "sumcheck/logup.hpp"
#include "sumcheck/product.hpp"

namespace prover::testing {
namespace {

using base::invariant;
using circuit::Circuit;

/// Pads messages, lets them be changed before, and numbers them.
class ReferenceChannel final : public sumcheck::Channel<F>
{
public:
    ReferenceChannel(Conversation& conversation, std::span<const F> pads, const Lies& lies)
        : conversation_(conversation), pads_(pads), lies_(lies)
    {
    }

    void send(std::string_view label, std::span<const F> messages) override
    {
        std::vector<F> masked(messages.begin(), messages.end());
        for (auto& message : masked)
        {
            if (lies_.message)
                lies_.message(next_, label, message);
            message += pads_[next_++];
        }
        conversation_.absorb(label, masked);
    }
    F sample(std::string_view label) override { return conversation_.answer(label, 1).front(); }

private:
    Conversation& conversation_;
    std::span<const F> pads_;
    const Lies& lies_;
    size_t next_ = 0;
};

/// One fraction a leaf, from the definition in docs/specs/proof.md §6.2.
sumcheck::Fractions<F> leaves_of(const Circuit& circuit, const Values& values, F alpha, F beta_key, F beta_value)
{
    const auto size = size_t{1} << circuit::log_leaves(circuit);
    sumcheck::Fractions<F> leaves{std::vector<F>(size), std::vector<F>(size, F::one())};
    for (const auto& block : circuit::leaf_blocks(circuit))
        for (size_t i = 0; block.table && i != size_t{1} << block.log_size; ++i)
        {
            const auto& table = circuit.tables[block.index];
            const auto row = std::min<size_t>(i, table.size - 1);
            const auto value = table.values.empty() ? 0 : table.values[row];
            leaves.p[block.offset + i] = -F{values.column(circuit, table.multiplicity)[i]};
            leaves.q[block.offset + i] = alpha - F::of(int64_t{block.index} + 1) -
                                         beta_key * F::of(table.lo + int64_t(row)) - beta_value * F::of(value);
        }
    for (const auto& block : circuit::leaf_blocks(circuit))
    {
        if (block.table)
            continue;
        const auto& lookup = circuit.lookups[block.index];
        const auto ids = evaluate(lookup.id, lookup.outputs);
        const auto keys = evaluate(circuit, values, lookup.key, lookup.outputs);
        const auto seconds = evaluate(circuit, values, lookup.value, lookup.outputs);
        for (size_t i = 0; i != keys.size(); ++i)
        {
            leaves.p[block.offset + i] = F::one();
            leaves.q[block.offset + i] = alpha - F{ids[i]} - beta_key * F{keys[i]} - beta_value * F{seconds[i]};
        }
    }
    return leaves;
}

/// left·eq(output, sum) for a product's diagonals.
void apply_diagonals(const circuit::Product& product, const circuit::Relation& relation,
                     std::span<const std::vector<F>> weights, std::vector<F>& left)
{
    for (const auto& [output, sum] : product.diagonal)
    {
        size_t below = 0;
        for (size_t v = sum - relation.outputs.size() + 1; v != product.sums.size(); ++v)
            below += product.sums[v].bits;
        for (size_t i = 0; i != left.size(); ++i)
            left[i] *= weights[output][(i >> below) & (weights[output].size() - 1)];
    }
}

void speak_relations(const Circuit& circuit, const Values& values, Conversation& conversation,
                     ReferenceChannel& channel)
{
    size_t longest = 0, count = 0;
    for (const auto& relation : circuit.relations)
    {
        longest = std::max(longest, circuit::bits_of(relation.outputs));
        count += relation.products.size();
    }
    const auto point = conversation.answer("relation point", longest);
    if (count == 0)
        return;
    const F batch = channel.sample("batch");
    std::vector<sumcheck::InnerProduct<F>> products;
    F power = F::one();
    for (const auto& relation : circuit.relations)
    {
        std::vector<std::vector<F>> weights;
        for (const auto& at : circuit::split(point, relation.outputs))
            weights.push_back(poly::eq_table<F>(at.point));
        for (const auto& product : relation.products)
        {
            auto left = contract(circuit, values, product.left, relation.outputs, product.sums, weights);
            apply_diagonals(product, relation, weights, left);
            products.push_back({power, std::move(left),
                                contract(circuit, values, product.right, relation.outputs, product.sums, weights)});
        }
        if (!relation.products.empty())
            power *= batch;
    }
    sumcheck::prove_products(std::move(products), channel);
}

/// The transcript and the proof's bytes.
class FiatShamir final : public Conversation
{
public:
    FiatShamir(transcript::Transcript& transcript, base::Writer& out, std::vector<Section>& sections)
        : transcript_(transcript), out_(out), sections_(sections)
    {
    }

    void absorb(std::string_view label, std::span<const F> elements) override
    {
        const auto begin = out_.bytes().size();
        transcript_.observe(label, elements);
        for (const auto& element : elements)
            for (size_t d = 0; d != F::kDegree; ++d)
                out_.put(element.coefficient(d).value());
        sections_.push_back({std::string(label), begin, out_.bytes().size()});
    }
    std::vector<F> answer(std::string_view label, size_t count) override
    {
        return transcript_.sample_many<F>(label, count);
    }

private:
    transcript::Transcript& transcript_;
    base::Writer& out_;
    std::vector<Section>& sections_;
};

/// The opening's real channel, which also notes what is where.
class Noting final : public commit::FiatShamir
{
public:
    Noting(transcript::Transcript& transcript, base::Writer& out, std::vector<Section>& sections)
        : commit::FiatShamir(transcript, out), out_(out), sections_(sections)
    {
    }

    void send(std::string_view label, std::span<const F> message) override
    {
        commit::FiatShamir::send(label, message);
        note(label);
    }
    void send_root(std::string_view label, const base::Digest& root) override
    {
        commit::FiatShamir::send_root(label, root);
        note(label);
    }
    void grind(std::string_view label, uint32_t bits) override
    {
        commit::FiatShamir::grind(label, bits);
        note(label);
    }
    void open(const commit::Oracle& oracle, std::span<const uint32_t> positions, std::string_view label) override
    {
        const auto begin = sections_.back().end;
        commit::FiatShamir::open(oracle, positions, label);
        const auto row = oracle.width * sizeof(uint32_t), salt = sizeof(base::Digest);
        for (size_t i = 0; i != positions.size(); ++i)
        {
            const auto at = begin + i * (row + salt);
            sections_.push_back({"rows", at, at + row});
            sections_.push_back({"salts", at + row, at + row + salt});
        }
        note("siblings");
    }

private:
    void note(std::string_view label)
    {
        sections_.push_back({std::string(label), sections_.back().end, out_.bytes().size()});
    }

    base::Writer& out_;
    std::vector<Section>& sections_;
};

std::vector<K> public_values(std::span<const std::vector<int32_t>> rows)
{
    std::vector<K> values;
    for (const auto& row : rows)
        for (const auto code : row)
            values.push_back(K::of(code));
    return values;
}

} // namespace

Values Prepared::values(std::span<const K> of_trace) const
{
    Values values;
    const auto stores = proof::stores_of(circuit());
    values.stores[0] = of_trace;
    for (size_t i = 0; i != oracles.size(); ++i)
        values.stores[size_t(stores[i + 1])] = oracles[i].coefficients;
    return values;
}

std::expected<Prepared, std::string> prepare(const SealedModel& sealed, const Request& request)
{
    auto inputs = request.inputs;
    circuit::Options options{uint32_t(inputs.size()), request.input, request.output, {}};
    std::vector<commit::Oracle> oracles{sealed.oracle};
    if (const auto* data = request.data)
    {
        const auto width = data->codes.size() / data->identity.rows;
        const auto from = data->codes.begin() + ptrdiff_t(request.row * width);
        inputs.assign(1, {from, from + ptrdiff_t(width)});
        options.batch = 1;
        options.data = circuit::DataSource{data->identity.rows, data->identity.pads, request.row};
        oracles.push_back(data->oracle);
    }
    auto compiled = circuit::compile(sealed.identity.graph, options);
    if (!compiled)
        return std::unexpected(compiled.error().words);
    Prepared prepared{std::move(*compiled), {}, {}, std::move(oracles)};
    auto done = run(prepared.compiled, sealed.model, prepared.values({}), inputs);
    if (!done)
        return std::unexpected(done.error());
    prepared.trace = std::move(done->trace);

    auto& statement = prepared.statement;
    statement.profile = sealed.identity.profile;
    statement.context = request.context;
    statement.model_id = proof::model_id(sealed.identity);
    statement.epoch = uint32_t(sealed.identity.epochs.size() - 1);
    statement.weights = sealed.identity.epochs.back().root;
    statement.batch = options.batch;
    statement.flags = {request.input, request.output};
    if (request.input == circuit::Flag::open)
        statement.values[0] = public_values(inputs);
    if (request.output != circuit::Flag::hidden)
        statement.values[1] = public_values(done->outputs);
    if (request.data)
        statement.data = proof::DataRow{proof::data_id(request.data->identity), request.row};
    if (request.output == circuit::Flag::masked)
        for (size_t i = 0; i != statement.values[1].size(); ++i)
            statement.values[1][i] += request.data->pads[request.row * statement.values[1].size() + i];
    return prepared;
}

Prepared prepare_registration(const Sealed& sealed)
{
    auto compiled = circuit::compile_registration(sealed.model.graph);
    invariant(compiled.has_value());
    Prepared prepared{std::move(*compiled), proof::registration_statement(sealed.identity), {}, {sealed.oracle.view()}};
    prepared.trace =
        registration_trace(prepared.compiled, sealed.model.graph, sealed.model.weights, prepared.values({}));
    return prepared;
}

Example example(uint64_t seed, const commit::Profile& profile, const model::testing::RandomOptions& options)
{
    SeededEntropy entropy(seed);
    auto sealed = seal(model::testing::random_model(seed, options), profile, entropy);
    invariant(sealed.has_value());
    model::testing::Rng rng(seed);
    Request request;
    request.input = seed % 2 == 0 ? circuit::Flag::hidden : circuit::Flag::open;
    for (uint64_t row = 0; row != 1 + seed % 3; ++row)
        request.inputs.push_back(random_input(sealed->identity.graph, rng));
    auto prepared = prepare(sealed->view(), request);
    invariant(prepared.has_value());
    return {std::move(*sealed), std::move(request), std::move(*prepared)};
}

Pads draw_reference_pads(const Circuit& circuit, crypto::Entropy& entropy)
{
    const auto masks = circuit::count_masks(circuit);
    std::vector<F> pads(masks.messages), triples(2 * masks.products);
    crypto::fresh_field<F>(entropy, "pads", std::span(pads));
    crypto::fresh_field<F>(entropy, "product masks", std::span(triples));
    for (size_t i = 0; const auto& [u, v] : circuit::multiplied_messages(circuit))
    {
        const F a = triples[2 * i], b = triples[2 * i + 1];
        pads.insert(pads.end(), {pads[u] * pads[v], a, b, a * b});
        ++i;
    }
    return {std::move(pads)};
}

void speak(const Prepared& prepared, std::vector<K> trace, std::span<const F> pads, Conversation& conversation,
           const Lies& lies)
{
    const auto& circuit = prepared.circuit();
    ReferenceChannel channel(conversation, pads, lies);
    const F alpha = channel.sample("alpha");
    const auto betas = conversation.answer("beta", 2);
    if (lies.after_alpha)
        lies.after_alpha(alpha, betas[0], betas[1], trace);
    const auto values = prepared.values(trace);
    sumcheck::prove_fractions(leaves_of(circuit, values, alpha, betas[0], betas[1]), channel);
    speak_relations(circuit, values, conversation, channel);

    const F rho = channel.sample("product check");
    std::vector<F> opened;
    size_t own = circuit::count_masks(circuit).messages;
    for (const auto& [u, v] : circuit::multiplied_messages(circuit))
    {
        opened.push_back(rho * pads[u] - pads[own + 1]);
        opened.push_back(pads[v] - pads[own + 2]);
        own += 4;
    }
    for (size_t i = 0; lies.opening && i != opened.size(); ++i)
        lies.opening(i, opened[i]);
    conversation.absorb("product openings", opened);
}

Made reference_prove(const Prepared& prepared, crypto::Entropy& entropy, const Lies& lies)
{
    const auto& circuit = prepared.circuit();
    const auto shapes = proof::source_shapes(prepared.statement.profile, circuit);
    invariant(shapes.has_value());
    const auto plan = commit::plan(prepared.statement.profile, *shapes);

    const auto pads = draw_reference_pads(circuit, entropy).values;
    auto trace = prepared.trace;
    std::ranges::copy(commit::cells(pads), trace.begin() + ptrdiff_t(circuit.columns[circuit.pads].offset));
    if (lies.committed)
        lies.committed(trace);
    Made made{{}, {{"A", 0, 32}, {"P", 32, 64}}, {trace, {}}};
    const auto oracle = commit::commit_source(shapes->front(), "trace", trace, entropy);
    auto pad_oracle = commit::commit_pads(plan, entropy);

    base::Writer out;
    transcript::Transcript transcript;
    transcript.record(lies.record);
    proof::observe(prepared.statement, transcript);
    out.put(oracle.root());
    out.put(pad_oracle.oracle.root());
    transcript.observe_digest("A", oracle.root());
    transcript.observe_digest("P", pad_oracle.oracle.root());
    const auto from = out.bytes().size();
    auto replay = transcript.clone();
    FiatShamir conversation(transcript, out, made.sections);
    speak(prepared, std::move(trace), pads, conversation, lies);

    const auto sent = base::Bytes(out.bytes().begin() + ptrdiff_t(from), out.bytes().end());
    base::Reader in(sent);
    auto equations = proof::reduce(circuit, prepared.statement.values, replay, in);
    invariant(equations.has_value() && in.at_end());
    made.inspection.equations = std::move(*equations);
    auto claim = proof::combine(circuit, made.inspection.equations, transcript.sample<F>("gamma"));
    if (lies.claim)
        lies.claim(claim);

    std::vector<commit::Oracle> sources{oracle.view()};
    sources.insert(sources.end(), prepared.oracles.begin(), prepared.oracles.end());
    const auto channel =
        lies.channel ? lies.channel(transcript, out) : std::make_unique<Noting>(transcript, out, made.sections);
    commit::open(plan, sources, claim.weights, std::move(pad_oracle), *channel, entropy);
    made.body = out.take();
    return made;
}

Bytes file_of(const proof::Statement& statement, const Bytes& body)
{
    base::Writer out;
    proof::write_header(statement, out);
    out.put(body);
    return out.take();
}

} // namespace prover::testing
