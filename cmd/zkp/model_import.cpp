#include "artifact/estimate.hpp"
#include "artifact/operations.hpp"
#include "commands.hpp"
#include "env/entropy.hpp"
#include "files.hpp"
#include "model/validate.hpp"
#include "onnx/import.hpp"
#include "progress.hpp"
#include "words.hpp"

#include <cstdio>

/// `zkp model import`: what will be proven, at what price, before anything is proven.
namespace cmd {
namespace {

using artifact::Estimate;

struct Estimates
{
    Estimate inference, registration, rotation;
    prover::SealedSize sealed;
};

Or<Estimates> estimate(const model::Graph& graph)
{
    const auto& profile = commit::kP100;
    const auto inference = artifact::estimate_inference(graph, profile, 1);
    const auto registration = artifact::estimate_registration(graph, profile);
    const auto rotation = artifact::estimate_rotation(graph, profile);
    for (const auto* each : {&inference, &registration, &rotation})
        if (!*each)
            return refused("the model cannot be proven: " + each->error().words);
    const auto sealed = prover::sealed_size(graph, profile);
    if (!sealed)
        return refused("the model cannot be proven: " + sealed.error());
    return Estimates{*inference, *registration, *rotation, *sealed};
}

/// Operators with their counts, the unsupported ones with names.
Outcome operators_of(const onnx::Report& report)
{
    Outcome result;
    result.json = {{"producer", onnx::printable(report.producer)},
                   {"opset", report.opset},
                   {"operators", Json::object()},
                   {"unsupported", Json::array()}};
    result.text = "  file        opset " + std::to_string(report.opset) + ", written by " +
                  onnx::printable(report.producer) + "\n  operators  ";
    for (const auto& [type, number] : report.operators)
    {
        result.text += " " + onnx::printable(type) + " x " + std::to_string(number) + ",";
        result.json["operators"][onnx::printable(type)] = number;
    }
    result.text.back() = '\n';
    for (const auto& each : report.unsupported)
    {
        result.text += "  unsupported " + onnx::printable(each.type) + " '" + onnx::printable(each.node) +
                       "': " + each.reason + "\n";
        result.json["unsupported"].push_back(
            {{"node", onnx::printable(each.node)}, {"type", onnx::printable(each.type)}, {"reason", each.reason}});
    }
    return result;
}

Outcome accuracy_of(const onnx::Accuracy& accuracy)
{
    Outcome result;
    result.text = "  accuracy    beside the float model on " + count(accuracy.samples) +
                  " calibration rows: outputs differ by " + real(accuracy.error_mean) + " on average, at most " +
                  real(accuracy.error_max) + ", of up to " + real(accuracy.output_max);
    result.json = {{"samples", accuracy.samples},
                   {"error_mean", accuracy.error_mean},
                   {"error_max", accuracy.error_max},
                   {"output_max", accuracy.output_max}};
    if (accuracy.has_classes)
    {
        char share[32];
        std::snprintf(share, sizeof share, "%.2f %%", 100 * accuracy.class_agreement);
        result.text += "; same class in " + std::string(share);
        result.json["class_agreement"] = accuracy.class_agreement;
    }
    result.text += "\n";
    return result;
}

Outcome price_of(const Estimates& estimates)
{
    const auto& one = estimates.inference;
    Outcome result;
    result.text = "  one proof   " + count(one.work_units) + " work units; predicted " + seconds(one.seconds) + ", " +
                  bytes(one.memory_bytes) + " of memory, a proof of " + bytes(one.proof_bytes) + "\n" +
                  "  budget      the commitment to the weights hides them for " + count(estimates.sealed.proofs) +
                  " proofs; then zkp model renew, predicted " + seconds(estimates.rotation.seconds) +
                  ", m.id grows by " + bytes(estimates.rotation.proof_bytes) + "\n";
    result.json = {
        {"work_units", one.work_units},
        {"seconds", one.seconds},
        {"memory_bytes", one.memory_bytes},
        {"proof_bytes", one.proof_bytes},
        {"proofs_per_root", estimates.sealed.proofs},
        {"rotation", {{"seconds", estimates.rotation.seconds}, {"identity_bytes", estimates.rotation.proof_bytes}}}};
    return result;
}

/// Rough: every calibration row runs through the model a few times.
double import_seconds(size_t file_bytes, size_t rows)
{
    return double(file_bytes) / sizeof(float) * double(rows) * 3 / 2e9;
}

/// Names for the outputs: part of the graph, and so of the ModelId.
Or<void> set_labels(model::Graph& graph, const std::vector<std::string>& labels)
{
    if (labels.empty())
        return {};
    const auto last = graph.tensors[graph.output].shape.back();
    const size_t wanted = graph.reading == model::Reading::sigmoid_label ? 2 : last;
    if (labels.size() != wanted)
        return usage("--labels: " + count(labels.size()) + " names for " + count(wanted) +
                     " classes; give one for each");
    graph.labels = labels;
    if (const auto valid = model::validate(graph); !valid)
        return usage("--labels: " + valid.error().words);
    return {};
}

} // namespace

Answer run(const ModelImport& options)
{
    const auto file = read(options.onnx);
    if (!file)
        return std::unexpected(file.error());
    const auto calibration = read_array(options.calibration);
    if (!calibration)
        return std::unexpected(calibration.error());
    auto uses = artifact::Uses::open();
    if (!uses)
        return refused(uses.error());

    Outcome operators;
    std::expected<onnx::Imported, onnx::ImportError> imported;
    {
        const Progress progress("importing", import_seconds(file->size(), calibration->rows()),
                                double(calibration->rows()), "calibration rows");
        imported = onnx::import_model(*file, *calibration,
                                      {.translate = {}, .quantise = {}, .percentile = options.percentile});
    }
    if (!imported)
    {
        operators = operators_of(imported.error().report);
        const bool listed = !imported.error().report.unsupported.empty();
        return std::unexpected(Failure{Exit::refused, options.onnx + ": " + imported.error().error.words,
                                       listed ? operators.json : Json::object(), listed ? operators.text : ""});
    }
    if (const auto named = set_labels(imported->model.graph, options.labels); !named)
        return std::unexpected(named.error());
    const auto estimates = estimate(imported->model.graph);
    if (!estimates)
        return std::unexpected(estimates.error());

    operators = operators_of(imported->report);
    const auto graph = describe(imported->model.graph);
    const auto accuracy = accuracy_of(imported->report.accuracy);
    const auto price = price_of(*estimates);
    Progress progress("sealing", estimates->registration.seconds, double(estimates->registration.work_units),
                      "work units");
    env::OsEntropy entropy;
    const auto identity = artifact::seal_model(options.out, std::move(imported->model), commit::kP100, *uses, entropy,
                                               [&](std::string_view step) { progress.step(step); });
    if (!identity)
        return refused(identity.error());

    Report report;
    report.text =
        "sealed " + options.out + " (" + bytes(size_of(options.out)) + ", keep it to yourself)\n" + operators.text;
    for (const auto& note : imported->report.notes)
        report.text += "  left over   " + note + "\n";
    const auto id = artifact::hex(proof::model_id(*identity));
    report.text += graph.text + accuracy.text + price.text + "  ModelId     " + id + "\n";
    report.json = {{"model_id", id}, {"file", options.out}, {"file_bytes", size_of(options.out)}};
    report.json.update(operators.json);
    report.json["notes"] = imported->report.notes;
    report.json["graph"] = graph.json;
    report.json["accuracy"] = accuracy.json;
    report.json["prediction"] = price.json;
    return report;
}

} // namespace cmd
