// The kernels in vectors of 8 words. Includes nothing that other files share beyond declarations: an inline function
// compiled here, with this file's flags, could be the copy that the linker keeps for machines without them.
namespace {
constexpr int kLanes = 8;
}
#include "field/isa_body.hpp"

namespace field {
extern const Kernels kAvx2;
constexpr Kernels kAvx2 = kTable;
} // namespace field
