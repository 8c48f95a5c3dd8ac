#include "node/chain_spec.hpp"

namespace node {
namespace {

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
constexpr uint8_t kCode[] = {
#embed ZKP_RUNTIME_FILE
};
#pragma clang diagnostic pop

} // namespace

ByteView built_in_runtime() { return kCode; }

} // namespace node
