#pragma once

#include <cstdint>
#include <string>

/// Models with synthetic weights, whose shapes are what a benchmark needs. Nothing here is trained: accuracy means
/// nothing, cost does. All values come from integer arithmetic and correctly rounded operations on a fixed seed, so
/// every machine makes the same bytes.
namespace bench_models {

struct Synthetic
{
    std::string onnx;        ///< the model, opset 17, input (batch, …), output (batch, 10) logits
    std::string calibration; ///< .npy, 64 smooth random images, float32 in [−1, 1]
    std::string input;       ///< .npy, one more such image
    uint64_t parameters;     ///< weights and biases
};

/// 784-1024-1024-1024-1024-10, ReLU: 3,962,890 parameters. Input (784,).
Synthetic mlp4m();

/// Convolutions 3×3 pad 1, ReLU, max 2×2: 32@32×32, 64@16×16, 64@8×8, 128@4×4; dense 512-256-10, ReLU:
/// 264,074 parameters. Input (3, 32, 32).
Synthetic cifar264k();

} // namespace bench_models
