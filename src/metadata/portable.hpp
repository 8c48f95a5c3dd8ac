#pragma once

#include "metadata/primitive.hpp"
#include "scale/scale.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Metadata V15 as clients read it: what a runtime says of itself, decoded from the bytes that it returns.
///
/// Source  frame-metadata 23, v15.rs; scale-info 2, portable.rs
namespace metadata {

using Id = scale::Compact<uint32_t>;
using Docs = std::vector<std::string>;

struct Field
{
    std::optional<std::string> name;
    Id type;
    std::optional<std::string> type_name;
    Docs docs;
};
struct Case
{
    std::string name;
    std::vector<Field> fields;
    uint8_t index = 0;
    Docs docs;
};

/// The alternatives of `TypeDef`, in its order.
struct Composite
{
    std::vector<Field> fields;
};
struct Enumeration
{
    std::vector<Case> cases;
};
struct Sequence
{
    Id item;
};
struct Array
{
    uint32_t length = 0;
    Id item;
};
struct Tuple
{
    std::vector<Id> items;
};
struct PrimitiveType
{
    Primitive which{};
};
struct CompactType
{
    Id inner;
};
struct BitSequence
{
    Id store;
    Id order;
};
using Definition =
    scale::Variant<Composite, Enumeration, Sequence, Array, Tuple, PrimitiveType, CompactType, BitSequence>;

struct Parameter
{
    std::string name;
    std::optional<Id> type;
};
struct Type
{
    Id id;
    std::vector<std::string> path;
    std::vector<Parameter> parameters;
    Definition definition;
    Docs docs;
};

struct PlainItem
{
    Id value;
};
struct MapItem
{
    std::vector<uint8_t> hashers;
    Id key;
    Id value;
};
struct StorageItem
{
    std::string name;
    uint8_t modifier = 0;
    scale::Variant<PlainItem, MapItem> type;
    base::Bytes fallback;
    Docs docs;
};
struct Storage
{
    std::string prefix;
    std::vector<StorageItem> items;
};
struct Constant
{
    std::string name;
    Id type;
    base::Bytes value;
    Docs docs;
};
struct Pallet
{
    std::string name;
    std::optional<Storage> storage;
    std::optional<Id> calls;
    std::optional<Id> events;
    std::vector<Constant> constants;
    std::optional<Id> errors;
    uint8_t index = 0;
    Docs docs;
};

struct Extension
{
    std::string identifier;
    Id type;
    Id implicit;
};
struct ExtrinsicFormat
{
    uint8_t version = 0;
    Id address;
    Id call;
    Id signature;
    Id extra;
    std::vector<Extension> extensions;
};

/// The parts that name types, constants and the extrinsic's format. Runtime APIs and outer enums, which follow in the
/// encoding, are not read.
struct Portable
{
    std::vector<Type> types; ///< entry i has the id i
    std::vector<Pallet> pallets;
    ExtrinsicFormat extrinsic;

    /// The value of a pallet's constant, encoded; null if there is none.
    const base::Bytes* constant(std::string_view pallet, std::string_view name) const;
};

/// Why bytes are no metadata that this library reads.
enum class Refusal : uint8_t
{
    not_metadata, ///< not the magic "meta"
    version,      ///< another version than 15
    malformed,    ///< does not decode, or a type's id is not its place
    unknown_type, ///< an id beyond the list of types
    compact,      ///< a compact form of something that is no number
    bit_sequence, ///< bits stored in something else than u8 to u64, or in an order without a name
    constant,     ///< System.Version or System.SS58Prefix is missing or does not decode
};

/// One line: what is wrong and what to do.
std::string_view words(Refusal why);

/// Decodes metadata V15, with its magic number and version byte in front.
///
/// Errors  not_metadata, version, malformed
/// Bound   memory linear in the input
std::expected<Portable, Refusal> decode(base::ByteView encoded);

} // namespace metadata
