#include "executor/inspector.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace executor {
namespace {

constexpr std::array<uint8_t, 8> kMagicAndVersion{0x00, 'a', 's', 'm', 1, 0, 0, 0};

} // namespace

std::expected<Shape, InspectError> Inspector::run()
{
    if (code_.size() > kCodeBytesMax)
        return refuse(Refusal::too_large, kCodeBytesMax);
    const auto magic = at_.take(kMagicAndVersion.size());
    if (!magic || !std::ranges::equal(*magic, kMagicAndVersion))
        return refuse(Refusal::not_wasm, 0);
    while (!at_.at_end())
        if (const auto read = one_section(); !read)
            return std::unexpected(read.error());
    section_ = Section::none;
    if (const auto read = whole_file(); !read)
        return std::unexpected(read.error());
    return std::move(shape_);
}

Inspector::Checked Inspector::one_section()
{
    const auto begin = at_.offset();
    const auto last = section_;
    const auto id = at_.byte();
    const auto size = at_.u32();
    section_ = Section::none;
    if (!id || !size)
        return malformed("section header");
    if (*id == 12 || *id == 13)
        return refuse(Refusal::later_version, begin, *id == 12 ? "data count section" : "tag section");
    if (*id > 13)
        return refuse(Refusal::malformed, begin, "unknown section");
    section_ = Section(*id);
    const auto start = at_.offset();
    const auto body = at_.take(*size);
    if (!body)
        return malformed("section longer than the file");
    shape_.sections.push_back({section_, begin, start, start + *size});
    if (section_ == Section::custom)
    {
        section_ = last; // custom sections stand anywhere
        BinaryReader custom{*body, start};
        return custom.name() ? Checked{} : refuse(Refusal::malformed, start, "custom section");
    }
    if (last != Section::none && section_ <= last)
        return refuse(Refusal::malformed, begin, "section out of order");
    if (section_ == Section::start)
        return refuse(Refusal::start_function, begin);

    const auto after = std::exchange(at_, BinaryReader{*body, start});
    const auto count = at_.u32();
    if (!count)
        return malformed("count");
    if (const auto few = count_of_section(*count); !few)
        return few;
    if (section_ == Section::code)
        if (const auto small = within("bytes of code", *size, kCodeSectionMax); !small)
            return small;
    if (const auto read = content(*count); !read)
        return read;
    if (!at_.at_end())
        return malformed("section size");
    at_ = after;
    return {};
}

Inspector::Checked Inspector::count_of_section(uint32_t count) const
{
    switch (section_)
    {
    case Section::type:
        return within("types", count, kTypesMax);
    case Section::import:
        return within("imports", count, kImportsMax);
    case Section::function:
        return within("functions", count, kFunctionsMax);
    case Section::global:
        return within("globals", count, kGlobalsMax);
    case Section::exported:
        return within("exports", count, kExportsMax);
    case Section::element:
        return within("element segments", count, kElementSegmentsMax);
    case Section::data:
        return within("data segments", count, kDataSegmentsMax);
    default:
        return {}; // one at most, or as many as another section says
    }
}

Inspector::Checked Inspector::content(uint32_t count)
{
    switch (section_)
    {
    case Section::type:
        return types(count);
    case Section::import:
        return imports(count);
    case Section::function:
        return functions(count);
    case Section::table:
        return tables(count);
    case Section::memory:
        return memories(count);
    case Section::global:
        return globals(count);
    case Section::exported:
        return exports(count);
    case Section::element:
        return elements(count);
    case Section::code:
        return bodies(count);
    case Section::data:
        return data(count);
    case Section::custom:
    case Section::start:
    case Section::none:
        break;
    }
    return malformed();
}

Inspector::Checked Inspector::whole_file()
{
    if (shape_.functions != bodies_wanted_)
        return malformed("number of function bodies");
    const auto exported = std::ranges::find_if(
        exports_, [](const Export& entry) { return entry.kind == kMemory && entry.name == "memory"; });
    if (shape_.memory_import && exported != exports_.end())
        return refuse(Refusal::memory_twice, exported->offset);
    if (!shape_.memory_import && exported == exports_.end())
        return refuse(Refusal::memory_missing, code_.size());
    return heap_base();
}

Inspector::Checked Inspector::heap_base()
{
    const auto found = std::ranges::find_if(exports_, [](const Export& entry) { return entry.name == "__heap_base"; });
    if (found == exports_.end() || found->kind != kGlobal || globals_[found->index].type != ValueType::i32 ||
        !globals_[found->index].constant)
        return refuse(Refusal::heap_base, found == exports_.end() ? code_.size() : found->offset);
    shape_.heap_base = *globals_[found->index].constant;
    if (!rules_.heap_pages || !shape_.memory_pages_max)
        return {};
    const auto wanted = (shape_.heap_base + kPageBytes - 1) / kPageBytes + *rules_.heap_pages;
    if (*shape_.memory_pages_max < wanted)
        return refuse(Refusal::memory_max, 0,
                      std::to_string(*shape_.memory_pages_max) + " pages of " + std::to_string(wanted));
    return {};
}

std::expected<Shape, InspectError> inspect(ByteView code, const Rules& rules) { return Inspector(code, rules).run(); }

} // namespace executor
