#include "artifact/model_file.hpp"

#include "artifact/container.hpp"
#include "artifact/sealed_oracle.hpp"
#include "crypto/random.hpp"
#include "model/codec.hpp"
#include "model/interval.hpp"
#include "model/validate.hpp"

#include <algorithm>
#include <array>

namespace artifact {
namespace {

constexpr std::string_view kMagic = "ZKPM";
constexpr uint32_t kPrivate = 0600;

struct Contents
{
    proof::Identity identity;
    model::Model model;
    commit::SourceShape shape;
    commit::Oracle oracle;
    uint64_t stamp;
};

std::expected<Contents, Error> read(ByteView bytes)
{
    const auto sections = unpack(bytes, kMagic, 3, kOracleSections);
    if (!sections)
        return std::unexpected(sections.error());
    auto identity = proof::decode_identity(sections->small[0]);
    if (!identity)
        return failed(Fault::damaged, "damaged: " + identity.error().words + "; import the model again");
    auto weights = model::decode_weights(identity->graph, sections->small[1]);
    if (!weights)
        return failed(Fault::damaged, "damaged: " + weights.error().words + "; import the model again");
    base::Reader secret(sections->small[2]);
    const auto salt = secret.take(sizeof(base::Digest));
    const auto stamp = secret.get<uint64_t>();
    if (!secret.at_end())
        return failed(Fault::damaged, "damaged: its secrets have another size; import the model again");

    model::Model model{identity->graph, std::move(*weights)};
    if (const auto fits = model::check_declared(model.graph); !fits)
        return failed(Fault::damaged, "cannot be proven: " + fits.error().words);
    if (const auto fits = model::check_actual(model); !fits)
        return failed(Fault::damaged, "cannot be proven: " + fits.error().words);
    const auto size = prover::sealed_size(model.graph, identity->profile);
    if (!size)
        return failed(Fault::damaged, "cannot be proven: " + size.error());
    base::Digest salt_seed;
    std::ranges::copy(*salt, salt_seed.begin());
    const auto oracle = oracle_from(size->shape, identity->epochs.back().root, salt_seed, sections->large);
    if (!oracle)
        return std::unexpected(oracle.error());
    return Contents{std::move(*identity), std::move(model), size->shape, *oracle, *stamp};
}

} // namespace

std::expected<ModelFile, Error> ModelFile::open(const std::string& path)
{
    auto file = env::MappedFile::open(path);
    if (!file)
        return failed(file.error());
    auto contents = read(file->bytes());
    if (!contents)
        return failed(contents.error().fault, path + " (a sealed model, .zkm, is wanted): " + contents.error().words);
    return ModelFile(std::move(*file), std::move(contents->identity), std::move(contents->model), contents->shape,
                     contents->oracle, contents->stamp);
}

std::expected<env::StagedFile, Error> stage_model(const std::string& path, const proof::Identity& identity,
                                                  const model::Weights& weights, const commit::Oracle& oracle,
                                                  uint64_t stamp)
{
    const auto public_bytes = proof::encode(identity);
    const auto weight_bytes = model::encode_weights(weights);
    base::Writer secret;
    secret.put(oracle.salt_seed);
    secret.put(stamp);
    auto secret_bytes = secret.take();
    const std::array<ByteView, 3> small{public_bytes, weight_bytes, secret_bytes};
    const auto large = oracle_sections(oracle);
    const Packed packed(kMagic, small, large);
    auto staged = env::StagedFile::write(path, packed.parts(), kPrivate);
    crypto::wipe(secret_bytes);
    if (!staged)
        return failed(staged.error());
    return std::move(*staged);
}

} // namespace artifact
