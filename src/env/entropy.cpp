#include "env/entropy.hpp"

#include "base/invariant.hpp"

#include <cerrno>
#include <sys/random.h>

namespace env {

void OsEntropy::fill(std::span<uint8_t> out, std::string_view)
{
    while (!out.empty())
    {
        // A signal may cut a long read short, or stop it before the first byte.
        const ssize_t got = getrandom(out.data(), out.size(), 0);
        base::invariant(got > 0 || (got < 0 && errno == EINTR));
        out = out.subspan(got > 0 ? size_t(got) : 0);
    }
}

} // namespace env
