#include "executor/blob.hpp"

#include "base/invariant.hpp"
#include "executor/binary.hpp"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>

namespace executor {
namespace {

using base::Bytes;
using base::ByteView;

constexpr std::array<uint8_t, 8> kMagic{0x52, 0xBC, 0x53, 0x76, 0x46, 0xDB, 0x8E, 0x05};
constexpr std::array<uint8_t, 4> kFrameMagic{0x28, 0xB5, 0x2F, 0xFD};
constexpr size_t kPreambleBytes = 8;
constexpr size_t kChunkBytes = size_t{1} << 20;
constexpr int kLevel = 19;
constexpr int kWindowLogMax = 26; // 64 MiB: what the frames of 50 MiB at most need

struct Header
{
    uint8_t id;
    ByteView content;
    ByteView whole;
};

/// The next section; nothing at the end, and at the first fault, when the reader has failed.
std::optional<Header> next_section(BinaryReader& at, ByteView wasm)
{
    const auto begin = at.offset();
    if (at.at_end())
        return std::nullopt;
    const auto id = at.byte();
    const auto size = at.u32();
    const auto content = id && size ? at.take(*size) : std::nullopt;
    if (!content)
        return std::nullopt;
    return Header{*id, *content, wasm.subspan(begin, at.offset() - begin)};
}

/// The content of a custom section of that name.
std::optional<ByteView> named(const Header& section, std::string_view name)
{
    BinaryReader at{section.content, 0};
    if (section.id != 0 || at.name() != name)
        return std::nullopt;
    return section.content.subspan(at.offset());
}

} // namespace

std::expected<Bytes, BlobRefusal> unpack(ByteView code, uint64_t bytes_max)
{
    if (code.size() < kMagic.size() || !std::ranges::equal(code.first(kMagic.size()), kMagic))
    {
        if (code.size() > bytes_max)
            return std::unexpected(BlobRefusal::too_large);
        return Bytes(code.begin(), code.end());
    }
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    base::invariant(context != nullptr);
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kWindowLogMax);
    const auto frame = code.subspan(kMagic.size());
    // One frame of RFC 8878: whether a library reads its older formats too depends on how it was built.
    if (frame.size() < kFrameMagic.size() || !std::ranges::equal(frame.first(kFrameMagic.size()), kFrameMagic))
        return std::unexpected(BlobRefusal::zstd);
    ZSTD_inBuffer in{frame.data(), frame.size(), 0};
    Bytes out;
    // Piece by piece: the size that the frame claims is not believed.
    for (size_t rest = 1; rest != 0;)
    {
        const auto done = out.size();
        out.resize(std::min<uint64_t>(done + kChunkBytes, bytes_max + 1));
        ZSTD_outBuffer piece{out.data() + done, out.size() - done, 0};
        const auto consumed = in.pos;
        rest = ZSTD_decompressStream(context.get(), &piece, &in);
        if (ZSTD_isError(rest))
            return std::unexpected(BlobRefusal::zstd);
        out.resize(done + piece.pos);
        if (out.size() > bytes_max)
            return std::unexpected(BlobRefusal::too_large);
        if (rest != 0 && piece.pos == 0 && in.pos == consumed)
            return std::unexpected(BlobRefusal::zstd); // cut short
    }
    if (in.pos != in.size)
        return std::unexpected(BlobRefusal::zstd);
    return out;
}

Bytes pack(ByteView wasm)
{
    Bytes out(kMagic.begin(), kMagic.end());
    out.resize(kMagic.size() + ZSTD_compressBound(wasm.size()));
    const auto size =
        ZSTD_compress(out.data() + kMagic.size(), out.size() - kMagic.size(), wasm.data(), wasm.size(), kLevel);
    base::invariant(!ZSTD_isError(size));
    out.resize(kMagic.size() + size);
    return out;
}

std::optional<ByteView> custom_section(ByteView wasm, std::string_view name)
{
    BinaryReader at{wasm, 0};
    if (!at.take(kPreambleBytes))
        return std::nullopt;
    while (const auto section = next_section(at, wasm))
        if (const auto content = named(*section, name))
            return content;
    return std::nullopt;
}

std::optional<Bytes> with_custom_section(ByteView wasm, std::string_view name, ByteView content)
{
    BinaryReader at{wasm, 0};
    const auto preamble = at.take(kPreambleBytes);
    if (!preamble)
        return std::nullopt;
    Bytes out(preamble->begin(), preamble->end());
    while (const auto section = next_section(at, wasm))
        if (!named(*section, name))
            out.insert(out.end(), section->whole.begin(), section->whole.end());
    if (!at.at_end())
        return std::nullopt;
    Bytes body;
    put_leb(body, name.size());
    body.insert(body.end(), name.begin(), name.end());
    body.insert(body.end(), content.begin(), content.end());
    out.push_back(0);
    put_leb(out, body.size());
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

std::string_view words(BlobRefusal why)
{
    switch (why)
    {
    case BlobRefusal::too_large:
        return "the code is larger than 50 MiB unpacked: make the runtime smaller";
    case BlobRefusal::zstd:
        return "the compressed code is damaged: pack it again with wasmcheck --compress";
    }
    base::invariant(false);
    return {};
}

} // namespace executor
