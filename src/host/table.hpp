#pragma once

#include "executor/host.hpp"

#include <memory>
#include <vector>

namespace host {

using executor::HostFunction;

/// The host functions of a Substrate node, by the chapters of the Polkadot specification's appendix B.
std::vector<HostFunction> storage_functions();
std::vector<HostFunction> child_storage_functions();
std::vector<HostFunction> crypto_functions();
std::vector<HostFunction> keystore_functions();
std::vector<HostFunction> hashing_functions();
std::vector<HostFunction> offchain_functions();
std::vector<HostFunction> trie_functions();
std::vector<HostFunction> misc_functions(); ///< allocator, logging, misc, panic handler, proof size

/// All of them: what every runtime of this chain is compiled against. Their state is a host::State.
std::shared_ptr<const executor::HostTable> host_table();

} // namespace host
