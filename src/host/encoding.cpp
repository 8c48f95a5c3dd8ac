#include "host/encoding.hpp"

#include "scale/scale.hpp"

#include <algorithm>
#include <string>

namespace host {
namespace {

Bytes some(ByteView bytes)
{
    scale::Writer writer{bytes.size() + 6};
    writer.put(uint8_t{1});
    scale::encode(scale::Compact<uint32_t>{uint32_t(bytes.size())}, writer);
    writer.put(bytes);
    return writer.take();
}

} // namespace

Bytes copy(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

Bytes encode_slice(const std::optional<executor::Slice>& found) { return found ? some(found->bytes) : Bytes{0}; }

Bytes encode_option(const std::optional<Bytes>& found) { return found ? some(*found) : Bytes{0}; }

Bytes read_part(const std::optional<executor::Slice>& found, std::span<uint8_t> out, uint32_t offset)
{
    if (!found)
        return {0};
    const auto rest = found->bytes.subspan(std::min<size_t>(offset, found->bytes.size()));
    std::ranges::copy(rest.first(std::min(rest.size(), out.size())), out.begin());
    return scale::encode(std::optional(uint32_t(rest.size())));
}

Bytes encode_removal(const executor::Removal& removal)
{
    scale::Writer writer;
    writer.put(uint8_t(removal.cursor.has_value()));
    scale::encode(removal.loops, writer);
    return writer.take();
}

std::expected<std::optional<uint32_t>, executor::Trap> decode_limit(ByteView limit)
{
    const auto decoded = scale::decode<std::optional<uint32_t>>(limit);
    if (!decoded)
        return executor::trap(executor::TrapCode::host, "the limit is not an encoded Option<u32>");
    return *decoded;
}

std::expected<trie::Version, executor::Trap> decode_version(uint32_t version)
{
    if (version > 1)
        return executor::trap(executor::TrapCode::host,
                              "state version " + std::to_string(version) + ": there are 0 and 1");
    return trie::Version(version);
}

Bytes digest_bytes(const base::Digest& digest) { return {digest.begin(), digest.end()}; }

} // namespace host
