#pragma once

#include "runtime/frame/weight.hpp"

#include <optional>

/// How much a block may hold.
///
/// Source  frame_system::limits
namespace runtime {

struct WeightsPerClass
{
    static constexpr std::string_view kPath = "frame_system::limits::WeightsPerClass";
    Weight base_extrinsic;               ///< of every extrinsic, before its call
    std::optional<Weight> max_extrinsic; ///< none: as much as the class
    std::optional<Weight> max_total;     ///< of the class in a block; none: no limit
    std::optional<Weight> reserved;      ///< room for the class in a full block; none: no limit
};

struct BlockWeights
{
    static constexpr std::string_view kPath = "frame_system::limits::BlockWeights";
    Weight base_block; ///< of an empty block
    Weight max_block;
    PerDispatchClass<WeightsPerClass> per_class;
};

struct BlockLength
{
    static constexpr std::string_view kPath = "frame_system::limits::BlockLength";
    PerDispatchClass<uint32_t> max; ///< bytes of extrinsics
};

/// The usual split: normal extrinsics may fill `normal_percent` of a block, operational ones all of it with the rest
/// reserved for them, mandatory ones are not limited. One extrinsic may take its class's share less 10 % for what
/// block initialisation needs.
constexpr BlockWeights block_weights(Weight base_block, Weight base_extrinsic, Weight max_block,
                                     uint64_t normal_percent)
{
    const auto percent = [](Weight of, uint64_t p) {
        return Weight{uint64_t(scale::u128{of.ref_time.value} * p / 100),
                      uint64_t(scale::u128{of.proof_size.value} * p / 100)};
    };
    const auto normal = percent(max_block, normal_percent);
    const auto initialisation = percent(max_block, 10);
    return {
        .base_block = base_block,
        .max_block = max_block,
        .per_class = {
            .normal = {base_extrinsic, normal - initialisation - base_extrinsic, normal, Weight{}},
            .operational = {base_extrinsic, max_block - initialisation - base_extrinsic, max_block, max_block - normal},
            .mandatory = {base_extrinsic, std::nullopt, std::nullopt, std::nullopt},
        }};
}

} // namespace runtime
