#pragma once

#include "runtime/meta/type.hpp"
#include "scale/io.hpp"

#include <map>
#include <vector>

namespace runtime::meta {

/// The parts of SCALE that metadata needs.
void put_compact(scale::Writer& out, uint32_t value);
void put_text(scale::Writer& out, std::string_view text);
/// A list of one line, or of none if the text is empty.
void put_docs(scale::Writer& out, std::string_view line);

/// Numbers types in the order in which they are first asked for, and encodes them as `PortableRegistry`.
class Registry
{
public:
    uint32_t id(const Type* type);
    /// Writes the number of a type, compact.
    void put(scale::Writer& out, const Type* type) { put_compact(out, id(type)); }

    /// All types asked for so far, and all that they mention.
    void encode(scale::Writer& out);

private:
    void put_type(scale::Writer& out, const Type& type);
    void put_definition(scale::Writer& out, const Type& type);
    void put_fields(scale::Writer& out, std::span<const Field> fields);
    void put_cases(scale::Writer& out, std::span<const Case> cases);

    std::map<const Type*, uint32_t> ids_;
    std::vector<const Type*> types_;
};

} // namespace runtime::meta
