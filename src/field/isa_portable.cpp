// The kernels in vectors of 4 words. Includes nothing that other files share beyond declarations: an inline function
// compiled here, with this file's flags, could be the copy that the linker keeps for machines without them.
namespace {
constexpr int kLanes = 4;
}
#include "field/isa_body.hpp"

namespace field {
extern const Kernels kPortable;
constexpr Kernels kPortable = kTable;
} // namespace field
