// base::Reader on arbitrary bytes. The first byte of each step chooses the width of the next read; whatever is read
// is written back, and must equal the input up to the point where reading stopped.
#include "base/bytes.hpp"
#include "base/invariant.hpp"

#include <algorithm>

namespace {

template <typename T>
bool copy(base::Reader& reader, base::Writer& writer)
{
    const auto value = reader.get<T>();
    if (value)
        writer.put(*value);
    return value.has_value();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const base::ByteView input(data, size);
    base::Reader reader(input);
    base::Writer writer;
    while (const auto choice = reader.get<uint8_t>())
    {
        writer.put(*choice);
        const bool read = *choice % 4 == 0   ? copy<uint8_t>(reader, writer)
                          : *choice % 4 == 1 ? copy<uint16_t>(reader, writer)
                          : *choice % 4 == 2 ? copy<uint32_t>(reader, writer)
                                             : copy<uint64_t>(reader, writer);
        if (!read)
            break;
    }
    base::invariant(reader.failed());
    base::invariant(std::ranges::equal(writer.bytes(), input.first(writer.bytes().size())));
    return 0;
}
