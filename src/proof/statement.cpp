#include "proof/statement.hpp"

#include "model/shape.hpp"
#include "proof/reduction.hpp"

#include <algorithm>

namespace proof {
namespace {

constexpr std::string_view kMagic = "ZKPF";

std::unexpected<Error> syntax(const char* words) { return std::unexpected(Error{Refusal::syntax, words}); }
std::unexpected<Error> refused(const char* words) { return std::unexpected(Error{Refusal::statement, words}); }

std::optional<Digest> read_digest(base::Reader& in)
{
    const auto raw = in.take(sizeof(Digest));
    if (!raw)
        return std::nullopt;
    Digest digest;
    std::ranges::copy(*raw, digest.begin());
    return digest;
}

/// A flag and, unless private, the tensor's values.
std::expected<void, Error> read_tensor(base::Reader& in, uint64_t count, Flag& flag, std::vector<K>& values)
{
    const auto byte = in.get<uint8_t>();
    if (!byte)
        return syntax("the proof ends early");
    if (*byte > uint8_t(Flag::masked))
        return refused("an unknown visibility flag");
    flag = Flag(*byte);
    if (flag == Flag::hidden)
        return {};
    if (in.left() / sizeof(uint32_t) < count)
        return syntax("the proof ends early");
    values.reserve(count);
    for (uint64_t i = 0; i != count; ++i)
    {
        const auto element = K::from_canonical(*in.get<uint32_t>());
        if (!element)
            return syntax("a public value is not a field element");
        values.push_back(*element);
    }
    return {};
}

} // namespace

std::string_view name_of(Refusal refusal)
{
    switch (refusal)
    {
    case Refusal::syntax:
        return "syntax";
    case Refusal::statement:
        return "statement";
    case Refusal::challenge:
        return "challenge";
    case Refusal::nonce:
        return "nonce";
    case Refusal::path:
        return "path";
    case Refusal::base_claim:
        return "base claim";
    case Refusal::base_codeword:
        return "base codeword";
    }
    return "unknown";
}

void observe(const Statement& statement, transcript::Transcript& transcript)
{
    const auto& profile = statement.profile;
    transcript.observe_bytes("protocol", base::view("zkp proof 1"));
    transcript.observe_integers("profile", std::array<uint64_t, 3>{profile.code, profile.lambda, profile.grind});
    transcript.observe_bytes("context", statement.context);
    transcript.observe_integer("kind", uint64_t(statement.kind));
    transcript.observe_digest("model", statement.model_id);
    transcript.observe_integer("epoch", statement.epoch);
    transcript.observe_digest("weights", statement.weights);
    if (statement.fresh)
        transcript.observe_digest("fresh", *statement.fresh);
    transcript.observe_integer("batch", statement.batch);
    for (size_t t = 0; t != statement.flags.size(); ++t)
    {
        transcript.observe_integer("flag", uint64_t(statement.flags[t]));
        if (statement.flags[t] != Flag::hidden)
            transcript.observe("values", statement.values[t]);
    }
    transcript.observe_integer("data", statement.data ? 1 : 0);
    if (statement.data)
    {
        transcript.observe_digest("data id", statement.data->data_id);
        transcript.observe_integer("row", statement.data->row);
    }
}

void write_header(const Statement& statement, base::Writer& out)
{
    out.put(base::view(kMagic));
    out.put(kVersion);
    out.put(statement.profile.code);
    out.put(uint8_t(statement.kind));
    out.put(statement.context);
    out.put(statement.model_id);
    out.put(statement.epoch);
    out.put(statement.weights);
    out.put(statement.batch);
    for (size_t t = 0; t != statement.flags.size(); ++t)
    {
        out.put(uint8_t(statement.flags[t]));
        if (statement.flags[t] != Flag::hidden)
            for (const auto value : statement.values[t])
                out.put(value.value());
    }
    out.put(uint8_t(statement.data.has_value()));
    if (statement.data)
    {
        out.put(statement.data->data_id);
        out.put(statement.data->row);
    }
}

std::expected<Statement, Error> read_header(base::Reader& in, const model::Graph& graph)
{
    const auto magic = in.take(kMagic.size());
    const auto version = in.get<uint16_t>();
    const auto profile = in.get<uint8_t>(), kind = in.get<uint8_t>();
    const auto context = read_digest(in), model_id = read_digest(in);
    const auto epoch = in.get<uint32_t>();
    const auto weights = read_digest(in);
    const auto batch = in.get<uint32_t>();
    if (in.failed())
        return syntax("the proof ends early");
    if (!std::ranges::equal(*magic, base::view(kMagic)))
        return refused("not a zkp proof file");
    if (*version != kVersion)
        return refused("a proof of another format version");
    if (*kind != uint8_t(Kind::inference))
        return refused("not a proof of an inference");
    if (*batch == 0 || *batch > circuit::kBatchMax)
        return refused("the batch size is out of bounds");

    Statement statement{.context = *context,
                        .model_id = *model_id,
                        .epoch = *epoch,
                        .weights = *weights,
                        .fresh = {},
                        .batch = *batch,
                        .values = {},
                        .data = {}};
    if (*profile == commit::kToy.code)
        statement.profile = commit::kToy;
    else if (*profile != commit::kP100.code)
        return refused("an unknown security profile");

    const std::array tensors{graph.input, graph.output};
    for (size_t t = 0; t != tensors.size(); ++t)
    {
        const auto count = model::elements(graph.tensors[tensors[t]].shape) * *batch;
        if (auto read = read_tensor(in, count, statement.flags[t], statement.values[t]); !read)
            return std::unexpected(read.error());
    }
    const auto has_data = in.get<uint8_t>();
    if (!has_data)
        return syntax("the proof ends early");
    if (*has_data > 1)
        return refused("an unknown data flag");
    if (*has_data == 1)
    {
        const auto id = read_digest(in);
        const auto row = in.get<uint32_t>();
        if (in.failed())
            return syntax("the proof ends early");
        statement.data = DataRow{*id, *row};
    }
    return statement;
}

std::expected<std::vector<commit::SourceShape>, Error> source_shapes(const commit::Profile& profile,
                                                                     const circuit::Circuit& circuit)
{
    std::vector<commit::SourceShape> shapes;
    for (const auto store : stores_of(circuit))
    {
        const auto a = circuit.log_columns[size_t(store)];
        const auto rows = circuit.rows[size_t(store)];
        const auto shape = store == circuit::Store::trace ? commit::trace_shape(profile, a, rows)
                                                          : commit::sealed_shape(profile, a, rows);
        if (!shape)
            return refused("the circuit is larger than the profile allows");
        shapes.push_back(*shape);
    }
    return shapes;
}

} // namespace proof
