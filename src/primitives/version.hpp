#pragma once

#include "hash/blake2b.hpp"
#include "scale/scale.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primitives {

/// Names a runtime API: BLAKE2b-64 of its name.
using ApiId = std::array<uint8_t, 8>;

constexpr ApiId api_id(std::string_view name) { return hash::blake2_64(name); }

struct ApiVersion
{
    ApiId id{};
    uint32_t version = 0;
    friend bool operator==(const ApiVersion&, const ApiVersion&) = default;
};

/// What Core_version returns.
///
/// Source  sp_version::RuntimeVersion, Core API version 4 and later
struct RuntimeVersion
{
    std::string spec_name;
    std::string impl_name;
    uint32_t authoring_version = 0;
    uint32_t spec_version = 0;
    uint32_t impl_version = 0;
    std::vector<ApiVersion> apis;
    uint32_t transaction_version = 0;
    uint8_t state_version = 0; ///< 0 or 1; light clients refuse more
    friend bool operator==(const RuntimeVersion&, const RuntimeVersion&) = default;
};

} // namespace primitives
