#include "executor/testing/module.hpp"

#include "executor/binary.hpp"

#include <string>

namespace executor::testing {
namespace {

using base::Bytes;

void put(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }

void put_name(Bytes& out, const std::string& name)
{
    put_leb(out, name.size());
    out.insert(out.end(), name.begin(), name.end());
}

void put_section(Bytes& out, uint8_t id, uint32_t count, const Bytes& entries)
{
    if (count == 0)
        return;
    Bytes content;
    put_leb(content, count);
    put(content, entries);
    out.push_back(id);
    put_leb(out, content.size());
    put(out, content);
}

std::string name_of(const Parts& parts, uint32_t index)
{
    return index == 0 && parts.name_bytes != 0 ? std::string(parts.name_bytes, 'n') : std::to_string(index);
}

Bytes types(const Parts& parts)
{
    Bytes all{0x60};
    put_leb(all, parts.params);
    put(all, repeated({0x7F}, parts.params));
    all.push_back(0);
    put(all, repeated({0x60, 0, 0}, parts.types - size_t{1}));
    return all;
}

Bytes imports(const Parts& parts)
{
    Bytes all;
    for (uint32_t i = 0; i != parts.imports; ++i)
    {
        put_name(all, "env");
        put_name(all, name_of(parts, i));
        put(all, {0, 0});
    }
    return all;
}

Bytes exports(const Parts& parts)
{
    Bytes all;
    put_name(all, "memory");
    put(all, {2, 0});
    put_name(all, "__heap_base");
    put(all, {3, 0});
    const auto more = parts.name_bytes != 0 && parts.imports == 0 ? uint32_t{1} : parts.exports - 2;
    for (uint32_t i = 0; i != more; ++i)
    {
        put_name(all, name_of(parts, i));
        put(all, {3, 0});
    }
    return all;
}

} // namespace

Bytes repeated(const Bytes& part, size_t count)
{
    Bytes all;
    all.reserve(part.size() * count);
    for (size_t i = 0; i != count; ++i)
        put(all, part);
    return all;
}

Bytes body(const Bytes& instructions, const std::vector<uint32_t>& locals)
{
    Bytes out;
    put_leb(out, locals.size());
    for (const auto group : locals)
    {
        put_leb(out, group);
        out.push_back(0x7F);
    }
    put(out, instructions);
    out.push_back(0x0B);
    return out;
}

Bytes module(const Parts& parts)
{
    Bytes out{0x00, 'a', 's', 'm', 1, 0, 0, 0};
    put_section(out, 1, parts.types, types(parts));
    put_section(out, 2, parts.imports, imports(parts));
    put_section(out, 3, uint32_t(parts.bodies.size()), repeated({0}, parts.bodies.size()));
    Bytes table{0x70, 0};
    put_leb(table, parts.table);
    put_section(out, 4, parts.table != 0, table);
    put_section(out, 5, 1, {0, 1});
    put_section(out, 6, parts.globals, repeated({0x7F, 0, 0x41, 0, 0x0B}, parts.globals));
    const bool named = parts.name_bytes != 0 && parts.imports == 0;
    put_section(out, 7, named ? 3 : parts.exports, exports(parts));
    Bytes segment{0, 0x41, 0, 0x0B};
    put_leb(segment, parts.elements);
    put(segment, repeated({0}, parts.elements));
    put_section(out, 9, parts.segments, repeated(segment, parts.segments));
    Bytes bodies;
    for (const auto& one : parts.bodies)
    {
        put_leb(bodies, one.size());
        put(bodies, one);
    }
    put_section(out, 10, uint32_t(parts.bodies.size()), bodies);
    put_section(out, 11, parts.data, repeated({0, 0x41, 0, 0x0B, 0}, parts.data));
    return out;
}

} // namespace executor::testing
