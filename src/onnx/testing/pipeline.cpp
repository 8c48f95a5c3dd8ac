#include "onnx/testing/pipeline.hpp"

#include "model/evaluate.hpp"
#include "model/interval.hpp"
#include "model/validate.hpp"
#include "onnx/fuse.hpp"
#include "onnx/lower.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace onnx::testing {

base::Bytes read_file(const std::filesystem::path& path)
{
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::expected<Pipeline, std::string> Pipeline::make(base::ByteView file, const Array& samples,
                                                    const ImportOptions& options)
{
    const auto source = parse(file);
    if (!source)
        return std::unexpected(source.error().words);
    auto translated = translate(*source, options.translate);
    if (!translated)
        return std::unexpected(translated.error().words);
    if (!translated->unsupported.empty())
        return std::unexpected(translated->unsupported.front().type + ": " + translated->unsupported.front().reason);

    Pipeline result;
    result.graph = fuse(without_dead_parts(std::move(translated->graph)));
    const std::vector<double> values(samples.reals.begin(), samples.reals.end());
    Samples rows{.width = elements(result.graph.tensors[result.graph.input].shape),
                 .values = before(result.graph, values)};
    encode_by_feature(result.graph, rows, options.encoding);
    result.graph = lower(std::move(result.graph));
    const auto calibration = calibrate(result.graph, rows, options.percentile);
    if (calibration.not_finite)
        return std::unexpected("NaN or infinities");
    auto quantised = quantise(result.graph, calibration, options.quantise);
    if (!quantised)
        return std::unexpected(quantised.error().words);
    const auto valid = model::validate(quantised->model.graph, quantised->model.weights);
    EXPECT_TRUE(valid.has_value()) << valid.error().words;
    const auto fits = model::check_actual(quantised->model);
    EXPECT_TRUE(fits.has_value()) << fits.error().words;
    result.quantised = std::move(*quantised);
    return result;
}

Pipeline::Result Pipeline::run(const std::vector<double>& x) const
{
    const auto& integer = quantised.model;
    const auto input = before(graph, x);
    const auto exact = evaluate(graph, input);
    const auto codes = model::encode_input(integer.graph, x);
    EXPECT_TRUE(codes.has_value());
    const auto evaluation = model::evaluate(integer, *codes);
    EXPECT_TRUE(evaluation.has_value()) << evaluation.error().words;
    const auto bounds = ErrorBound{graph, quantised}(input, evaluation->tensors);
    const auto& y = exact[graph.output];
    const auto& e = bounds[graph.output];
    return {{y.begin(), y.end()},
            model::decode_output(integer.graph, evaluation->tensors[graph.output]),
            {e.begin(), e.end()}};
}

} // namespace onnx::testing
