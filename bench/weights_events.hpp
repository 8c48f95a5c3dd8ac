#pragma once

#include "weights_cases.hpp"

namespace weights {

/// The block's events in a state, as places ({pallet, event}), and whether one of them tells of a call within another
/// that failed: a measurement of that would be worth nothing. Nothing where they do not decode.
struct Events
{
    std::vector<std::array<uint8_t, 2>> places;
    bool failure = false;
};
std::optional<Events> events_in(const Pairs& state);

} // namespace weights
