#include "synthetic.hpp"

#include "onnx_writer.hpp"

#include <array>
#include <cmath>

namespace bench_models {
namespace {

constexpr uint64_t kSeed = 2;
constexpr size_t kCalibrationImages = 64;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random
{
    uint64_t state;

    uint64_t next()
    {
        uint64_t z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// About normal, mean 0 and deviation 1: twelve uniform 16-bit numbers added up, exactly.
    double normal()
    {
        int64_t sum = 0;
        for (int word = 0; word != 3; ++word)
            for (uint64_t bits = next(), part = 0; part != 4; ++part, bits >>= 16)
                sum += bits & 0xffff;
        return double(2 * sum - 12 * 0xffff) / 0x20000;
    }
};

std::vector<float> normals(Random& random, size_t count, double deviation)
{
    std::vector<float> values(count);
    for (float& value : values)
        value = float(random.normal() * deviation);
    return values;
}

/// One layer after the other; each takes the previous one's output.
class Stack
{
public:
    Stack(std::string_view name, std::span<const int64_t> input) : name_(name) { writer_.input(last_, input); }

    /// ReLU(conv 3×3 pad 1), then maximum over 2×2.
    void conv(int64_t in, int64_t out)
    {
        const std::array<Attribute, 2> same{Attribute{"kernel_shape", std::vector<int64_t>{3, 3}},
                                            {"pads", std::vector<int64_t>{1, 1, 1, 1}}};
        const std::array<Attribute, 2> halve{Attribute{"kernel_shape", std::vector<int64_t>{2, 2}},
                                             {"strides", std::vector<int64_t>{2, 2}}};
        weighted("Conv", std::array{out, in, int64_t{3}, int64_t{3}}, 2, same);
        apply("Relu", {});
        apply("MaxPool", halve);
    }

    void dense(int64_t in, int64_t out, bool relu)
    {
        const std::array<Attribute, 1> transposed{Attribute{"transB", int64_t{1}}};
        weighted("Gemm", std::array{out, in}, relu ? 2 : 1, transposed);
        if (relu)
            apply("Relu", {});
    }

    void flatten() { apply("Flatten", {}); }

    Synthetic finish(std::string calibration, std::string input)
    {
        writer_.output(last_, std::array{int64_t{10}});
        return {writer_.finish(name_), std::move(calibration), std::move(input), parameters_};
    }

private:
    /// He-normal weights: variance gain / fan-in.
    void weighted(std::string_view op, std::span<const int64_t> dims, double gain,
                  std::span<const Attribute> attributes)
    {
        int64_t fan_in = 1;
        for (const int64_t size : dims.subspan(1))
            fan_in *= size;
        const auto weights = normals(random_, size_t(dims[0] * fan_in), std::sqrt(gain / double(fan_in)));
        const auto biases = normals(random_, size_t(dims[0]), 0.05);
        parameters_ += weights.size() + biases.size();

        const std::string weight = "weight" + std::to_string(layers_), bias = "bias" + std::to_string(layers_);
        writer_.constant(weight, dims, weights);
        writer_.constant(bias, dims.first(1), biases);
        add(op, std::array<std::string_view, 3>{last_, weight, bias}, attributes);
    }

    void apply(std::string_view op, std::span<const Attribute> attributes)
    {
        add(op, std::array<std::string_view, 1>{last_}, attributes);
    }

    void add(std::string_view op, std::span<const std::string_view> inputs, std::span<const Attribute> attributes)
    {
        std::string name = std::string(op) + std::to_string(layers_++);
        writer_.node(op, name, inputs, name, attributes);
        last_ = std::move(name);
    }

    std::string name_, last_ = "image";
    OnnxWriter writer_;
    Random random_{kSeed};
    uint64_t parameters_ = 0;
    int layers_ = 0;
};

/// One plane: random greys on an 8×8 grid, interpolated linearly between them in fixed point.
void smooth_plane(Random& random, size_t size, std::vector<float>& out)
{
    std::array<std::array<uint64_t, 9>, 9> knot;
    for (auto& row : knot)
        for (uint64_t& grey : row)
            grey = random.next() & 0xff;

    const uint64_t whole = size * size;
    for (size_t y = 0; y != size; ++y)
        for (size_t x = 0; x != size; ++x)
        {
            const size_t i = y * 8 / size, j = x * 8 / size;
            const uint64_t down = y * 8 % size, right = x * 8 % size;
            const uint64_t top = knot[i][j] * (size - right) + knot[i][j + 1] * right;
            const uint64_t bottom = knot[i + 1][j] * (size - right) + knot[i + 1][j + 1] * right;
            const uint64_t grey = (top * (size - down) + bottom * down) / whole;
            out.push_back(float(2 * int64_t(grey) - 255) / 255.0F);
        }
}

/// A .npy file (version 1.0) of `count` images, float32, dimensions (count, shape…).
std::string images(uint64_t seed, size_t count, std::span<const int64_t> shape, size_t planes, size_t size)
{
    Random random{seed};
    std::vector<float> values;
    for (size_t plane = 0; plane != count * planes; ++plane)
        smooth_plane(random, size, values);

    std::string dims = std::to_string(count) + ",";
    for (const int64_t dim : shape)
        dims += " " + std::to_string(dim) + ",";
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + dims + "), }";
    header.resize((10 + header.size()) / 64 * 64 + 64 - 11, ' ');
    header += '\n';

    std::string file("\x93NUMPY\x01\x00", 8);
    file += char(header.size() & 0xff);
    file += char(header.size() >> 8);
    file += header;
    file.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    return file;
}

} // namespace

Synthetic mlp4m()
{
    const std::array<int64_t, 1> shape{784};
    Stack stack("mlp4m", shape);
    stack.dense(784, 1024, true);
    for (int layer = 0; layer != 3; ++layer)
        stack.dense(1024, 1024, true);
    stack.dense(1024, 10, false);
    return stack.finish(images(11, kCalibrationImages, shape, 1, 28), images(12, 1, shape, 1, 28));
}

Synthetic cifar264k()
{
    const std::array<int64_t, 3> shape{3, 32, 32};
    Stack stack("cifar264k", shape);
    stack.conv(3, 32);
    stack.conv(32, 64);
    stack.conv(64, 64);
    stack.conv(64, 128);
    stack.flatten();
    stack.dense(512, 256, true);
    stack.dense(256, 10, false);
    return stack.finish(images(21, kCalibrationImages, shape, 3, 32), images(22, 1, shape, 3, 32));
}

} // namespace bench_models
