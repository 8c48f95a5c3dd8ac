#pragma once

#include "primitives/keys.hpp"

#include <map>
#include <string_view>

/// What the author tells the runtime about the world, and the runtime's opinion of it.
///
/// Source  sp_inherents
namespace primitives {

using InherentId = std::array<uint8_t, 8>;

consteval InherentId inherent_id(std::string_view name)
{
    InherentId id{};
    for (size_t i = 0; i != id.size(); ++i)
        id[i] = uint8_t(name.at(i));
    return id;
}
inline constexpr InherentId kTimestampInherent = inherent_id("timstap0"); ///< u64, milliseconds
inline constexpr InherentId kBabeInherent = inherent_id("babeslot");      ///< u64, slot

struct InherentData
{
    std::map<InherentId, Bytes> data;
    friend bool operator==(const InherentData&, const InherentData&) = default;
};

struct CheckInherentsResult
{
    bool okay = true;
    bool fatal_error = false;
    InherentData errors;
    friend bool operator==(const CheckInherentsResult&, const CheckInherentsResult&) = default;
};

} // namespace primitives
