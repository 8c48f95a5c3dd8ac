#pragma once

#include "metadata/primitive.hpp"

#include <cstdint>
#include <span>
#include <string_view>

/// A description of types as data: the model behind metadata. Every description is a constant of the program; one
/// small routine (registry.hpp) numbers and encodes them. Nothing here is kept by hand: describe.hpp derives it.
///
/// Source  scale-info 2 (`Type`, `TypeDef`), the type system of Substrate metadata V14 and later
namespace runtime::meta {

struct Type;

struct Field
{
    std::string_view name; ///< empty: the field has none
    const Type* type;
    std::string_view type_name; ///< how the source spells the type; empty: from the type itself
    bool boxed = false;         ///< spelled as a Box of it: clients that generate code need to know where types recur
};

struct Case
{
    std::string_view name;
    std::span<const Field> fields;
    uint8_t index;
    std::string_view docs;
};

struct Parameter
{
    std::string_view name;
    const Type* type;
};

/// Numbers are those of `TypeDef`.
enum class Kind : uint8_t
{
    composite,
    variant,
    sequence,
    array,
    tuple,
    primitive,
    compact,
};

using metadata::Primitive;

/// One type. Which members count depends on `kind`.
struct Type
{
    Kind kind;
    std::string_view path{};                 ///< "sp_core::crypto::AccountId32"; empty for nameless types
    std::span<const Parameter> parameters{}; ///< of a generic type
    std::span<const Field> fields{};         ///< composite, tuple
    std::span<const Case> cases{};           ///< variant
    const Type* inner = nullptr;             ///< sequence, array, compact
    uint32_t length = 0;                     ///< array
    Primitive primitive{};
};

} // namespace runtime::meta
