#include "onnx/import.hpp"

#include "base/invariant.hpp"
#include "base/parallel.hpp"
#include "model/evaluate.hpp"
#include "model/interval.hpp"
#include "model/shape.hpp"
#include "model/validate.hpp"
#include "onnx/fuse.hpp"
#include "onnx/lower.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

namespace onnx {
namespace {

std::string dimensions(std::span<const uint32_t> shape)
{
    std::string text;
    for (const auto dim : shape)
        text += (text.empty() ? "" : ", ") + std::to_string(dim);
    return "(" + text + ")";
}

Error calibration_error(std::string words) { return {Refusal::calibration, "", std::move(words)}; }

/// The operators of a file as a float graph, or the refusal with everything that is unsupported.
std::expected<FloatGraph, ImportError> read_graph(base::ByteView file, const TranslateOptions& options, Report& report)
{
    const auto refuse = [&](Error error) { return std::unexpected(ImportError{std::move(error), report}); };
    const auto source = parse(file);
    if (!source)
        return refuse(source.error());
    report.producer = source->producer;
    report.opset = source->opset;
    auto translated = translate(*source, options);
    if (!translated)
        return refuse(translated.error());
    report.operators = std::move(translated->operators);
    report.unsupported = std::move(translated->unsupported);
    report.notes = std::move(translated->notes);
    report.input_shape = translated->graph.tensors[translated->graph.input].shape;
    if (report.unsupported.empty())
    {
        report.operations = operations(translated->graph);
        return std::move(translated->graph);
    }
    const auto& first = report.unsupported.front();
    const auto count = report.unsupported.size();
    return refuse({Refusal::unsupported, first.node,
                   (count == 1 ? "1 operator cannot be proven, "
                               : std::to_string(count) + " operators cannot be proven, the first is ") +
                       first.type + " '" + first.node + "': " + first.reason +
                       "; replace it by a form listed in docs/specs/model.md section 6 and export again"});
}

Samples samples_of(const FloatGraph& graph, std::span<const double> values)
{
    const auto width = elements(graph.tensors[graph.input].shape);
    return {.width = width, .values = before(graph, values)};
}

/// Largest and mean difference and the share of equal classes, summed over samples.
struct Comparison
{
    double error_max = 0, error_sum = 0, output_max = 0;
    size_t elements = 0, agreed = 0;

    void add(const Comparison& other)
    {
        error_max = std::max(error_max, other.error_max);
        error_sum += other.error_sum;
        output_max = std::max(output_max, other.output_max);
        elements += other.elements;
        agreed += other.agreed;
    }
};

Comparison compare(const model::Graph& graph, std::span<const float> expected, std::span<const double> actual)
{
    Comparison result;
    std::vector<double> exact(expected.begin(), expected.end());
    for (size_t i = 0; i != exact.size(); ++i)
    {
        const auto error = std::fabs(actual[i] - exact[i]);
        result.error_max = std::max(result.error_max, error);
        result.error_sum += error;
        result.output_max = std::max(result.output_max, std::fabs(exact[i]));
    }
    result.elements = exact.size();
    result.agreed = class_of(graph.reading, exact) == class_of(graph.reading, actual);
    return result;
}

Accuracy measure(const model::Model& model, std::span<const double> inputs,
                 const std::vector<std::vector<float>>& outputs)
{
    const auto width = model::elements(model.graph.tensors[model.graph.input].shape);
    Comparison total;
    std::mutex mutex;
    base::parallel(outputs.size(), 1, [&](size_t begin, size_t end) {
        Comparison part;
        for (size_t i = begin; i != end; ++i)
        {
            const auto codes = model::encode_input(model.graph, inputs.subspan(i * width, width));
            base::invariant(codes.has_value()); // records() let only finite numbers through
            const auto evaluation = model::evaluate(model, *codes);
            base::invariant(evaluation.has_value()); // check_actual() holds
            const auto output = model::decode_output(model.graph, evaluation->tensors[model.graph.output]);
            part.add(compare(model.graph, outputs[i], output));
        }
        const std::lock_guard lock{mutex};
        total.add(part);
    });
    const auto classes = outputs[0].size();
    const bool is_sign = model.graph.reading == model::Reading::sigmoid_label;
    return {.samples = outputs.size(),
            .error_max = total.error_max,
            .error_mean = total.error_sum / double(total.elements),
            .output_max = total.output_max,
            .class_agreement = double(total.agreed) / double(outputs.size()),
            .has_classes = is_sign || (classes > 1 && model.graph.reading != model::Reading::values)};
}

/// The model's own checks: what quantise() promises, and what a file may still break (too many nodes or tensors).
std::expected<void, Error> check(const model::Model& model)
{
    if (const auto valid = model::validate(model.graph, model.weights); !valid)
        return std::unexpected(Error{Refusal::quantisation, "", valid.error().words});
    if (const auto fits = model::check_declared(model.graph); !fits)
        return std::unexpected(Error{Refusal::quantisation, "", fits.error().words});
    if (const auto fits = model::check_actual(model); !fits)
        return std::unexpected(Error{Refusal::quantisation, "", fits.error().words});
    return {};
}

uint64_t parameters_of(const model::Weights& weights)
{
    uint64_t total = 0;
    for (const auto& values : weights.weights)
        total += values.size();
    for (const auto& values : weights.biases)
        total += values.size();
    return total;
}

} // namespace

size_t class_of(model::Reading reading, std::span<const double> output)
{
    if (reading == model::Reading::sigmoid_label)
        return output[0] > 0 ? 1 : 0;
    return size_t(std::ranges::max_element(output) - output.begin());
}

std::expected<std::vector<double>, Error> records(const npy::Array& array, const std::vector<uint32_t>& shape)
{
    const auto width = model::elements(shape);
    const auto total = array.values.size();
    // A record may come without batch, with batch, and with any dimensions of size 1 in between.
    std::vector<uint64_t> given = array.shape, wanted(shape.begin(), shape.end());
    const auto is_one = [](uint64_t d) { return d == 1; };
    const auto rows = width == 0 ? 0 : total / width;
    std::erase_if(given, is_one);
    std::erase_if(wanted, is_one);
    auto batched = wanted;
    if (rows != 1)
        batched.insert(batched.begin(), rows);
    if (total == 0)
        return std::unexpected(calibration_error("the samples are empty; give at least one row"));
    if (given != wanted && given != batched)
        return std::unexpected(calibration_error(
            "the samples do not fit the model's input; give an array of shape (rows, " + dimensions(shape).substr(1)));
    if (!std::ranges::all_of(array.values, [](double x) { return std::isfinite(x); }))
        return std::unexpected(calibration_error("the samples hold NaN or infinite numbers; remove those rows"));
    return array.values;
}

std::expected<Imported, ImportError> import_model(base::ByteView file, const npy::Array& calibration,
                                                  const ImportOptions& options)
{
    Report report;
    const auto refuse = [&](Error error) { return std::unexpected(ImportError{std::move(error), report}); };
    auto graph = read_graph(file, options.translate, report);
    if (!graph)
        return std::unexpected(graph.error());
    if (report.operations > options.operations_max)
        return refuse({Refusal::too_large, "",
                       "one evaluation takes " + std::to_string(report.operations) + " operations, more than " +
                           std::to_string(options.operations_max) + "; export a smaller model"});
    const auto shape = graph->tensors[graph->input].shape;
    auto inputs = records(calibration, shape);
    if (!inputs)
        return refuse(inputs.error());
    if (const auto kept = options.samples_max * model::elements(shape); inputs->size() > kept)
        inputs->resize(kept);

    *graph = fuse(without_dead_parts(std::move(*graph)));
    auto samples = samples_of(*graph, *inputs);
    encode_by_feature(*graph, samples, options.encoding);
    *graph = lower(std::move(*graph));
    const auto ranges = calibrate(*graph, samples, options.percentile);
    if (ranges.not_finite)
        return refuse({Refusal::not_finite, graph->tensors[*ranges.not_finite].name,
                       "the float model reaches NaN or infinity at '" + graph->tensors[*ranges.not_finite].name +
                           "' on the samples; check both"});
    auto quantised = quantise(*graph, ranges, options.quantise);
    if (!quantised)
        return refuse(quantised.error());
    if (const auto checked = check(quantised->model); !checked)
        return refuse(checked.error());

    report.layers = std::move(quantised->layers);
    report.parameters = parameters_of(quantised->model.weights);
    report.accuracy = measure(quantised->model, *inputs, ranges.outputs);
    return Imported{std::move(quantised->model), std::move(report)};
}

std::expected<Report, ImportError> inspect(base::ByteView file, const TranslateOptions& options)
{
    Report report;
    const auto graph = read_graph(file, options, report);
    if (!graph)
        return std::unexpected(graph.error());
    return report;
}

} // namespace onnx
