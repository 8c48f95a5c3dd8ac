#include "proof/verify.hpp"

#include "commit/opening.hpp"
#include "model/shape.hpp"
#include "proof/reduction.hpp"

#include <algorithm>

namespace proof {
namespace {

std::unexpected<Error> refused(std::string words)
{
    return std::unexpected(Error{Refusal::statement, std::move(words)});
}

Error translate(commit::Refusal why)
{
    switch (why)
    {
    case commit::Refusal::syntax:
        return {Refusal::syntax, "the proof ends early or holds a number that is no field element"};
    case commit::Refusal::challenge:
        return {Refusal::challenge, "a challenge is a zero divisor; prove again"};
    case commit::Refusal::nonce:
        return {Refusal::nonce, "a proof-of-work nonce is not valid"};
    case commit::Refusal::path:
        return {Refusal::path, "opened rows do not belong to their commitment"};
    case commit::Refusal::base_claim:
        return {Refusal::base_claim, "the committed values do not satisfy the statement"};
    case commit::Refusal::base_codeword:
        return {Refusal::base_codeword, "the last vectors are not those committed"};
    }
    return {Refusal::syntax, "unknown"};
}

/// Public codes lie in their tensor's range; masked ones may be any element.
bool in_range(const model::Tensor& tensor, const std::vector<K>& values)
{
    return std::ranges::all_of(values, [&](K value) {
        const auto canonical = int64_t{value.value()};
        const auto code = canonical > int64_t{K::kModulus} / 2 ? canonical - int64_t{K::kModulus} : canonical;
        return tensor.range.lo <= code && code <= tensor.range.hi;
    });
}

std::expected<void, Error> check_statement(const Identity& identity, const Expectation& expected,
                                           const Statement& statement)
{
    if (statement.profile != identity.profile || (statement.profile == commit::kToy && !expected.toy))
        return refused("the proof's security profile is not the model's, or is for tests only");
    if (statement.context != expected.context)
        return refused("the proof is bound to another context");
    if (statement.model_id != model_id(identity))
        return refused("the proof is about another model");
    if (statement.epoch >= identity.epochs.size() || statement.weights != identity.epochs[statement.epoch].root)
        return refused("the proof names a weight commitment that the model identity does not list");
    const std::array tensors{identity.graph.input, identity.graph.output};
    for (size_t t = 0; t != tensors.size(); ++t)
        if (statement.flags[t] == Flag::open && !in_range(identity.graph.tensors[tensors[t]], statement.values[t]))
            return refused("a public code lies outside its tensor's range");
    if (statement.data.has_value() != (expected.data != nullptr))
        return refused(statement.data ? "the proof is about a committed data set: give its identity with --data"
                                      : "the proof is not about a committed data set");
    if (expected.data == nullptr)
        return {};
    if (statement.data->data_id != data_id(*expected.data) || expected.data->profile != statement.profile)
        return refused("the proof is about another data set");
    if (expected.data->schema != schema_of(identity.graph))
        return refused("the data set was committed for a model with another input encoding");
    return {};
}

} // namespace

std::expected<void, Error> verify_body(const circuit::Circuit& circuit, const Statement& statement,
                                       std::span<const Digest> roots, ByteView body)
{
    const auto shapes = source_shapes(statement.profile, circuit);
    if (!shapes)
        return std::unexpected(shapes.error());
    const auto plan = commit::plan(statement.profile, *shapes);

    transcript::Transcript transcript;
    observe(statement, transcript);
    base::Reader in(body);
    std::array<Digest, 2> own; // A, P
    for (auto& root : own)
    {
        const auto raw = in.take(root.size());
        if (!raw)
            return std::unexpected(translate(commit::Refusal::syntax));
        std::ranges::copy(*raw, root.begin());
    }
    transcript.observe_digest("A", own[0]);
    transcript.observe_digest("P", own[1]);

    const auto equations = reduce(circuit, statement.values, transcript, in);
    if (!equations)
        return std::unexpected(translate(equations.error()));
    auto claim = combine(circuit, *equations, transcript.sample<F>("gamma"));

    std::vector<Digest> sources{own[0]};
    for (const auto store : stores_of(circuit))
        if (store == circuit::Store::weights)
            sources.push_back(statement.weights);
        else if (store == circuit::Store::fresh)
            sources.push_back(*statement.fresh);
        else if (store == circuit::Store::data)
            sources.push_back(roots.front());
    if (const auto opened = commit::verify(plan, sources, own[1], std::move(claim), transcript, in); !opened)
        return std::unexpected(translate(opened.error()));
    if (!in.at_end())
        return std::unexpected(Error{Refusal::syntax, "bytes after the end of the proof"});
    return {};
}

std::expected<Verified, Error> verify(const Identity& identity, const Expectation& expected, ByteView file)
{
    base::Reader in(file);
    auto statement = read_header(in, identity.graph);
    if (!statement)
        return std::unexpected(statement.error());
    if (const auto ok = check_statement(identity, expected, *statement); !ok)
        return std::unexpected(ok.error());

    circuit::Options options{
        .batch = statement->batch, .input = statement->flags[0], .output = statement->flags[1], .data = {}};
    std::vector<Digest> roots;
    if (statement->data)
    {
        options.data = circuit::DataSource{expected.data->rows, expected.data->pads, statement->data->row};
        roots.push_back(expected.data->root);
    }
    const auto compiled = circuit::compile(identity.graph, options);
    if (!compiled)
        return refused(compiled.error().words);
    const auto body = in.take(in.left());
    if (const auto ok = verify_body(compiled->circuit, *statement, roots, *body); !ok)
        return std::unexpected(ok.error());
    return Verified{std::move(*statement), circuit::log_leaves(compiled->circuit)};
}

} // namespace proof
