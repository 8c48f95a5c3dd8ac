#include "artifact/estimate.hpp"
#include "artifact/operations.hpp"
#include "commands.hpp"
#include "env/entropy.hpp"
#include "files.hpp"
#include "progress.hpp"
#include "proof/verify.hpp"
#include "words.hpp"

#include <array>
#include <string_view>

/// `zkp model inspect`, `publish` and `renew`.
namespace cmd {
namespace {

constexpr std::string_view kIdentityMagic = "ZKPI";
constexpr uint32_t kPublicMode = 0644;

bool is_identity(base::ByteView bytes)
{
    return bytes.size() >= kIdentityMagic.size() &&
           std::ranges::equal(bytes.first(kIdentityMagic.size()), base::view(kIdentityMagic));
}

/// What m.id says, whoever holds it.
Report describe_identity(const proof::Identity& identity)
{
    const auto graph = describe(identity.graph);
    const auto id = artifact::hex(proof::model_id(identity));
    Report report;
    report.text = "  ModelId     " + id + "\n  epochs      " + count(identity.epochs.size()) + ", root " +
                  artifact::hex(identity.epochs.back().root) + "\n" + graph.text;
    report.json = {{"model_id", id},
                   {"epochs", identity.epochs.size()},
                   {"root", artifact::hex(identity.epochs.back().root)},
                   {"graph", graph.json}};
    return report;
}

Answer inspect_identity(const std::string& path)
{
    const auto identity = read_identity(path);
    if (!identity)
        return std::unexpected(identity.error());
    auto report = describe_identity(*identity);
    if (const auto verified = proof::verify(*identity); !verified)
        return refused(path + ": the weights are not proven to be in range: " + verified.error().words);
    report.text = "model identity, registration verified\n" + report.text;
    report.json["registration"] = "verified";
    return report;
}

} // namespace

Answer run(const ModelInspect& options)
{
    // The first bytes say which of the two kinds it is; a sealed model is mapped, not read.
    if (const auto mapped = env::MappedFile::open(options.model); !mapped)
        return usage(mapped.error().words);
    else if (is_identity(mapped->bytes()))
        return inspect_identity(options.model);

    const auto file = artifact::ModelFile::open(options.model);
    if (!file)
        return refused(file.error());
    const auto one = artifact::estimate_inference(file->model().graph, file->identity().profile, 1);
    if (!one)
        return refused(one.error());
    auto report = describe_identity(file->identity());
    const auto budget = commit::budget(file->shape());
    report.text = "sealed model (" + bytes(size_of(options.model)) + ")\n" + report.text + "  one proof   " +
                  count(one->work_units) + " work units; predicted " + seconds(one->seconds) + ", " +
                  bytes(one->memory_bytes) + " of memory, a proof of " + bytes(one->proof_bytes) + "\n";
    report.json["prediction"] = {{"work_units", one->work_units},
                                 {"seconds", one->seconds},
                                 {"memory_bytes", one->memory_bytes},
                                 {"proof_bytes", one->proof_bytes}};
    report.json["proofs_per_root"] = budget;
    const auto uses = artifact::Uses::open();
    const auto left = uses ? artifact::proofs_left(*file, *uses) : std::unexpected(uses.error());
    report.json["proofs_left"] = left ? Json(*left) : Json(nullptr);
    report.text += left ? "  budget      " + count(*left) + " of " + count(budget) + " proofs left on this root\n"
                        : "  budget      unknown: " + left.error().words + "\n";
    return report;
}

Answer run(const ModelPublish& options)
{
    const auto file = artifact::ModelFile::open(options.model);
    if (!file)
        return refused(file.error());
    const auto encoded = proof::encode(file->identity());
    const std::array<base::ByteView, 1> parts{encoded};
    if (const auto written = env::write_file(options.out, parts, kPublicMode); !written)
        return refused(written.error().words);
    const auto id = artifact::hex(proof::model_id(file->identity()));
    Report report;
    report.text = "published " + options.out + " (" + bytes(encoded.size()) +
                  ", no weights in it): give it to verifiers\n" + "  ModelId     " + id + "\n";
    report.json = {{"model_id", id},
                   {"file", options.out},
                   {"file_bytes", encoded.size()},
                   {"epochs", file->identity().epochs.size()}};
    return report;
}

Answer run(const ModelRenew& options)
{
    const auto file = artifact::ModelFile::open(options.model);
    if (!file)
        return refused(file.error());
    const auto uses = artifact::Uses::open();
    if (!uses)
        return refused(uses.error());
    const auto cost = artifact::estimate_rotation(file->model().graph, file->identity().profile);
    if (!cost)
        return refused(cost.error());
    Progress progress("renewing", cost->seconds, double(cost->work_units), "work units");
    env::OsEntropy entropy;
    const auto identity = artifact::renew_model(options.model, *file, *uses, entropy,
                                                [&](std::string_view step) { progress.step(step); });
    if (!identity)
        return refused(identity.error());
    const auto budget = commit::budget(file->shape());
    Report report;
    report.text = "renewed " + options.model + ": epoch " + std::to_string(identity->epochs.size() - 1) +
                  ", good for " + count(budget) + " proofs; same ModelId\n  publish it again: zkp model publish " +
                  options.model + " -o m.id\n";
    report.json = {{"model_id", artifact::hex(proof::model_id(*identity))},
                   {"epoch", identity->epochs.size() - 1},
                   {"root", artifact::hex(identity->epochs.back().root)},
                   {"proofs_left", budget}};
    return report;
}

} // namespace cmd
