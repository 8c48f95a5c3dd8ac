#include "artifact/operations.hpp"

#include "circuit/compile.hpp"
#include "model/shape.hpp"

#include <algorithm>
#include <array>

namespace artifact {
namespace {

constexpr uint32_t kPublicMode = 0644;
/// Registration, or the rotation that led to this root.
constexpr uint64_t kUsedAtBirth = 1;

void tell(const OnStep& on_step, std::string_view step)
{
    if (on_step)
        on_step(step);
}

/// Uses of a root that proofs may reach; one more is kept for the rotation.
uint64_t proof_limit(const ModelFile& file) { return kUsedAtBirth + commit::budget(file.shape()); }

Spend spend_of(const ModelFile& file, uint64_t limit, const char* renewal)
{
    return {.root = file.root(), .stamp = file.stamp(), .limit = limit, .masked_row = {}, .renewal = renewal};
}

/// What can be refused without having run the model.
std::expected<void, Error> check(const ModelFile& file, const prover::Request& request)
{
    const auto& graph = file.model().graph;
    const auto& input = graph.tensors[graph.input];
    if (request.output == circuit::Flag::masked && (!request.data || !request.data->identity.pads))
        return failed(Fault::unfit,
                      "a masked output needs a data set with one-time pads: zkp data commit --pad-output");
    if (request.data)
    {
        const auto& identity = request.data->identity;
        if (identity.schema != proof::schema_of(graph) || identity.profile != file.identity().profile)
            return failed(Fault::unfit, "the data set was committed for a model with another input encoding or output "
                                        "shape; commit it again with --like this model's identity");
        if (request.row >= identity.rows)
            return failed(Fault::unfit, "the data set has no row " + std::to_string(request.row) +
                                            "; its rows are 0 to " + std::to_string(identity.rows - 1));
        return {};
    }
    if (request.inputs.empty() || request.inputs.size() > circuit::kBatchMax)
        return failed(Fault::unfit,
                      "one proof covers 1 to " + std::to_string(circuit::kBatchMax) + " rows; split the input");
    const auto in_range = [&](int32_t code) { return input.range.lo <= code && code <= input.range.hi; };
    for (const auto& row : request.inputs)
        if (row.size() != model::elements(input.shape) || !std::ranges::all_of(row, in_range))
            return failed(Fault::unfit, "an input row does not fit the model's input; encode it for this model");
    return {};
}

} // namespace

std::expected<proof::Identity, Error> seal_model(const std::string& path, model::Model model,
                                                 const commit::Profile& profile, const Uses& uses,
                                                 crypto::Entropy& entropy, const OnStep& on_step)
{
    if (model.graph.weights.empty() && model.graph.biases.empty())
        return failed(Fault::unfit, "the model has no weights: there is nothing to keep private; run it as it is");
    tell(on_step, "committing the weights");
    const auto oracle = prover::commit_weights(model, profile, entropy);
    if (!oracle)
        return failed(Fault::unfit, oracle.error());
    if (const auto begun = uses.begin(oracle->root(), kUsedAtBirth); !begun)
        return std::unexpected(begun.error());

    tell(on_step, "proving the registration");
    proof::Identity identity{profile, std::move(model.graph), {{oracle->root(), {}}}};
    auto registration = prover::prove_registration(identity, model.weights, oracle->view(), entropy);
    if (!registration)
        return failed(Fault::unfit, registration.error());
    identity.epochs[0].proof = std::move(*registration);

    tell(on_step, "writing");
    auto staged = stage_model(path, identity, model.weights, oracle->view(), kUsedAtBirth);
    if (!staged)
        return std::unexpected(staged.error());
    if (const auto published = staged->publish(); !published)
        return failed(published.error());
    return identity;
}

std::expected<proof::Identity, Error> renew_model(const std::string& path, const ModelFile& file, const Uses& uses,
                                                  crypto::Entropy& entropy, const OnStep& on_step)
{
    const auto used = uses.read(file.root(), file.stamp());
    if (!used)
        return std::unexpected(used.error());
    if (file.identity().epochs.size() >= proof::kEpochsMax)
        return failed(Fault::uses, "this model was renewed as often as its identity can list; import it again");

    tell(on_step, "committing the weights");
    const auto oracle = prover::commit_weights(file.model(), file.identity().profile, entropy);
    if (!oracle)
        return failed(Fault::unfit, oracle.error());
    auto identity = file.identity();
    identity.epochs.push_back({oracle->root(), {}});
    tell(on_step, "proving the rotation");
    auto rotation =
        prover::prove_rotation(identity, file.model().weights, file.sealed().oracle, oracle->view(), entropy);
    if (!rotation)
        return failed(Fault::unfit, rotation.error());
    identity.epochs.back().proof = std::move(*rotation);

    // Staged first and counted then: a full disk must not cost the one use that is kept for this.
    tell(on_step, "writing");
    auto staged = stage_model(path, identity, file.model().weights, oracle->view(), kUsedAtBirth);
    if (!staged)
        return std::unexpected(staged.error());
    const std::array spends{spend_of(file, proof_limit(file) + 1,
                                     "its rotation too: import the model again, which gives it a new identity")};
    if (const auto spent = uses.spend(spends); !spent)
        return std::unexpected(spent.error());
    if (const auto begun = uses.begin(oracle->root(), kUsedAtBirth); !begun)
        return std::unexpected(begun.error());
    if (const auto published = staged->publish(); !published)
        return failed(published.error());
    return identity;
}

std::expected<proof::DataIdentity, Error> commit_data(const std::string& path, const std::string& identity_path,
                                                      const proof::Identity& like, std::span<const int32_t> codes,
                                                      uint32_t rows, bool output_pads, const Uses& uses,
                                                      crypto::Entropy& entropy)
{
    const auto committed = prover::commit_data(like.graph, like.profile, codes, rows, output_pads, entropy);
    if (!committed)
        return failed(Fault::unfit, committed.error());
    auto staged = stage_data(path, like, codes, *committed);
    if (!staged)
        return std::unexpected(staged.error());
    const auto identity_bytes = proof::encode(committed->identity);
    const std::array<base::ByteView, 1> parts{identity_bytes};
    auto staged_identity = env::StagedFile::write(identity_path, parts, kPublicMode);
    if (!staged_identity)
        return failed(staged_identity.error());
    if (const auto begun = uses.begin(committed->identity.root, 0); !begun)
        return std::unexpected(begun.error());
    for (auto* file : {&*staged, &*staged_identity})
        if (const auto published = file->publish(); !published)
            return failed(published.error());
    return committed->identity;
}

std::expected<uint64_t, Error> proofs_left(const ModelFile& file, const Uses& uses)
{
    const auto used = uses.read(file.root(), file.stamp());
    if (!used)
        return std::unexpected(used.error());
    const auto limit = proof_limit(file);
    return used->count >= limit ? 0 : limit - used->count;
}

std::expected<prover::Proven, Error> prove_file(const ModelFile& file, const prover::Request& request, const Uses& uses,
                                                crypto::Entropy& entropy, const std::string& path)
{
    if (const auto fits = check(file, request); !fits)
        return std::unexpected(fits.error());
    std::vector<Spend> spends{spend_of(file, proof_limit(file), "run zkp model renew for a fresh commitment")};
    if (request.data)
    {
        const auto& data = *request.data;
        const auto shape =
            data_shape(file.model().graph, data.identity.profile, data.identity.rows, data.identity.pads);
        if (!shape)
            return std::unexpected(shape.error());
        spends.push_back({.root = data.identity.root,
                          .stamp = 0,
                          .limit = commit::budget(*shape),
                          .masked_row = {},
                          .renewal = "commit the data set again for a fresh commitment"});
        if (request.output == circuit::Flag::masked)
            spends.back().masked_row = request.row;
    }
    if (const auto spent = uses.spend(spends); !spent)
        return std::unexpected(spent.error());

    auto proven = prover::prove(file.sealed(), request, entropy);
    if (!proven)
        return failed(Fault::unfit, proven.error());
    const std::array<base::ByteView, 1> parts{proven->file};
    if (const auto written = env::write_file(path, parts, kPublicMode); !written)
        return failed(written.error());
    return std::move(*proven);
}

std::expected<std::vector<int32_t>, Error> open_output(const DataFile& file, const model::Graph& graph,
                                                       base::ByteView proof)
{
    const auto& data = file.data();
    base::Reader in(proof);
    const auto statement = proof::read_header(in, graph);
    if (!statement)
        return failed(Fault::unfit, "not a proof about this data set: " + statement.error().words);
    if (!statement->data || statement->data->data_id != proof::data_id(data.identity) ||
        statement->data->row >= data.identity.rows || statement->batch != 1)
        return failed(Fault::unfit, "the proof is not about a row of this data set");
    if (statement->flags[1] != circuit::Flag::masked || !data.identity.pads)
        return failed(Fault::unfit, "the proof's output is not masked; nothing is to be opened");

    const auto& output = graph.tensors[graph.output];
    const auto width = model::elements(output.shape);
    std::vector<int32_t> codes;
    for (size_t i = 0; i != width; ++i)
    {
        using K = circuit::K;
        const auto element = statement->values[1][i] - data.pads[statement->data->row * width + i];
        const auto canonical = int64_t{element.value()};
        const auto code = canonical > int64_t{K::kModulus} / 2 ? canonical - int64_t{K::kModulus} : canonical;
        if (code < output.range.lo || code > output.range.hi)
            return failed(Fault::unfit,
                          "the masked output was not made with this data set's pads; the proof is forged");
        codes.push_back(int32_t(code));
    }
    return codes;
}

} // namespace artifact
