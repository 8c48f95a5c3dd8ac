// Files as real exporters write them (tests/models): imported, run, and compared with what onnxruntime answers.
#include "onnx/testing/pipeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace onnx {
namespace {

namespace fs = std::filesystem;

const fs::path kModels = ZKP_TEST_MODELS;

std::vector<std::string> names()
{
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(kModels))
        if (entry.path().extension() == ".onnx")
            result.push_back(entry.path().stem());
    std::ranges::sort(result);
    return result;
}

/// Why an import must refuse: operators that cannot be proven yet.
const std::map<std::string, std::string>& refused()
{
    static const std::map<std::string, std::string> table{
        {"sklearn_one_versus_rest", "LpNormalization"}, {"torch_attention_dynamo18", "MatMul"},
        {"torch_attention_script17", "MatMul"},         {"torch_layer_norm_script17", "LayerNormalization"},
        {"torch_squeeze_excite_script13", "Mul"},
    };
    return table;
}

/// What the reader of an output makes of it, as the model's own last step would.
std::vector<double> read_off(const model::Graph& graph, std::vector<double> z, size_t wanted)
{
    if (graph.reading == model::Reading::sigmoid_label)
    {
        const auto p = 1 / (1 + std::exp(-z[0]));
        z = {1 - p, p};
    }
    const size_t classes = graph.tensors[graph.output].shape.back();
    std::vector<double> chosen;
    for (size_t at = 0; at < z.size() && graph.reading != model::Reading::values; at += classes)
    {
        const auto row = std::span(z).subspan(at, std::min(classes, z.size() - at));
        chosen.push_back(double(class_of(model::Reading::argmax, row)));
        if (graph.reading != model::Reading::softmax)
            continue;
        const auto largest = *std::ranges::max_element(row);
        double sum = 0;
        for (auto& v : row)
            sum += v = std::exp(v - largest);
        for (auto& v : row)
            v /= sum;
    }
    return chosen.size() == wanted && z.size() > wanted ? chosen : z;
}

class Models : public ::testing::TestWithParam<std::string>
{
};

TEST_P(Models, import_agrees_with_onnxruntime)
{
    const auto file = testing::read_file(kModels / (GetParam() + ".onnx"));
    const auto input = npy::read(testing::read_file(kModels / (GetParam() + ".input.npy")));
    const auto expected = npy::read(testing::read_file(kModels / (GetParam() + ".output.npy")));
    ASSERT_TRUE(input && expected);
    ImportOptions options;
    options.percentile = 100;
    const auto imported = import_model(file, *input, options);
    if (const auto reason = refused().find(GetParam()); reason != refused().end())
    {
        ASSERT_FALSE(imported);
        EXPECT_TRUE(std::ranges::any_of(imported.error().report.unsupported,
                                        [&](const auto& u) { return u.type == reason->second && !u.node.empty(); }));
        return;
    }
    ASSERT_TRUE(imported) << imported.error().error.words;

    Array samples = Array::of_reals({}, {});
    for (const auto value : input->values)
        samples.reals.push_back(float(value));
    const auto pipeline = testing::Pipeline::make(file, samples, options);
    ASSERT_TRUE(pipeline) << pipeline.error();
    const auto& graph = pipeline->quantised.model.graph;
    const auto width = elements(pipeline->graph.tensors[graph.input].shape);
    const auto rows = input->values.size() / width, per_row = expected->values.size() / rows;
    double largest = 0;
    for (const auto y : expected->values)
        largest = std::max(largest, std::fabs(y));

    for (size_t r = 0; r != rows; ++r)
    {
        const auto begin = input->values.begin() + std::ptrdiff_t(r * width);
        const auto result = pipeline->run({begin, begin + std::ptrdiff_t(width)});
        for (size_t i = 0; i != result.output.size(); ++i)
            ASSERT_LE(std::fabs(result.output[i] - result.exact[i]), result.bound[i] + 1e-4 * (1 + largest));
        const auto exact = read_off(graph, result.exact, per_row), integer = read_off(graph, result.output, per_row);
        ASSERT_EQ(exact.size(), per_row);
        for (size_t i = 0; i != per_row; ++i)
        {
            const auto y = expected->values[r * per_row + i];
            ASSERT_NEAR(exact[i], y, 1e-5 * (1 + largest)) << "row " << r << ", element " << i;
            ASSERT_NEAR(integer[i], y, 0.05 * largest + 1e-6) << "row " << r << ", element " << i;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Exported, Models, ::testing::ValuesIn(names()), [](const auto& info) { return info.param; });

} // namespace
} // namespace onnx
