// The kernels in vectors of 16 words. Includes nothing that other files share beyond declarations: an inline function
// compiled here, with this file's flags, could be the copy that the linker keeps for machines without them.
namespace {
constexpr int kLanes = 16;
}
#include "field/isa_body.hpp"

namespace field {
extern const Kernels kAvx512;
constexpr Kernels kAvx512 = kTable;
} // namespace field
