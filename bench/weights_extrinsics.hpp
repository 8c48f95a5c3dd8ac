#pragma once

#include "weights_cases.hpp"

/// Extrinsics as the bench sends them, without the length in front.
namespace weights {

inline base::Bytes bare(const Call& call)
{
    base::Bytes body{runtime::Extrinsic<runtime::testing::Runtime>::kVersion};
    const auto encoded = scale::encode(call);
    body.insert(body.end(), encoded.begin(), encoded.end());
    return body;
}

inline base::Bytes signed_by_alice(const Call& call, runtime::Nonce nonce = 0)
{
    const auto genesis = primitives::hash_of(primitives::Header{});
    return runtime::testing::signed_extrinsic(runtime::testing::alice(), scale::encode(call), {.nonce = nonce}, genesis,
                                              genesis);
}

/// The call by its sender, through Sudo where the case says so.
inline base::Bytes extrinsic(By by, Call call)
{
    using runtime::testing::Runtime;
    if (by == By::nobody)
        return bare(call);
    if (by == By::root)
        call = runtime::sudo::Sudo<Runtime>{std::move(call)};
    if (by == By::pure)
        call = runtime::sudo::SudoAs<Runtime>{pure(), std::move(call)};
    return signed_by_alice(call);
}

} // namespace weights
