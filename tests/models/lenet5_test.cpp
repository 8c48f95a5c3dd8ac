#include "exports.hpp"

#include "base/testing/vectors.hpp"
#include "model/evaluate.hpp"
#include "onnx/float_evaluate.hpp"
#include "onnx/import.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace {

/// Content of a gzipped idx file after its header of 4 + 4·rank bytes.
std::vector<uint8_t> read_idx(const std::filesystem::path& path, size_t rank, size_t length)
{
    std::vector<uint8_t> bytes(4 + 4 * rank + length);
    gzFile file = gzopen(path.c_str(), "rb");
    const int read = file ? gzread(file, bytes.data(), unsigned(bytes.size())) : -1;
    if (file)
        gzclose(file);
    bytes.erase(bytes.begin(), bytes.begin() + ptrdiff_t(4 + 4 * rank));
    if (read != int(bytes.size() + 4 + 4 * rank))
        bytes.clear();
    return bytes;
}

TEST(Lenet5, is_right_in_integers_on_97_percent_of_the_mnist_test_set_and_within_a_point_of_float)
{
    ZKP_NEED_VECTOR(path, "mnist");
    constexpr size_t kImages = 10'000, kPixels = 784;
    const auto images = read_idx(path / "t10k-images-idx3-ubyte.gz", 3, kImages * kPixels);
    const auto labels = read_idx(path / "t10k-labels-idx1-ubyte.gz", 1, kImages);
    ASSERT_FALSE(images.empty() || labels.empty()) << "not the MNIST test set";

    const auto folder = exports::source_root() / "bench/models";
    const auto onnx_bytes = exports::read_file(folder / "lenet5.onnx");
    const auto imported = onnx::import_model(onnx_bytes, exports::read_npy(folder / "lenet5_calibration.npy"));
    ASSERT_TRUE(imported) << imported.error().error.words;
    const model::Graph& graph = imported->model.graph;
    const auto floats = onnx::translate(onnx::parse(onnx_bytes).value(), {}).value().graph;

    size_t right = 0, right_in_float = 0;
    for (size_t i = 0; i != kImages; ++i)
    {
        const std::vector<double> x(images.begin() + ptrdiff_t(i * kPixels),
                                    images.begin() + ptrdiff_t((i + 1) * kPixels));
        const auto run = model::evaluate(imported->model, model::encode_input(graph, x).value()).value();
        const auto codes = model::decode_output(graph, run.tensors[graph.output]);
        right += onnx::class_of(graph.reading, codes) == labels[i];

        const auto values = onnx::evaluate(floats, onnx::before(floats, x));
        const auto& logits = values[floats.output];
        right_in_float +=
            onnx::class_of(floats.reading, std::vector<double>(logits.begin(), logits.end())) == labels[i];
    }
    RecordProperty("right", int(right));
    RecordProperty("right_in_float", int(right_in_float));
    EXPECT_GE(right, kImages * 97 / 100);
    EXPECT_GE(right + kImages / 100, right_in_float) << right << " in integers, " << right_in_float << " in float";
}

} // namespace
