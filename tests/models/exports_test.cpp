#include "exports.hpp"

#include "model/evaluate.hpp"
#include "onnx/float_evaluate.hpp"
#include "onnx/import.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

using exports::Entry;

struct Case
{
    Entry entry;
    base::Bytes onnx;
    npy::Array input, expected;

    explicit Case(const Entry& of) : entry(of)
    {
        const auto folder = exports::source_root() / "tests/models";
        onnx = exports::read_file(folder / (entry.name + ".onnx"));
        input = exports::read_npy(folder / (entry.name + ".input.npy"));
        expected = exports::read_npy(folder / (entry.name + ".output.npy"));
    }

    std::span<const double> row(const npy::Array& array, uint64_t index) const
    {
        const uint64_t width = array.values.size() / array.rows();
        return std::span(array.values).subspan(index * width, width);
    }
};

/// The error of all answers beside the size of the expected ones, both as root mean squares; of classes, the share that
/// differs.
template <class Answer>
double relative_error(const Case& of, const Answer& answer)
{
    std::vector<double> errors;
    for (uint64_t i = 0; i != of.input.rows(); ++i)
    {
        const auto want = of.row(of.expected, i);
        const auto got = answer(of.row(of.input, i), want.size());
        if (got.size() != want.size())
        {
            ADD_FAILURE() << of.entry.name << ": " << got.size() << " values instead of " << want.size();
            return 1;
        }
        for (size_t j = 0; j != want.size(); ++j)
            errors.push_back(got[j] - want[j]);
    }
    if (of.expected.type == npy::Type::i8)
        return double(std::ranges::count_if(errors, [](double e) { return e != 0; })) / double(errors.size());
    return exports::rms(errors) / exports::rms(of.expected.values);
}

TEST(Exports, mean_in_float_what_onnxruntime_answers)
{
    for (const Entry& entry : exports::manifest())
    {
        if (!entry.supported)
            continue;
        const Case one(entry);
        const auto source = onnx::parse(one.onnx);
        ASSERT_TRUE(source) << entry.name << ": " << source.error().words;
        const auto translated = onnx::translate(*source, {});
        ASSERT_TRUE(translated) << entry.name << ": " << translated.error().words;
        const onnx::FloatGraph& graph = translated->graph;
        if (!translated->unsupported.empty())
        {
            ADD_FAILURE() << entry.name << ": " << translated->unsupported[0].reason;
            continue;
        }
        const double error = relative_error(one, [&](std::span<const double> x, size_t wanted) {
            const auto values = onnx::evaluate(graph, onnx::before(graph, x));
            const auto& output = values[graph.output];
            return exports::answer(graph.reading, {output.begin(), output.end()},
                                   graph.tensors[graph.output].shape.back(), wanted);
        });
        EXPECT_LT(error, 1e-5) << entry.name;
    }
}

/// Calibrated on the very rows: what remains is rounding to 8 bits, a few percent after a few layers.
TEST(Exports, stay_within_a_few_percent_as_integer_graphs)
{
    for (const Entry& entry : exports::manifest())
    {
        if (!entry.supported)
            continue;
        const Case one(entry);
        const auto imported = onnx::import_model(one.onnx, one.input);
        if (!imported)
        {
            ADD_FAILURE() << entry.name << ": " << imported.error().error.words;
            continue;
        }
        const model::Graph& graph = imported->model.graph;
        const double error = relative_error(one, [&](std::span<const double> x, size_t wanted) {
            const auto codes = model::encode_input(graph, x).value();
            const auto run = model::evaluate(imported->model, codes).value();
            return exports::answer(graph.reading, model::decode_output(graph, run.tensors[graph.output]),
                                   graph.tensors[graph.output].shape.back(), wanted);
        });
        RecordProperty(entry.name, std::to_string(error));
        EXPECT_LT(error, 0.05) << entry.name;
    }
}

TEST(Exports, that_cannot_be_proven_are_refused_by_the_names_of_their_nodes)
{
    for (const Entry& entry : exports::manifest())
    {
        if (entry.supported)
            continue;
        const Case one(entry);
        const auto imported = onnx::import_model(one.onnx, one.input);
        ASSERT_FALSE(imported) << entry.name;
        EXPECT_EQ(imported.error().error.why, onnx::Refusal::unsupported) << entry.name;
        ASSERT_FALSE(imported.error().report.unsupported.empty()) << entry.name;
        EXPECT_FALSE(imported.error().report.unsupported[0].type.empty()) << entry.name;
    }
}

TEST(Clinic, is_right_in_integers_on_96_percent_of_the_held_out_rows)
{
    const auto folder = exports::source_root() / "examples/clinic";
    const auto imported =
        onnx::import_model(exports::read_file(folder / "model.onnx"), exports::read_npy(folder / "calibration.npy"));
    ASSERT_TRUE(imported) << imported.error().error.words;

    const auto rows = exports::read_npy(folder / "test.npy"), labels = exports::read_npy(folder / "test_labels.npy");
    const model::Graph& graph = imported->model.graph;
    size_t right = 0;
    for (size_t i = 0; i != rows.rows(); ++i)
    {
        const auto codes = model::encode_input(graph, std::span(rows.values).subspan(i * 30, 30)).value();
        const auto run = model::evaluate(imported->model, codes).value();
        const auto output = model::decode_output(graph, run.tensors[graph.output]);
        right += onnx::class_of(graph.reading, output) == size_t(labels.values[i]);
    }
    EXPECT_GE(double(right), 0.96 * double(rows.rows())) << right << " of " << rows.rows();
}

} // namespace
