#pragma once

#include "runtime/frame/arithmetic.hpp"
#include "scale/compact.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace runtime {

/// What work costs. All arithmetic saturates.
struct Weight
{
    static constexpr std::string_view kPath = "sp_weights::weight_v2::Weight";

    scale::Compact<uint64_t> ref_time = 0;   ///< picoseconds on the reference machine
    scale::Compact<uint64_t> proof_size = 0; ///< bytes of storage proof

    friend constexpr bool operator==(const Weight&, const Weight&) = default;
    friend constexpr Weight operator+(Weight a, Weight b)
    {
        return {saturating_add(a.ref_time.value, b.ref_time), saturating_add(a.proof_size.value, b.proof_size)};
    }
    friend constexpr Weight operator-(Weight a, Weight b)
    {
        return {saturating_sub(a.ref_time.value, b.ref_time), saturating_sub(a.proof_size.value, b.proof_size)};
    }
    friend constexpr Weight operator*(Weight a, uint64_t times)
    {
        return {saturating_mul(a.ref_time.value, times), saturating_mul(a.proof_size.value, times)};
    }
    constexpr Weight& operator+=(Weight other) { return *this = *this + other; }
    constexpr bool any_gt(Weight limit) const
    {
        return ref_time.value > limit.ref_time.value || proof_size.value > limit.proof_size.value;
    }
    static constexpr Weight min(Weight a, Weight b)
    {
        return {std::min(a.ref_time.value, b.ref_time.value), std::min(a.proof_size.value, b.proof_size.value)};
    }
};

inline constexpr uint64_t kPicosecondsPerMicrosecond = 1'000'000;

/// Cost of storage access.
struct RuntimeDbWeight
{
    static constexpr std::string_view kPath = "sp_weights::RuntimeDbWeight";

    uint64_t read;
    uint64_t write;
};
/// Substrate's figures for RocksDB: more than what is measured here, for what is not measured.
inline constexpr RuntimeDbWeight kDbWeight{25 * kPicosecondsPerMicrosecond, 100 * kPicosecondsPerMicrosecond};

/// An estimate, for migrations and what else has no row in R::kCosts or R::kHooks: computes for `ref_time` picoseconds
/// and touches so many storage items.
constexpr Weight weigh(uint64_t ref_time, uint64_t reads, uint64_t writes)
{
    return {saturating_add(ref_time, saturating_add(saturating_mul(kDbWeight.read, reads),
                                                    saturating_mul(kDbWeight.write, writes))),
            0};
}

enum class DispatchClass : uint8_t
{
    normal,      ///< user transactions
    operational, ///< what keeps the chain running; has reserved room
    mandatory,   ///< must be in the block whatever it weighs: inherents
};

enum class Pays : uint8_t
{
    yes,
    no,
};

constexpr std::string_view path_of(DispatchClass) { return "frame_support::dispatch::DispatchClass"; }
constexpr std::string_view path_of(Pays) { return "frame_support::dispatch::Pays"; }

/// What is known of a call before it runs.
struct DispatchInfo
{
    Weight weight;
    DispatchClass dispatch_class = DispatchClass::normal;
    Pays pays_fee = Pays::yes;
};

/// One value for each class.
template <class T>
struct PerDispatchClass
{
    static constexpr std::string_view kPath = "frame_support::dispatch::PerDispatchClass";
    T normal;
    T operational;
    T mandatory;

    constexpr T& at(DispatchClass which)
    {
        return which == DispatchClass::normal ? normal : which == DispatchClass::operational ? operational : mandatory;
    }
    constexpr const T& at(DispatchClass which) const { return const_cast<PerDispatchClass*>(this)->at(which); }
};

} // namespace runtime
