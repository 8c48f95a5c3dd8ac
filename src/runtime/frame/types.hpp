#pragma once

#include "primitives/keys.hpp"
#include "scale/scale.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <expected>
#include <string_view>
#include <type_traits>

/// The types that every pallet shares.
namespace runtime {

using base::Bytes;
using base::ByteView;
using primitives::BlockNumber;
using primitives::MultiAddress;
using scale::Compact;
using scale::u128;

using AccountId = primitives::AccountId32;
using Balance = u128; ///< in planck, 10⁻¹⁸ of the token
using Nonce = uint32_t;
using Moment = uint64_t; ///< milliseconds since 1970
using Slot = uint64_t;
using SessionIndex = uint32_t;

/// A hash in storage, calls and events; told from other bytes by clients.
struct H256
{
    static constexpr std::string_view kPath = "primitive_types::H256";
    std::array<uint8_t, 32> value{};
    friend constexpr auto operator<=>(const H256&, const H256&) = default;
};

/// Types listed.
template <class... T>
struct List
{
    static constexpr size_t size = sizeof...(T);
    /// visit.operator()<T>() for each.
    static constexpr void for_each(auto visit) { (visit.template operator()<T>(), ...); }
};

/// A number in units of 10⁻¹⁸.
struct FixedU128
{
    static constexpr std::string_view kPath = "sp_arithmetic::fixed_point::FixedU128";
    static constexpr u128 kOne = 1'000'000'000'000'000'000;
    u128 value = 0;
    friend constexpr auto operator<=>(const FixedU128&, const FixedU128&) = default;
};

} // namespace runtime
