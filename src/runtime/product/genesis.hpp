#pragma once

#include "runtime/frame/types.hpp"

#include <optional>
#include <string>
#include <vector>

/// The genesis state from its description in JSON:
///     {"babe":     {"slotDuration": 1000, "epochLength": 20,
///                   "epochConfig": {"c": [1, 4], "allowed_slots": "PrimaryAndSecondaryVRFSlots"}},
///      "session":  {"keys": [[account, validator, {"grandpa": key, "babe": key}], …]},
///      "balances": {"balances": [[account, amount], …]},
///      "sudo":     {"key": account},
///      "evmChainId": {"chainId": 1280}}
/// Accounts and keys are SS58; amounts are integers of planck, as numbers or as text. What is missing keeps its
/// default; a name that is not listed here is refused.
namespace runtime::product::genesis {

using PresetId = std::string;

/// Writes the state. The error says which part is wrong.
std::expected<void, std::string> build_state(const Bytes& json);

/// The JSON of a preset ("development", "local_testnet"); without a name, the defaults.
std::optional<Bytes> get_preset(const std::optional<PresetId>& id);
std::vector<PresetId> preset_names();

} // namespace runtime::product::genesis
