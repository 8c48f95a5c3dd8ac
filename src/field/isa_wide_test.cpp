// The kernels in vectors of 16 words without flags: what isa_avx512.cpp compiles, on machines that lack AVX-512.
namespace {
constexpr int kLanes = 16;
}
#include "field/isa_body.hpp"

namespace field {
extern const Kernels kSixteenLanes;
constexpr Kernels kSixteenLanes = kTable;
} // namespace field
