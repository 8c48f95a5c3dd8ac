#include "runtime/meta/registry.hpp"

#include "base/bytes.hpp"

#include <array>
#include <string>

namespace runtime::meta {
namespace {

void put_path(scale::Writer& out, std::string_view path)
{
    std::vector<std::string_view> segments;
    while (!path.empty())
    {
        const auto end = path.find("::");
        segments.push_back(path.substr(0, end));
        path = end == path.npos ? std::string_view{} : path.substr(end + 2);
    }
    put_compact(out, uint32_t(segments.size()));
    for (const auto segment : segments)
        put_text(out, segment);
}

void put_optional_text(scale::Writer& out, std::string_view text)
{
    out.put(uint8_t(!text.empty()));
    if (!text.empty())
        put_text(out, text);
}

std::string decimal(uint32_t number)
{
    std::string text;
    do
        text.insert(text.begin(), char('0' + number % 10));
    while ((number /= 10) != 0);
    return text;
}

/// A type as a source would write it. Clients show it, and py-substrate-interface reads no call without it.
std::string spelled(const Type& type)
{
    constexpr std::array<std::string_view, 15> primitives{"bool", "char", "str", "u8",  "u16", "u32",  "u64", "u128",
                                                          "u256", "i8",   "i16", "i32", "i64", "i128", "i256"};
    if (!type.path.empty())
    {
        const auto colon = type.path.rfind("::");
        std::string name(colon == std::string_view::npos ? type.path : type.path.substr(colon + 2));
        return type.path == "Option" ? name + "<" + spelled(*type.parameters[0].type) + ">" : name;
    }
    switch (type.kind)
    {
    case Kind::primitive:
        return std::string(primitives[size_t(type.primitive)]);
    case Kind::sequence:
        return "Vec<" + spelled(*type.inner) + ">";
    case Kind::compact:
        return "Compact<" + spelled(*type.inner) + ">";
    case Kind::array:
        return "[" + spelled(*type.inner) + "; " + decimal(type.length) + "]";
    case Kind::tuple: {
        std::string text = "(";
        for (const auto& field : type.fields)
            text += (text.size() == 1 ? "" : ", ") + spelled(*field.type);
        return text + ")";
    }
    case Kind::composite:
    case Kind::variant:
        break;
    }
    return {};
}

} // namespace

void put_compact(scale::Writer& out, uint32_t value)
{
    const auto put = [&](uint32_t bits, int bytes) {
        for (int i = 0; i != bytes; ++i)
            out.put(uint8_t(bits >> (8 * i)));
    };
    if (value < 1 << 6)
        put(value << 2, 1);
    else if (value < 1 << 14)
        put(value << 2 | 1, 2);
    else if (value < 1 << 30)
        put(value << 2 | 2, 4);
    else
    {
        out.put(uint8_t(3));
        put(value, 4);
    }
}

void put_text(scale::Writer& out, std::string_view text)
{
    put_compact(out, uint32_t(text.size()));
    out.put(base::view(text));
}

void put_docs(scale::Writer& out, std::string_view line)
{
    put_compact(out, line.empty() ? 0 : 1);
    if (!line.empty())
        put_text(out, line);
}

uint32_t Registry::id(const Type* type)
{
    const auto [at, is_new] = ids_.try_emplace(type, uint32_t(types_.size()));
    if (is_new)
        types_.push_back(type);
    return at->second;
}

void Registry::encode(scale::Writer& out)
{
    // The list grows while its own entries are written.
    scale::Writer types;
    for (uint32_t i = 0; i != types_.size(); ++i)
    {
        put_compact(types, i);
        put_type(types, *types_[i]);
    }
    put_compact(out, uint32_t(types_.size()));
    out.put(types.bytes());
}

void Registry::put_type(scale::Writer& out, const Type& type)
{
    put_path(out, type.path);
    put_compact(out, uint32_t(type.parameters.size()));
    for (const auto& parameter : type.parameters)
    {
        put_text(out, parameter.name);
        out.put(uint8_t(parameter.type != nullptr));
        if (parameter.type != nullptr)
            put(out, parameter.type);
    }
    out.put(uint8_t(type.kind));
    put_definition(out, type);
    put_docs(out, {});
}

void Registry::put_definition(scale::Writer& out, const Type& type)
{
    switch (type.kind)
    {
    case Kind::composite:
        put_fields(out, type.fields);
        break;
    case Kind::variant:
        put_cases(out, type.cases);
        break;
    case Kind::array:
        for (int i = 0; i != 4; ++i)
            out.put(uint8_t(type.length >> (8 * i)));
        [[fallthrough]];
    case Kind::sequence:
    case Kind::compact:
        put(out, type.inner);
        break;
    case Kind::tuple:
        put_compact(out, uint32_t(type.fields.size()));
        for (const auto& field : type.fields)
            put(out, field.type);
        break;
    case Kind::primitive:
        out.put(uint8_t(type.primitive));
        break;
    }
}

void Registry::put_fields(scale::Writer& out, std::span<const Field> fields)
{
    put_compact(out, uint32_t(fields.size()));
    for (const auto& field : fields)
    {
        put_optional_text(out, field.name);
        put(out, field.type);
        const auto spelling = field.type_name.empty() ? spelled(*field.type) : std::string(field.type_name);
        put_optional_text(out, field.boxed ? "Box<" + spelling + ">" : spelling);
        put_docs(out, {});
    }
}

void Registry::put_cases(scale::Writer& out, std::span<const Case> cases)
{
    put_compact(out, uint32_t(cases.size()));
    for (const auto& one : cases)
    {
        put_text(out, one.name);
        put_fields(out, one.fields);
        out.put(one.index);
        put_docs(out, one.docs);
    }
}

} // namespace runtime::meta
