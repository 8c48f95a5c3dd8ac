#pragma once

#include "base/bytes.hpp"
#include "runtime/meta/type.hpp"

/// A runtime as data: what metadata of any version is made of.
namespace runtime::meta {

/// Numbers are those of `StorageHasher`.
enum class Hasher : uint8_t
{
    blake2_128,
    blake2_256,
    blake2_128_concat,
    twox_128,
    twox_256,
    twox_64_concat,
    identity,
};

struct StorageItem
{
    std::string_view name;
    bool has_default;                ///< a missing value reads as the fallback; otherwise as nothing
    std::span<const Hasher> hashers; ///< none: a single value
    const Type* key;                 ///< of maps: the key, or a tuple of the keys
    const Type* value;
    base::Bytes (*fallback)(); ///< encoded
};

struct Constant
{
    std::string_view name;
    const Type* type;
    base::Bytes (*value)(); ///< encoded; may read storage, for constants that a chain's genesis decides
};

struct Pallet
{
    std::string_view name;
    uint8_t index;
    std::string_view docs;
    std::span<const StorageItem> storage;
    const Type* calls; ///< null: none; also below
    const Type* events;
    const Type* errors;
    std::span<const Constant> constants;
};

/// A transaction extension: what it puts into the extrinsic, and what it only signs.
struct Extension
{
    std::string_view identifier;
    const Type* type;
    const Type* implicit;
};

struct Method
{
    std::string_view name;
    std::span<const Parameter> inputs;
    const Type* output;
};

/// A runtime API: exports API_method.
struct Api
{
    std::string_view name;
    uint32_t version;
    std::span<const Method> methods;
};

struct Runtime
{
    const Type* runtime;
    const Type* extrinsic;
    const Type* address;
    const Type* call;
    const Type* signature;
    const Type* extra;
    const Type* event;
    const Type* error;
    std::span<const Extension> extensions;
    std::span<const Pallet> pallets;
    std::span<const Api> apis;
};

inline constexpr uint32_t kVersions[]{14, 15, 16};

/// Encoded metadata of a version in kVersions, with its magic number "meta" and version byte in front.
///
/// Cost  allocates the result, about 100 bytes for each type
base::Bytes encode(const Runtime& runtime, uint32_t version);

} // namespace runtime::meta
