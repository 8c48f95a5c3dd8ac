#pragma once

#include "rpc/backend.hpp"
#include "rpc/json.hpp"

#include <optional>

/// The chain's types as Substrate's JSON has them.
namespace rpc {

Json present(const Header& header);
/// With justifications as lists of numbers, or null.
Json present_block(const Header& header, const std::vector<Bytes>& body, const primitives::Justifications& proofs);
/// As in state_getRuntimeVersion: apis is a list of pairs.
Json present(const RuntimeVersion& version);
/// As in the new interface: apis is an object.
Json present_spec(const RuntimeVersion& version);
Json present(const RoundStates& states);

Json present_bytes(const std::optional<Bytes>& bytes); ///< hexadecimal, or null
Json present_list(const std::vector<Bytes>& list);
/// As the chain hashes and stores it: with its length in front.
Bytes with_length(ByteView extrinsic);
/// Without it; nothing when the length is wrong.
std::optional<Bytes> without_length(ByteView encoded);

} // namespace rpc
