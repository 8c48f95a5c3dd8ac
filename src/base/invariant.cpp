#include "base/invariant.hpp"

#include <cstdio>
#include <cstdlib>

namespace base {

void stop(std::source_location at)
{
    std::fprintf(stderr, "zkp: internal error at %s:%u (%s); please report it\n", at.file_name(), at.line(),
                 at.function_name());
    std::abort();
}

} // namespace base
