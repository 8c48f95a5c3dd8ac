#include "prover/seal.hpp"

#include "base/invariant.hpp"
#include "proof/reduction.hpp"
#include "prover/witness.hpp"

#include <algorithm>

namespace prover {
namespace {

using circuit::Store;

/// The shape of one sealed store of a circuit.
std::expected<commit::SourceShape, std::string> shape_of(const circuit::Circuit& circuit, Store store,
                                                         const commit::Profile& profile)
{
    const auto shape = commit::sealed_shape(profile, circuit.log_columns[size_t(store)], circuit.rows[size_t(store)]);
    if (!shape)
        return std::unexpected("more values than one commitment of this profile holds");
    return *shape;
}

Values values_of(const circuit::Circuit& circuit, std::span<const commit::Oracle> sealed)
{
    Values values;
    const auto stores = proof::stores_of(circuit);
    for (size_t i = 0; i != sealed.size(); ++i)
        values.stores[size_t(stores[i + 1])] = sealed[i].coefficients;
    return values;
}

std::expected<Bytes, std::string> prove_sealed(const std::expected<circuit::Compiled, circuit::CompileError>& compiled,
                                               const proof::Statement& statement, const model::Graph& graph,
                                               const model::Weights& weights, std::span<const commit::Oracle> sealed,
                                               crypto::Entropy& entropy)
{
    if (!compiled)
        return std::unexpected(compiled.error().words);
    auto trace = registration_trace(*compiled, graph, weights, values_of(compiled->circuit, sealed));
    return prove_body(compiled->circuit, statement, std::move(trace), sealed, entropy);
}

std::vector<K> public_values(const std::vector<std::vector<int32_t>>& rows)
{
    std::vector<K> values;
    for (const auto& row : rows)
        for (const auto code : row)
            values.push_back(K::of(code));
    return values;
}

} // namespace

std::expected<commit::OracleStorage, std::string>
commit_weights(const model::Model& model, const commit::Profile& profile, crypto::Entropy& entropy)
{
    const auto compiled = circuit::compile_registration(model.graph);
    if (!compiled)
        return std::unexpected(compiled.error().words);
    const auto shape = shape_of(compiled->circuit, Store::weights, profile);
    if (!shape)
        return std::unexpected(shape.error());
    return commit::commit_source(*shape, "weights", seal_entries(*compiled, model.weights), entropy);
}

std::expected<SealedSize, std::string> sealed_size(const model::Graph& graph, const commit::Profile& profile)
{
    const auto compiled = circuit::compile_registration(graph);
    if (!compiled)
        return std::unexpected(compiled.error().words);
    const auto shape = shape_of(compiled->circuit, Store::weights, profile);
    if (!shape)
        return std::unexpected(shape.error());
    return SealedSize{*shape, commit::budget(*shape)};
}

std::expected<Bytes, std::string> prove_registration(const proof::Identity& identity, const model::Weights& weights,
                                                     const commit::Oracle& sealed, crypto::Entropy& entropy)
{
    return prove_sealed(circuit::compile_registration(identity.graph), proof::registration_statement(identity),
                        identity.graph, weights, std::span(&sealed, 1), entropy);
}

std::expected<Bytes, std::string> prove_rotation(const proof::Identity& identity, const model::Weights& weights,
                                                 const commit::Oracle& from, const commit::Oracle& to,
                                                 crypto::Entropy& entropy)
{
    base::invariant(identity.epochs.size() >= 2);
    const std::array sealed{from, to};
    return prove_sealed(circuit::compile_rotation(identity.graph),
                        proof::rotation_statement(identity, uint32_t(identity.epochs.size() - 2)), identity.graph,
                        weights, sealed, entropy);
}

std::expected<CommittedData, std::string> commit_data(const model::Graph& graph, const commit::Profile& profile,
                                                      std::span<const int32_t> codes, uint32_t rows, bool output_pads,
                                                      crypto::Entropy& entropy)
{
    circuit::Options options;
    options.data = circuit::DataSource{.rows = rows, .pads = output_pads, .row = 0};
    const auto compiled = circuit::compile(graph, options);
    if (!compiled)
        return std::unexpected(compiled.error().words);
    const auto shape = shape_of(compiled->circuit, Store::data, profile);
    if (!shape)
        return std::unexpected(shape.error());
    std::vector<K> pads;
    if (output_pads)
    {
        size_t count = 1;
        for (const auto extent : compiled->data_pad_extents)
            count *= extent;
        pads.resize(count);
        crypto::fresh_field<K>(entropy, "output pads", std::span(pads));
    }
    auto oracle = commit::commit_source(*shape, "data", data_entries(*compiled, codes, pads), entropy);
    proof::DataIdentity identity{profile, oracle.root(), rows, output_pads, proof::schema_of(graph)};
    return CommittedData{identity, std::move(pads), std::move(oracle)};
}

std::expected<Proven, std::string> prove(const SealedModel& sealed, const Request& request, crypto::Entropy& entropy,
                                         Inspection* inspection)
{
    const auto& graph = sealed.identity.graph;
    auto inputs = request.inputs;
    circuit::Options options{
        .batch = uint32_t(inputs.size()), .input = request.input, .output = request.output, .data = {}};
    std::vector<commit::Oracle> oracles{sealed.oracle};
    if (request.data)
    {
        const auto& data = *request.data;
        if (request.row >= data.identity.rows)
            return std::unexpected("the data set has no row " + std::to_string(request.row));
        const auto width = data.codes.size() / data.identity.rows;
        const auto row = std::span(data.codes).subspan(request.row * width, width);
        inputs.assign(1, std::vector<int32_t>(row.begin(), row.end()));
        options.batch = 1;
        options.data = circuit::DataSource{data.identity.rows, data.identity.pads, request.row};
        oracles.push_back(data.oracle);
    }
    const auto compiled = circuit::compile(graph, options);
    if (!compiled)
        return std::unexpected(compiled.error().words);
    auto run_result = run(*compiled, sealed.model, values_of(compiled->circuit, oracles), inputs);
    if (!run_result)
        return std::unexpected(run_result.error());

    const auto epoch = uint32_t(sealed.identity.epochs.size() - 1);
    proof::Statement statement{.profile = sealed.identity.profile,
                               .context = request.context,
                               .kind = proof::Kind::inference,
                               .model_id = proof::model_id(sealed.identity),
                               .epoch = epoch,
                               .weights = sealed.identity.epochs[epoch].root,
                               .fresh = {},
                               .batch = options.batch,
                               .flags = {request.input, request.output},
                               .values = {},
                               .data = {}};
    if (request.input == circuit::Flag::open)
        statement.values[0] = public_values(inputs);
    if (request.output != circuit::Flag::hidden)
        statement.values[1] = public_values(run_result->outputs);
    if (request.data)
        statement.data = proof::DataRow{proof::data_id(request.data->identity), request.row};
    if (request.output == circuit::Flag::masked)
    {
        const auto width = statement.values[1].size();
        for (size_t i = 0; i != width; ++i)
            statement.values[1][i] += request.data->pads[request.row * width + i];
    }
    auto body = prove_body(compiled->circuit, statement, std::move(run_result->trace), oracles, entropy, inspection);
    if (!body)
        return std::unexpected(body.error());
    base::Writer out;
    proof::write_header(statement, out);
    out.put(*body);
    return Proven{out.take(), std::move(run_result->outputs),
                  compiled->circuit.rows[0] << compiled->circuit.log_columns[0],
                  circuit::log_leaves(compiled->circuit)};
}

} // namespace prover
