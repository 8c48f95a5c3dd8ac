// The ONNX project's own test data (Debian: libonnx-testdata), operator by operator.
#include "onnx/testing/pipeline.hpp"

#include "onnx/fold.hpp"
#include "onnx/tensor_proto.hpp"

#include "onnx.pb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

namespace onnx {
namespace {

namespace fs = std::filesystem;
using testing::Pipeline;

const fs::path kData = "/usr/share/libonnx-testdata/data";

/// One test of the collection: a model, its inputs and the outputs that it must give.
struct Case
{
    std::string name;
    onnx_ir::ModelProto model;
    std::vector<Array> inputs, outputs;
    std::vector<onnx_ir::TensorProto> input_protos;
    bool is_readable = false; ///< all inputs and outputs are tensors
};

std::optional<onnx_ir::TensorProto> read_proto(const fs::path& path)
{
    const auto bytes = testing::read_file(path);
    onnx_ir::TensorProto proto;
    if (bytes.empty() || !proto.ParseFromArray(bytes.data(), int(bytes.size())))
        return std::nullopt;
    return proto;
}

Case load(const fs::path& folder)
{
    Case result;
    result.name = folder.filename();
    const auto bytes = testing::read_file(folder / "model.onnx");
    result.is_readable = result.model.ParseFromArray(bytes.data(), int(bytes.size()));
    for (const std::string kind : {"input_", "output_"})
        for (int i = 0;; ++i)
        {
            const auto path = folder / "test_data_set_0" / (kind + std::to_string(i) + ".pb");
            if (!fs::exists(path))
                break;
            const auto proto = read_proto(path);
            const auto array = proto ? read_tensor(*proto, "value") : std::unexpected(Error{});
            if (!array)
            {
                result.is_readable = false;
                break;
            }
            (kind == "input_" ? result.inputs : result.outputs).push_back(*array);
            if (kind == "input_")
                result.input_protos.push_back(*proto);
        }
    return result;
}

/// All inputs but the first of floats become initializers: weights, biases, shapes, bounds. Returns that input's index.
std::optional<size_t> freeze(Case& test)
{
    auto& graph = *test.model.mutable_graph();
    std::optional<size_t> activation;
    std::set<std::string> constant;
    for (const auto& tensor : graph.initializer())
        constant.insert(tensor.name());
    size_t at = 0;
    for (const auto& input : graph.input())
    {
        if (constant.contains(input.name()) || at >= test.inputs.size())
            continue;
        if (!activation && test.inputs[at].kind == Kind::real && test.inputs[at].size() != 0)
            activation = at;
        else
        {
            auto proto = test.input_protos[at];
            proto.set_name(input.name());
            *graph.add_initializer() = proto;
        }
        ++at;
    }
    return activation;
}

/// What the last Softmax, LogSoftmax or ArgMax makes of the logits, and of a bound on them.
struct Read
{
    std::vector<double> values, bounds;
};

Read read_off(const Case& test, const model::Graph& graph, std::vector<double> z, std::vector<double> bound)
{
    if (graph.reading == model::Reading::values)
        return {std::move(z), std::move(bound)};
    const size_t classes = graph.tensors[graph.output].shape.back();
    const bool is_class = test.outputs[0].kind == Kind::integer;
    const bool is_log = std::ranges::any_of(test.model.graph().node(), [](const auto& node) {
        return node.op_type() == "LogSoftmax" || node.op_type() == "Log";
    });
    Read read;
    for (size_t row = 0; row != z.size(); row += classes)
    {
        const auto begin = z.begin() + std::ptrdiff_t(row);
        const auto best = std::max_element(begin, begin + std::ptrdiff_t(classes));
        if (is_class)
        {
            read.values.push_back(double(best - begin));
            read.bounds.push_back(0);
            continue;
        }
        double sum = 0;
        for (size_t i = 0; i != classes; ++i)
            sum += std::exp(begin[std::ptrdiff_t(i)] - *best);
        const auto e =
            *std::max_element(bound.begin() + std::ptrdiff_t(row), bound.begin() + std::ptrdiff_t(row + classes));
        for (size_t i = 0; i != classes; ++i)
        {
            const auto log = begin[std::ptrdiff_t(i)] - *best - std::log(sum);
            read.values.push_back(is_log ? log : std::exp(log));
            read.bounds.push_back(is_log ? 2 * e : std::expm1(2 * e));
        }
    }
    return read;
}

/// The expected output with the classes of its Softmax last, as the integer graph has them.
Array classes_last(const Case& test, const model::Graph& graph)
{
    const auto& expected = test.outputs[0];
    const auto& node = test.model.graph().node(0);
    if (graph.reading != model::Reading::softmax || test.model.opset_import(0).version() < 13 ||
        test.model.graph().node_size() != 1)
        return expected;
    int64_t given = -1;
    for (const auto& attribute : node.attribute())
        if (attribute.name() == "axis")
            given = attribute.i();
    const auto axis = normal_axis(given, expected.dims.size()).value();
    std::vector<size_t> perm;
    for (size_t i = 0; i != expected.dims.size(); ++i)
        if (i != axis)
            perm.push_back(i);
    perm.push_back(axis);
    return transposed(expected, perm);
}

/// Runs the integer graph on every record and compares with the expected output. Empty: all within the bound.
std::string compare(const Case& test, const Pipeline& pipeline, const Array& input)
{
    const auto& graph = pipeline.quantised.model.graph;
    const auto width = elements(pipeline.graph.tensors[pipeline.graph.input].shape);
    const auto expected = classes_last(test, graph);
    const auto rows = input.size() / width;
    if (expected.size() % rows != 0)
        return "output of another size";
    const auto per_row = expected.size() / rows;
    for (size_t r = 0; r != rows; ++r)
    {
        const std::vector<double> x(input.reals.begin() + std::ptrdiff_t(r * width),
                                    input.reals.begin() + std::ptrdiff_t((r + 1) * width));
        const auto result = pipeline.run(x);
        const auto read = read_off(test, graph, result.output, result.bound);
        if (read.values.size() != per_row)
            return "output of another size";
        for (size_t i = 0; i != per_row; ++i)
        {
            const auto y = expected.at(r * per_row + i);
            const auto slack = 1e-4 * (1 + std::fabs(y)); // float arithmetic of either side
            if (!(std::fabs(read.values[i] - y) <= read.bounds[i] + slack))
                return "expected " + std::to_string(y) + ", got " + std::to_string(read.values[i]) + ", bound " +
                       std::to_string(read.bounds[i]);
        }
    }
    return "";
}

struct Outcome
{
    enum
    {
        supported,
        unsupported,
        failed
    } kind = unsupported;
    std::string why;
};

Outcome run(Case& test)
{
    if (!test.is_readable || test.outputs.empty())
        return {Outcome::unsupported, "inputs or outputs that are no tensors of numbers"};
    const auto activation = freeze(test);
    if (!activation)
        return {Outcome::unsupported, "no float input"};
    std::string bytes;
    test.model.SerializeToString(&bytes);
    const auto& input = test.inputs[*activation];
    if (!is_finite(input) || !is_finite(test.outputs[0]))
        return {Outcome::unsupported, "NaN or infinities"};

    std::string why;
    for (const bool first_is_batch : {true, false})
    {
        ImportOptions options;
        options.percentile = 100;
        options.translate.first_is_batch = first_is_batch;
        options.translate.output = test.model.graph().output(0).name();
        const auto pipeline = Pipeline::make(base::view(bytes), input, options);
        if (!pipeline)
        {
            why += (why.empty() ? "" : " / ") + pipeline.error();
            continue;
        }
        why = compare(test, *pipeline, input);
        if (why.empty())
            return {Outcome::supported, ""};
        return {Outcome::failed, why};
    }
    return {Outcome::unsupported, why};
}

/// What step 1 promises to import.
const std::set<std::string>& listed()
{
    static const std::set<std::string> table{"Gemm",
                                             "MatMul",
                                             "Conv",
                                             "Relu",
                                             "LeakyRelu",
                                             "Clip",
                                             "Sigmoid",
                                             "HardSigmoid",
                                             "HardSwish",
                                             "Tanh",
                                             "Gelu",
                                             "Elu",
                                             "Selu",
                                             "Celu",
                                             "Softplus",
                                             "Softsign",
                                             "Add",
                                             "Sub",
                                             "Mul",
                                             "Div",
                                             "MaxPool",
                                             "AveragePool",
                                             "GlobalAveragePool",
                                             "BatchNormalization",
                                             "Flatten",
                                             "Reshape",
                                             "Transpose",
                                             "Concat",
                                             "Slice",
                                             "Split",
                                             "Squeeze",
                                             "Unsqueeze",
                                             "Shape",
                                             "Constant",
                                             "Pad",
                                             "Identity",
                                             "Cast",
                                             "ArgMax",
                                             "Softmax",
                                             "Erf",
                                             "Exp",
                                             "Log",
                                             "Sqrt",
                                             "Abs",
                                             "Neg",
                                             "Floor",
                                             "Ceil",
                                             "Round",
                                             "Reciprocal"};
    return table;
}

/// Forms of listed operators that may be unsupported: types, ranks, second outputs, run-time shapes, training.
bool is_excused(std::string_view why)
{
    // Each of the two tries, with the first dimension as batch and without, has its reason.
    if (const auto second = why.find(" / "); second != std::string::npos)
        return is_excused(why.substr(0, second)) && is_excused(why.substr(second + 3));
    for (const auto form : {"no float input",
                            "no tensors of numbers",
                            "NaN or infinities",
                            "is not float",
                            "to an integer or a text",
                            "1 to 4 dimensions",
                            "more than 4 dimensions",
                            "1-D and 2-D",
                            "second output",
                            "two activations",
                            "third input is an activation",
                            "at run time",
                            "training mode",
                            "does not depend on the input",
                            "its result is empty",
                            "takes the last of equal maxima",
                            "only constant padding",
                            "window is dilated",
                            "records of a batch",
                            "several dimensions together",
                            "opsets before 7"})
        if (why.find(form) != std::string::npos)
            return true;
    return false;
}

struct Tally
{
    std::array<size_t, 3> counts{};
    std::set<std::string> reasons;
};

TEST(Backend, no_supported_operator_leaves_its_error_bound)
{
    ASSERT_TRUE(fs::exists(kData)) << "install Debian's libonnx-testdata (tools/install does)";
    std::map<std::string, Tally> table;
    std::array<size_t, 3> total{};
    for (const std::string part : {"node", "pytorch-converted", "pytorch-operator", "simple"})
    {
        std::vector<fs::path> folders(fs::directory_iterator(kData / part), fs::directory_iterator{});
        std::ranges::sort(folders);
        for (const auto& folder : folders)
        {
            auto test = load(folder);
            const auto op = test.model.graph().node_size() == 1 ? test.model.graph().node(0).op_type() : part;
            const auto outcome = run(test);
            auto& tally = table[op];
            ++tally.counts[outcome.kind];
            ++total[outcome.kind];
            if (outcome.kind != Outcome::supported)
                tally.reasons.insert(outcome.why);
            if (outcome.kind == Outcome::unsupported && listed().contains(op))
                EXPECT_TRUE(is_excused(outcome.why)) << test.name << ": " << outcome.why;
            EXPECT_NE(outcome.kind, Outcome::failed) << test.name << ": " << outcome.why;
        }
    }
    std::printf("%-28s %9s %11s %6s  why not\n", "operator", "supported", "unsupported", "failed");
    for (const auto& [op, tally] : table)
    {
        std::printf("%-28s %9zu %11zu %6zu", op.c_str(), tally.counts[0], tally.counts[1], tally.counts[2]);
        for (const auto& reason : tally.reasons)
            std::printf("  %s;", reason.c_str());
        std::printf("\n");
    }
    std::printf("%-28s %9zu %11zu %6zu\n", "all", total[0], total[1], total[2]);
    EXPECT_GT(total[0], 200U);
}

} // namespace
} // namespace onnx
