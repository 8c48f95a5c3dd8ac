#pragma once

#include "host/keystore.hpp"

namespace node {

/// Under which types the keystore holds the keys that make blocks, vote, and sign where the node is reached.
///
/// Source  sp_core::crypto::key_types
inline constexpr host::KeyType kBabe{'b', 'a', 'b', 'e'}, kGrandpa{'g', 'r', 'a', 'n'},
    kAuthorityDiscovery{'a', 'u', 'd', 'i'};

} // namespace node
