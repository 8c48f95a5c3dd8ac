#include "field/isa.hpp"

#include <cstdlib>
#include <string_view>

namespace field {

extern const Kernels kPortable;
#if defined(__x86_64__)
extern const Kernels kAvx2, kAvx512;
#endif

const Kernels* kernels_for(Isa isa)
{
    if (isa == Isa::portable)
        return &kPortable;
#if defined(__x86_64__)
    if (isa == Isa::avx2)
        return __builtin_cpu_supports("avx2") ? &kAvx2 : nullptr;
    const bool wide =
        __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    return wide ? &kAvx512 : nullptr;
#else
    return nullptr;
#endif
}

namespace {

const Kernels& choose()
{
    const char* variable = std::getenv("ZKP_ISA");
    const std::string_view wish = variable ? variable : "";
    if (wish == "portable")
        return kPortable;
    if (wish != "avx2")
        if (const auto* best = kernels_for(Isa::avx512))
            return *best;
    if (const auto* good = kernels_for(Isa::avx2))
        return *good;
    return kPortable;
}

} // namespace

const Kernels& kernels()
{
    static const Kernels& chosen = choose();
    return chosen;
}

} // namespace field
