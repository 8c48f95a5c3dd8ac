#pragma once

#include <cstddef>
#include <cstdint>

/// What an untrusted graph may ask for. With these, no sum below overflows 63 bits and no allocation surprises.
namespace model {

inline constexpr size_t kTensorsMax = 4096;
inline constexpr size_t kNodesMax = 4096;
inline constexpr size_t kParametersMax = 4096; ///< weight tensors; the same for bias tensors
inline constexpr size_t kRankMax = 4;
inline constexpr uint64_t kElementsMax = uint64_t(1) << 24;      ///< in one tensor
inline constexpr uint64_t kElementsTotalMax = uint64_t(1) << 28; ///< in all tensors together
inline constexpr uint64_t kWeightsTotalMax = uint64_t(1) << 28;  ///< in all weight and bias tensors together
inline constexpr size_t kTermsMax = 64;                          ///< in one linear node
inline constexpr size_t kConcatMax = 1024;                       ///< inputs of one concat
inline constexpr uint32_t kWindowMax = 4096;                     ///< kernel, stride, pad or dilation, one direction
inline constexpr uint8_t kShiftMin = 1, kShiftMax = 16;
inline constexpr size_t kTableMax = 65536;         ///< entries
inline constexpr int64_t kMultiplierMax = 1 << 20; ///< magnitude; for Window the product of row and column
inline constexpr int64_t kWeightMin = -512, kWeightMax = 511;
inline constexpr int64_t kBiasMax = (int64_t(1) << 26) - 1; ///< biases lie in [−kBiasMax − 1, kBiasMax]
inline constexpr size_t kTextMax = 1024;                    ///< bytes in a name or label
inline constexpr size_t kLabelsMax = 65536;

/// The field's prime p = 2³¹ − 2²⁴ + 1 (KoalaBear): integers below are proven modulo p.
inline constexpr int64_t kPrime = (int64_t(1) << 31) - (int64_t(1) << 24) + 1;

} // namespace model
