#include "proof/identity.hpp"

#include "crypto/blake3.hpp"
#include "model/codec.hpp"
#include "model/interval.hpp"
#include "proof/verify.hpp"

#include <algorithm>
#include <bit>

namespace proof {
namespace {

constexpr std::string_view kModelMagic = "ZKPI", kDataMagic = "ZKPD";
constexpr uint64_t kProofBytesMax = uint64_t{1} << 26;

std::unexpected<Error> syntax(std::string words) { return std::unexpected(Error{Refusal::syntax, std::move(words)}); }
std::unexpected<Error> refused(std::string words)
{
    return std::unexpected(Error{Refusal::statement, std::move(words)});
}

std::expected<commit::Profile, Error> read_profile(base::Reader& in, std::string_view magic)
{
    const auto head = in.take(magic.size());
    const auto version = in.get<uint16_t>();
    const auto profile = in.get<uint8_t>();
    if (in.failed())
        return syntax("the file ends early");
    if (!std::ranges::equal(*head, base::view(magic)))
        return refused("not a file of this kind");
    if (*version != kVersion)
        return refused("a file of another format version");
    if (*profile == commit::kP100.code)
        return commit::kP100;
    if (*profile == commit::kToy.code)
        return commit::kToy;
    return refused("an unknown security profile");
}

std::optional<Digest> read_digest(base::Reader& in)
{
    const auto raw = in.take(sizeof(Digest));
    if (!raw)
        return std::nullopt;
    Digest digest;
    std::ranges::copy(*raw, digest.begin());
    return digest;
}

void put_sized(base::Writer& out, ByteView bytes)
{
    out.put(uint64_t{bytes.size()});
    out.put(bytes);
}

std::optional<ByteView> take_sized(base::Reader& in)
{
    const auto size = in.get<uint64_t>();
    return size && *size <= in.left() ? in.take(size_t(*size)) : std::nullopt;
}

} // namespace

Digest model_id(const Identity& identity)
{
    base::Writer out;
    out.put(kVersion);
    out.put(identity.profile.code);
    put_sized(out, model::encode_graph(identity.graph));
    out.put(identity.epochs.front().root);
    return crypto::derive_key("zkp model id v1", out.bytes());
}

Bytes encode(const Identity& identity)
{
    base::Writer out;
    out.put(base::view(kModelMagic));
    out.put(kVersion);
    out.put(identity.profile.code);
    put_sized(out, model::encode_graph(identity.graph));
    out.put(uint32_t(identity.epochs.size()));
    for (const auto& epoch : identity.epochs)
    {
        out.put(epoch.root);
        put_sized(out, epoch.proof);
    }
    return out.take();
}

std::expected<Identity, Error> decode_identity(ByteView bytes)
{
    base::Reader in(bytes);
    const auto profile = read_profile(in, kModelMagic);
    if (!profile)
        return std::unexpected(profile.error());
    const auto graph_bytes = take_sized(in);
    if (!graph_bytes)
        return syntax("the model identity ends early");
    auto graph = model::decode_graph(*graph_bytes);
    if (!graph)
        return refused("the model identity's graph: " + graph.error().words);
    Identity identity{.profile = *profile, .graph = std::move(*graph), .epochs = {}};
    const auto count = in.get<uint32_t>();
    if (!count)
        return syntax("the model identity ends early");
    if (*count == 0 || *count > kEpochsMax)
        return refused("the number of epochs is out of bounds");
    for (uint32_t e = 0; e != *count; ++e)
    {
        const auto root = read_digest(in);
        const auto proof = root ? take_sized(in) : std::nullopt;
        if (!proof || proof->size() > kProofBytesMax)
            return syntax("the model identity ends early");
        identity.epochs.push_back({*root, Bytes(proof->begin(), proof->end())});
    }
    if (!in.at_end())
        return syntax("bytes after the end of the model identity");
    return identity;
}

Statement registration_statement(const Identity& identity)
{
    return {.profile = identity.profile,
            .kind = Kind::registration,
            .model_id = model_id(identity),
            .epoch = 0,
            .weights = identity.epochs.front().root,
            .fresh = {},
            .values = {},
            .data = {}};
}

Statement rotation_statement(const Identity& identity, uint32_t from_epoch)
{
    return {.profile = identity.profile,
            .kind = Kind::rotation,
            .model_id = model_id(identity),
            .epoch = from_epoch,
            .weights = identity.epochs[from_epoch].root,
            .fresh = identity.epochs[from_epoch + 1].root,
            .values = {},
            .data = {}};
}

std::expected<void, Error> verify(const Identity& identity, Toy toy)
{
    if (identity.profile == commit::kToy && toy == Toy::refuse)
        return refused("the model identity's security profile is for tests only");
    if (const auto sound = model::check_declared(identity.graph); !sound)
        return refused(sound.error().words);
    const auto check = [](const std::expected<circuit::Compiled, circuit::CompileError>& compiled,
                          const Statement& statement, const Bytes& proof) -> std::expected<void, Error> {
        if (!compiled)
            return refused(compiled.error().words);
        return verify_body(compiled->circuit, statement, {}, proof);
    };
    if (auto ok = check(circuit::compile_registration(identity.graph), registration_statement(identity),
                        identity.epochs.front().proof);
        !ok)
        return ok;
    if (identity.epochs.size() == 1)
        return {};
    const auto rotation = circuit::compile_rotation(identity.graph);
    for (uint32_t e = 0; e + 1 != identity.epochs.size(); ++e)
        if (auto ok = check(rotation, rotation_statement(identity, e), identity.epochs[e + 1].proof); !ok)
            return ok;
    return {};
}

Digest schema_of(const model::Graph& graph)
{
    base::Writer out;
    const auto put_shape = [&](const std::vector<uint32_t>& shape) {
        out.put(uint32_t(shape.size()));
        for (const auto n : shape)
            out.put(n);
    };
    const auto put_reals = [&](const std::vector<double>& values) {
        out.put(uint32_t(values.size()));
        for (const auto value : values)
            out.put(std::bit_cast<uint64_t>(value));
    };
    const auto& input = graph.tensors[graph.input];
    put_shape(input.shape);
    out.put(uint64_t(input.range.lo));
    out.put(uint64_t(input.range.hi));
    put_reals(graph.encoding.scale);
    put_reals(graph.encoding.offset);
    put_shape(graph.tensors[graph.output].shape);
    return crypto::derive_key("zkp data schema v1", out.bytes());
}

Bytes encode(const DataIdentity& data)
{
    base::Writer out;
    out.put(base::view(kDataMagic));
    out.put(kVersion);
    out.put(data.profile.code);
    out.put(data.root);
    out.put(data.rows);
    out.put(uint8_t(data.pads));
    out.put(data.schema);
    return out.take();
}

Digest data_id(const DataIdentity& data) { return crypto::derive_key("zkp data id v1", encode(data)); }

std::expected<DataIdentity, Error> decode_data_identity(ByteView bytes)
{
    base::Reader in(bytes);
    const auto profile = read_profile(in, kDataMagic);
    if (!profile)
        return std::unexpected(profile.error());
    const auto root = read_digest(in);
    const auto rows = in.get<uint32_t>();
    const auto pads = in.get<uint8_t>();
    const auto schema = read_digest(in);
    if (in.failed())
        return syntax("the data identity ends early");
    if (*pads > 1 || *rows == 0)
        return refused("the data identity's fields are out of bounds");
    if (!in.at_end())
        return syntax("bytes after the end of the data identity");
    return DataIdentity{*profile, *root, *rows, *pads == 1, *schema};
}

} // namespace proof
