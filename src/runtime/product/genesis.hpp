#pragma once

#include "runtime/frame/types.hpp"

#include <string>

/// The genesis state from its description in JSON:
///     {"babe":     {"slotDuration": 1000, "epochLength": 20,
///                   "epochConfig": {"c": [1, 4], "allowed_slots": "PrimaryAndSecondaryVRFSlots"}},
///      "session":  {"keys": [[account, validator,
///                             {"grandpa": key, "babe": key, "authority_discovery": key}], …]},
///      "balances": {"balances": [[account, amount], …]},
///      "sudo":     {"key": account},
///      "evmChainId": {"chainId": 1280}}
/// Accounts and keys are SS58; amounts are integers of planck, as numbers or as text. Each entry of session.keys is a
/// seat; an account with several entries holds several. What is missing keeps its default; a name that is not listed
/// here is refused.
namespace runtime::product::genesis {

/// Writes the state. The error says which part is wrong.
std::expected<void, std::string> build_state(const Bytes& json);

} // namespace runtime::product::genesis
