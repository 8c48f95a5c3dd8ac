#pragma once

#include "primitives/storage_key.hpp"
#include "runtime/pallets/system_types.hpp"

namespace runtime::system {

/// The extrinsic that is being applied; 0 outside extrinsics.
inline uint32_t extrinsic_index()
{
    const auto raw = host::get(base::view(primitives::well_known::kExtrinsicIndex));
    return raw ? detail::decode_stored<uint32_t>(raw->bytes()) : 0;
}

} // namespace runtime::system

namespace runtime::multisig {

/// When an operation began: the extrinsic, which nothing else names as exactly.
struct Timepoint
{
    static constexpr std::string_view kPath = "pallet_multisig::Timepoint";
    BlockNumber height = 0;
    uint32_t index = 0; ///< of the extrinsic in its block
    friend bool operator==(const Timepoint&, const Timepoint&) = default;

    static Timepoint now() { return {system::Number::get(), system::extrinsic_index()}; }
};

} // namespace runtime::multisig
