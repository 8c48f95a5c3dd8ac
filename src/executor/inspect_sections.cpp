#include "executor/code_walk.hpp"
#include "executor/inspector.hpp"

#include <algorithm>
#include <array>

namespace executor {

std::expected<ValueType, InspectError> Inspector::value_type()
{
    const auto offset = at_.offset();
    const auto byte = at_.byte();
    if (!byte)
        return malformed("value type");
    const auto type = number_type(*byte);
    if (!type)
        return refuse(later_type(*byte).empty() ? Refusal::malformed : Refusal::later_version, offset,
                      later_type(*byte));
    if (is_float(*type) && !rules_.floats)
        return refuse(Refusal::floats, offset, *type == ValueType::f32 ? "f32" : "f64");
    return *type;
}

Inspector::Checked Inspector::types(uint32_t count)
{
    for (uint32_t i = 0; i != count; ++i)
        if (const auto read = one_type(); !read)
            return read;
    return {};
}

Inspector::Checked Inspector::one_type()
{
    const auto offset = at_.offset();
    const auto form = at_.byte();
    if (!form)
        return malformed("type");
    if (*form != 0x60)
        return refuse(Refusal::later_version, offset, "a type that is not a function");
    FunctionType type;
    const auto params = at_.u32();
    if (!params || *params > at_.left())
        return malformed("parameters");
    if (const auto few = within("parameters", *params, kParamsOfTypeMax); !few)
        return few;
    for (uint32_t p = 0; p != *params; ++p)
    {
        const auto param = value_type();
        if (!param)
            return std::unexpected(param.error());
        type.params.push_back(*param);
    }
    const auto results = at_.u32();
    if (!results)
        return malformed("results");
    if (*results > 1)
        return refuse(Refusal::later_version, offset, "multi-value: more than one result");
    if (*results == 1)
    {
        const auto result = value_type();
        if (!result)
            return std::unexpected(result.error());
        type.result = *result;
    }
    types_.push_back(std::move(type));
    return {};
}

Inspector::Checked Inspector::imports(uint32_t count)
{
    shape_.import_count = count;
    for (uint32_t i = 0; i != count; ++i)
        if (const auto read = one_import(); !read)
            return read;
    return {};
}

Inspector::Checked Inspector::one_import()
{
    const auto begin = at_.offset();
    const auto module = at_.name(), name = at_.name();
    const auto kind = at_.byte();
    if (!module || !name || !kind)
        return malformed("import");
    if (const auto brief = within("bytes of a name", std::max(module->size(), name->size()), kNameBytesMax); !brief)
        return brief;
    const auto full = std::string(*module) + "." + std::string(*name);
    if (*module != "env" || (*kind != kFunction && *kind != kMemory))
        return refuse(Refusal::foreign_import, begin, full);
    if (*kind == kMemory)
    {
        if (*name != "memory")
            return refuse(Refusal::foreign_import, begin, full);
        if (has_memory_)
            return refuse(Refusal::later_version, begin, "a second memory");
        const auto read = memories(1);
        shape_.memory_import = {begin, at_.offset()};
        return read;
    }
    const auto type = at_.u32();
    if (!type || *type >= types_.size())
        return malformed("type of import");
    if (rules_.host && !rules_.host->find(*name, types_[*type]))
        return refuse(rules_.host->has(*name) ? Refusal::import_type : Refusal::import_not_allowed, begin, full);
    const auto [known, added] = import_types_.try_emplace(*name, *type);
    if (!added && types_[known->second] != types_[*type])
        return refuse(Refusal::import_twice, begin, full);
    shape_.imports.push_back({std::string(*name), types_[*type]});
    function_types_.push_back(*type);
    return {};
}

Inspector::Checked Inspector::functions(uint32_t count)
{
    for (uint32_t i = 0; i != count; ++i)
    {
        const auto type = at_.u32();
        if (!type || *type >= types_.size())
            return malformed("type of function");
        function_types_.push_back(*type);
    }
    bodies_wanted_ = count;
    return {};
}

std::expected<Limits, InspectError> Inspector::limits()
{
    const auto offset = at_.offset();
    const auto flags = at_.byte();
    if (!flags)
        return malformed("limits");
    if (*flags > 1)
        return refuse(Refusal::later_version, offset, "shared or 64-bit limits");
    const auto least = at_.u32();
    const auto most = *flags == 1 ? at_.u32() : std::nullopt;
    if (!least || (*flags == 1 && (!most || *most < *least)))
        return malformed("limits");
    return Limits{*least, most};
}

Inspector::Checked Inspector::tables(uint32_t count)
{
    if (count > 1)
        return refuse(Refusal::later_version, at_.offset(), "a second table");
    if (count == 0)
        return {};
    const auto offset = at_.offset();
    const auto type = at_.byte();
    if (!type)
        return malformed("table");
    if (*type != 0x70)
        return refuse(Refusal::later_version, offset, "a table that is not of functions");
    has_table_ = true;
    const auto read = limits();
    return read ? within("elements of the table", read->least, kTableElementsMax) : std::unexpected(read.error());
}

Inspector::Checked Inspector::memories(uint32_t count)
{
    if (count == 0)
        return {};
    if (count > 1 || has_memory_)
        return refuse(Refusal::later_version, at_.offset(), "a second memory");
    const auto read = limits();
    if (!read)
        return std::unexpected(read.error());
    if (read->least > kMemoryPagesMax || read->most.value_or(0) > kMemoryPagesMax)
        return malformed("memory of more than 65536 pages");
    has_memory_ = true;
    shape_.memory_pages = read->least;
    shape_.memory_pages_max = read->most;
    return {};
}

std::expected<std::optional<uint32_t>, InspectError> Inspector::constant()
{
    const auto offset = at_.offset();
    const auto byte = at_.byte();
    if (!byte)
        return malformed("constant");
    std::optional<uint32_t> value;
    bool read = false;
    switch (*byte)
    {
    case 0x41:
        if (const auto number = at_.s32())
            value = uint32_t(*number), read = true;
        break;
    case 0x42:
        read = at_.s64().has_value();
        break;
    case 0x43:
    case 0x44:
        if (!rules_.floats)
            return refuse(Refusal::floats, offset, std::string(opcode(*byte).name));
        read = at_.take(*byte == 0x43 ? 4 : 8).has_value();
        break;
    case 0x23: // global.get of an imported global: there are none
        return malformed("global.get in a constant");
    default:
        return refuse(opcode(*byte).name.empty() ? Refusal::later_version : Refusal::malformed, offset,
                      "not a constant: " +
                          (opcode(*byte).name.empty() ? later_opcode(*byte, 0) : std::string(opcode(*byte).name)));
    }
    const auto after = at_.offset();
    const auto end = at_.byte();
    if (!read || !end)
        return malformed("constant");
    if (*end != 0x0B)
        return refuse(Refusal::later_version, after, "extended constant expression");
    return value;
}

Inspector::Checked Inspector::globals(uint32_t count)
{
    for (uint32_t i = 0; i != count; ++i)
    {
        const auto type = value_type();
        if (!type)
            return std::unexpected(type.error());
        const auto variable = at_.byte();
        if (!variable || *variable > 1)
            return malformed("mutability of global");
        const auto initial = constant();
        if (!initial)
            return std::unexpected(initial.error());
        globals_.push_back({*type, *variable == 1, *initial});
    }
    return {};
}

Inspector::Checked Inspector::exports(uint32_t count)
{
    for (uint32_t i = 0; i != count; ++i)
    {
        const auto offset = at_.offset();
        const auto name = at_.name();
        const auto kind = at_.byte();
        const auto index = at_.u32();
        if (!name || !kind || !index || *kind > kGlobal)
            return malformed("export");
        if (const auto brief = within("bytes of a name", name->size(), kNameBytesMax); !brief)
            return brief;
        const std::array<size_t, 4> space{function_types_.size(), has_table_, has_memory_, globals_.size()};
        if (*index >= space[*kind])
            return malformed("index of export " + std::string(*name));
        if (*kind == kGlobal && globals_[*index].variable)
            return refuse(Refusal::later_version, offset, "export of a mutable global: " + std::string(*name));
        exports_.push_back({*name, *kind, *index, offset});
        if (*kind == kFunction)
            shape_.exports.push_back({std::string(*name), types_[function_types_[*index]]});
    }
    return {};
}

/// The flags and offset that begin an element or data segment; only the form of WebAssembly 1.0 passes.
Inspector::Checked Inspector::offset_of_segment(bool there)
{
    const auto offset = at_.offset();
    const auto flags = at_.u32();
    if (!flags)
        return malformed("segment");
    if (*flags != 0)
        return refuse(Refusal::later_version, offset, "passive or indexed segment");
    if (!there)
        return refuse(Refusal::malformed, offset, "segment of nothing");
    const auto value = constant();
    return value ? Checked{} : std::unexpected(value.error());
}

Inspector::Checked Inspector::elements(uint32_t count)
{
    uint64_t all = 0;
    for (uint32_t i = 0; i != count; ++i)
    {
        if (const auto read = offset_of_segment(has_table_); !read)
            return read;
        const auto size = at_.u32();
        if (!size)
            return malformed("element segment");
        all += *size;
        if (const auto few = within("elements", all, kElementsMax); !few)
            return few;
        for (uint32_t e = 0; e != *size; ++e)
        {
            const auto index = at_.u32();
            if (!index || *index >= function_types_.size())
                return malformed("function in element segment");
        }
    }
    return {};
}

Inspector::Checked Inspector::bodies(uint32_t count)
{
    if (count != bodies_wanted_)
        return malformed("number of function bodies");
    for (uint32_t i = 0; i != count; ++i)
        if (const auto read = one_body(uint32_t(shape_.imports.size()) + i); !read)
            return read;
    shape_.functions = count;
    if (const auto good = within("blocks and branches, times locals, of all functions", flow_, kFlowMax); !good)
        return good;
    return within("instructions, times locals, of all functions", spread_, kSpreadMax);
}

Inspector::Checked Inspector::one_body(uint32_t function)
{
    const auto size = at_.u32();
    const auto start = at_.offset();
    const auto body = size ? at_.take(*size) : std::nullopt;
    if (!body)
        return malformed("function body");
    if (const auto small = within("bytes of a function", *size, kBodyBytesMax); !small)
        return small;
    const auto params = uint32_t(types_[function_types_[function]].params.size());
    const auto walked = walk_body(BinaryReader{*body, start}, {rules_.floats, rules_.memory_grow, params});
    if (!walked)
        return std::unexpected(walked.error());
    shape_.instructions += walked->instructions;
    flow_ += walked->flow;
    spread_ += walked->spread;
    return {};
}

Inspector::Checked Inspector::data(uint32_t count)
{
    for (uint32_t i = 0; i != count; ++i)
    {
        if (const auto read = offset_of_segment(has_memory_); !read)
            return read;
        if (!at_.name())
            return malformed("data segment");
    }
    return {};
}

} // namespace executor
