#pragma once

#include "base/bytes.hpp"

#include <optional>
#include <string>
#include <vector>

/// Genesis descriptions that come with the runtime.
///     development    one validator, //Alice, with one seat: one key makes blocks and votes, a justification holds one
///                    signature
///     local_testnet  four validators, //Alice, //Bob, //Charlie and //Dave, each with four of 16 seats: any three of
///                    them can finalise
/// A validator's first seat has Substrate's well-known keys (//Alice for all three), seat i from 1 on //Alice//seat//i.
namespace runtime::product::genesis {

using PresetId = std::string;

/// The JSON of a preset; without a name, the defaults.
std::optional<base::Bytes> get_preset(const std::optional<PresetId>& id);
std::vector<PresetId> preset_names();

} // namespace runtime::product::genesis
