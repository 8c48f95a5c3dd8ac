#include "artifact/data_file.hpp"

#include "artifact/container.hpp"
#include "artifact/sealed_oracle.hpp"
#include "circuit/compile.hpp"
#include "crypto/random.hpp"
#include "model/codec.hpp"
#include "model/shape.hpp"

#include <algorithm>
#include <array>

namespace artifact {
namespace {

using commit::K;

constexpr std::string_view kMagic = "ZKPR";
constexpr uint32_t kPrivate = 0600;

struct Contents
{
    model::Graph graph;
    base::Digest like;
    prover::SealedData data;
    size_t proofs;
};

std::unexpected<Error> damaged(const std::string& what)
{
    return failed(Fault::damaged, "damaged: " + what + "; commit the data set again");
}

/// Codes as they were written, or nothing if their number or one of them is out of bounds.
std::optional<std::vector<int32_t>> read_codes(ByteView bytes, const model::Tensor& input, uint32_t rows)
{
    if (bytes.size() != model::elements(input.shape) * rows * sizeof(uint16_t))
        return std::nullopt;
    std::vector<int32_t> codes;
    codes.reserve(bytes.size() / sizeof(uint16_t));
    base::Reader in(bytes);
    while (!in.at_end())
    {
        codes.push_back(int16_t(*in.get<uint16_t>()));
        if (codes.back() < input.range.lo || codes.back() > input.range.hi)
            return std::nullopt;
    }
    return codes;
}

std::optional<std::vector<K>> read_pads(ByteView bytes, uint64_t count)
{
    if (bytes.size() != count * sizeof(uint32_t))
        return std::nullopt;
    std::vector<K> pads;
    pads.reserve(count);
    base::Reader in(bytes);
    while (!in.at_end())
    {
        const auto pad = K::from_canonical(*in.get<uint32_t>());
        if (!pad)
            return std::nullopt;
        pads.push_back(*pad);
    }
    return pads;
}

std::expected<Contents, Error> read(ByteView bytes)
{
    const auto sections = unpack(bytes, kMagic, 5, kOracleSections);
    if (!sections)
        return std::unexpected(sections.error());
    const auto identity = proof::decode_data_identity(sections->small[0]);
    if (!identity)
        return damaged(identity.error().words);
    auto graph = model::decode_graph(sections->small[1]);
    if (!graph)
        return damaged(graph.error().words);
    if (identity->schema != proof::schema_of(*graph))
        return damaged("its graph is not the one it was committed for");
    auto codes = read_codes(sections->small[2], graph->tensors[graph->input], identity->rows);
    const auto outputs = identity->pads ? model::elements(graph->tensors[graph->output].shape) * identity->rows : 0;
    auto pads = read_pads(sections->small[3], outputs);
    base::Digest salt_seed, like;
    if (!codes || !pads || sections->small[4].size() != salt_seed.size() + like.size())
        return damaged("its values do not fit its size");
    std::ranges::copy(sections->small[4].first(salt_seed.size()), salt_seed.begin());
    std::ranges::copy(sections->small[4].last(like.size()), like.begin());
    const auto shape = data_shape(*graph, identity->profile, identity->rows, identity->pads);
    if (!shape)
        return std::unexpected(shape.error());
    const auto oracle = oracle_from(*shape, identity->root, salt_seed, sections->large);
    if (!oracle)
        return std::unexpected(oracle.error());
    return Contents{
        std::move(*graph), like, {*identity, std::move(*codes), std::move(*pads), *oracle}, commit::budget(*shape)};
}

} // namespace

std::expected<DataFile, Error> DataFile::open(const std::string& path)
{
    auto file = env::MappedFile::open(path);
    if (!file)
        return failed(file.error());
    auto contents = read(file->bytes());
    if (!contents)
        return failed(contents.error().fault,
                      path + " (a committed data set, .zkd, is wanted): " + contents.error().words);
    return DataFile(std::move(*file), std::move(contents->graph), contents->like, std::move(contents->data),
                    contents->proofs);
}

std::expected<env::StagedFile, Error> stage_data(const std::string& path, const proof::Identity& like,
                                                 std::span<const int32_t> codes, const prover::CommittedData& committed)
{
    base::Writer code_writer, pad_writer;
    for (const auto code : codes)
        code_writer.put(uint16_t(code));
    for (const auto pad : committed.pads)
        pad_writer.put(pad.value());
    const auto identity = proof::encode(committed.identity), graph_bytes = model::encode_graph(like.graph);
    auto code_bytes = code_writer.take(), pad_bytes = pad_writer.take();
    const auto oracle = committed.oracle.view();
    base::Writer secret;
    secret.put(oracle.salt_seed);
    secret.put(proof::model_id(like));
    auto secret_bytes = secret.take();
    const std::array<ByteView, 5> small{identity, graph_bytes, code_bytes, pad_bytes, secret_bytes};
    const auto large = oracle_sections(oracle);
    const Packed packed(kMagic, small, large);
    auto staged = env::StagedFile::write(path, packed.parts(), kPrivate);
    crypto::wipe(code_bytes);
    crypto::wipe(pad_bytes);
    crypto::wipe(secret_bytes);
    if (!staged)
        return failed(staged.error());
    return std::move(*staged);
}

std::expected<commit::SourceShape, Error> data_shape(const model::Graph& graph, const commit::Profile& profile,
                                                     uint32_t rows, bool pads)
{
    circuit::Options options;
    options.data = circuit::DataSource{.rows = rows, .pads = pads, .row = 0};
    const auto compiled = circuit::compile(graph, options);
    if (!compiled)
        return failed(Fault::unfit, compiled.error().words);
    constexpr auto kStore = size_t(circuit::Store::data);
    const auto shape =
        commit::sealed_shape(profile, compiled->circuit.log_columns[kStore], compiled->circuit.rows[kStore]);
    if (!shape)
        return failed(Fault::unfit, "the data set has more values than one commitment holds; split it");
    return *shape;
}

} // namespace artifact
