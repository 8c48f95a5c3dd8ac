// An ONNX file: reported on, then imported on three made-up rows, or refused in words. What is imported holds its
// promise: no input whatsoever makes the integer graph fail. Files and models that take longer than they are worth are
// left out.
#include "onnx/import.hpp"

#include "base/invariant.hpp"
#include "model/evaluate.hpp"
#include "model/shape.hpp"

#include <algorithm>

namespace {

constexpr size_t kBytesMax = 65536, kOperatorsMax = 64, kInputMax = 4096, kRows = 3;
constexpr uint64_t kOperationsMax = uint64_t{1} << 19;

/// Rows of both signs, of several sizes, the same in every run.
npy::Array rows(const std::vector<uint32_t>& shape)
{
    npy::Array array{npy::Type::f4, {kRows}, {}};
    array.shape.insert(array.shape.end(), shape.begin(), shape.end());
    for (uint64_t i = 0; i != kRows * model::elements(shape); ++i)
        array.values.push_back((double(i * 37 % 23) - 11) / 8);
    return array;
}

bool is_small(const onnx::Report& report)
{
    size_t operators = 0;
    for (const auto& [type, count] : report.operators)
        operators += count;
    return operators <= kOperatorsMax && report.operations <= kOperationsMax &&
           model::elements(report.input_shape) <= kInputMax;
}

void evaluate(const model::Model& model)
{
    const auto size = model::elements(model.graph.tensors[model.graph.input].shape);
    for (const auto x : {0.0, 1e300, -1e300})
    {
        const auto codes = model::encode_input(model.graph, std::vector<double>(size, x));
        base::invariant(codes.has_value());
        const auto evaluation = model::evaluate(model, *codes);
        base::invariant(evaluation.has_value());
        const auto output = model::decode_output(model.graph, evaluation->tensors[model.graph.output]);
        base::invariant(onnx::class_of(model.graph.reading, output) < std::max(output.size(), size_t{2}));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size > kBytesMax)
        return 0;
    const base::ByteView file{data, size};
    const auto report = onnx::inspect(file);
    base::invariant(report || !report.error().error.words.empty());
    if (!report || !is_small(*report))
        return 0;
    const auto imported = onnx::import_model(file, rows(report->input_shape));
    base::invariant(imported || !imported.error().error.words.empty());
    if (imported)
        evaluate(imported->model);
    return 0;
}
