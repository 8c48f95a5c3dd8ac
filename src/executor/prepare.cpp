#include "executor/prepare.hpp"

#include "executor/binary.hpp"

namespace executor {
namespace {

constexpr std::string_view kMemoryName = "memory";

void put(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void put_section(Bytes& out, Section id, const Bytes& content)
{
    out.push_back(uint8_t(id));
    put_leb(out, content.size());
    put(out, content);
}

/// The entries of a section after its count.
ByteView entries(ByteView code, const SectionSpan& section, uint32_t& count)
{
    BinaryReader at{code.subspan(section.content, section.end - section.content), section.content};
    count = at.u32().value_or(0);
    return code.subspan(at.offset(), section.end - at.offset());
}

void put_imports(Bytes& out, ByteView code, const Shape& shape, const SectionSpan& section)
{
    uint32_t count = 0;
    const auto all = entries(code, section, count);
    const auto first = section.end - all.size();
    Bytes content;
    put_leb(content, count - 1);
    put(content, code.subspan(first, shape.memory_import->begin - first));
    put(content, code.subspan(shape.memory_import->end, section.end - shape.memory_import->end));
    put_section(out, Section::import, content);
}

void put_exports(Bytes& out, ByteView code, const SectionSpan& section)
{
    uint32_t count = 0;
    const auto all = entries(code, section, count);
    Bytes content;
    put_leb(content, uint64_t{count} + 1);
    put(content, all);
    put_leb(content, kMemoryName.size());
    put(content, base::view(kMemoryName));
    content.push_back(2); // a memory,
    content.push_back(0); // the first one
    put_section(out, Section::exported, content);
}

void put_memory(Bytes& out, uint64_t pages)
{
    Bytes content{1, 1}; // one memory, with a maximum
    put_leb(content, pages);
    put_leb(content, pages);
    put_section(out, Section::memory, content);
}

} // namespace

uint64_t memory_pages(const Shape& shape, uint32_t heap_pages) { return uint64_t{shape.memory_pages} + heap_pages; }

std::expected<Bytes, std::string> prepare(ByteView code, const Shape& shape, uint32_t heap_pages)
{
    const auto pages = memory_pages(shape, heap_pages);
    if (pages > kMemoryPagesMax)
        return std::unexpected("the module and its heap want " + std::to_string(pages) +
                               " pages of memory, at most 65536: lower :heappages");
    Bytes out(code.begin(), code.begin() + 8);
    out.reserve(code.size() + 64);
    bool defined = false;
    for (const auto& section : shape.sections)
    {
        if (section.id == Section::custom)
            continue;
        if (!defined && section.id >= Section::memory)
        {
            put_memory(out, pages);
            defined = true;
        }
        if (section.id == Section::memory)
            continue;
        if (section.id == Section::import && shape.memory_import)
            put_imports(out, code, shape, section);
        else if (section.id == Section::exported && shape.memory_import)
            put_exports(out, code, section);
        else
            put(out, code.subspan(section.begin, section.end - section.begin));
    }
    return out;
}

} // namespace executor
