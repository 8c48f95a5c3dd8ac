#pragma once

#include "runtime/frame/compose.hpp"

/// The chain id that Ethereum transactions name: part of the genesis from the first chain on.
namespace runtime::evm_chain_id {

/// Of development chains.
struct DevelopmentId
{
    static constexpr uint64_t value() { return 1280; }
};
using ChainId = StorageValue<"EVMChainId", "ChainId", uint64_t, DevelopmentId>;

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "EVMChainId";
    static constexpr std::string_view kCrate = "pallet_evm_chain_id";
    using Storage = List<ChainId>;
};

} // namespace runtime::evm_chain_id
