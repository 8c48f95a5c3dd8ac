#include "trie/node.hpp"

#include "base/invariant.hpp"

namespace trie {
namespace {

// Header: the variant in the upper bits, the size of the partial key in the lower ones.
struct Header
{
    uint8_t prefix;
    uint8_t size_bits;
    ValueKind value;
    bool branch;
};

constexpr std::array kHeaders{
    Header{0b01000000, 6, ValueKind::plain, false}, Header{0b10000000, 6, ValueKind::none, true},
    Header{0b11000000, 6, ValueKind::plain, true},  Header{0b00100000, 5, ValueKind::hashed, false},
    Header{0b00010000, 4, ValueKind::hashed, true},
};

const Header* header_of(uint8_t first)
{
    for (const auto& header : kHeaders)
        if (first >> header.size_bits == header.prefix >> header.size_bits)
            return &header;
    return nullptr;
}

/// A size that fills the header's low bits goes on in bytes of up to 255, the last below 255.
std::optional<size_t> take_size(uint8_t low, uint8_t most, base::Reader& in)
{
    size_t size = low;
    if (low != most)
        return size;
    for (;;)
    {
        const auto more = in.get<uint8_t>();
        if (!more)
            return std::nullopt;
        size += *more;
        if (*more != 255)
            return size;
    }
}

void put_header(const Header& header, size_t size, Bytes& out)
{
    const size_t most = (size_t{1} << header.size_bits) - 1;
    out.push_back(uint8_t(header.prefix | std::min(size, most)));
    if (size < most)
        return;
    for (size -= most; size >= 255; size -= 255)
        out.push_back(255);
    out.push_back(uint8_t(size));
}

/// A compact length and that many bytes. Lengths of 2³⁰ and more do not occur: no value is so long.
std::optional<ByteView> take_counted(base::Reader& in)
{
    const auto first = in.get<uint8_t>();
    if (!first)
        return std::nullopt;
    uint32_t count = *first >> 2;
    if (*first % 4 == 3)
        return std::nullopt;
    const size_t extra = *first % 4 == 0 ? 0 : *first % 4 == 1 ? 1 : 3;
    const auto rest = in.take(extra);
    if (!rest)
        return std::nullopt;
    for (size_t i = 0; i != extra; ++i)
        count |= uint32_t((*rest)[i]) << (6 + 8 * i);
    const uint32_t least = extra == 0 ? 0 : extra == 1 ? 1 << 6 : 1 << 14;
    if (count < least)
        return std::nullopt;
    return in.take(count);
}

void put_counted(ByteView bytes, Bytes& out)
{
    put_compact(uint32_t(bytes.size()), out);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

bool take_children(uint16_t mask, Form form, base::Reader& in, Node& node)
{
    for (size_t i = 0; i != 16; ++i)
    {
        if ((mask >> i & 1) == 0)
            continue;
        const auto child = take_counted(in);
        if (!child || child->size() > 32 || (child->empty() && form == Form::full))
            return false;
        node.children[i] = *child;
    }
    node.mask = mask;
    return true;
}

} // namespace

Digest digest_of(ByteView hash)
{
    Digest digest;
    base::invariant(hash.size() == digest.size());
    std::ranges::copy(hash, digest.begin());
    return digest;
}

void put_compact(uint32_t value, Bytes& out)
{
    const auto put = [&](uint64_t bits, size_t bytes) {
        for (size_t i = 0; i != bytes; ++i)
            out.push_back(uint8_t(bits >> (8 * i)));
    };
    if (value < 1 << 6)
        put(uint64_t(value) << 2, 1);
    else if (value < 1 << 14)
        put(uint64_t(value) << 2 | 1, 2);
    else if (value < 1 << 30)
        put(uint64_t(value) << 2 | 2, 4);
    else
        put(uint64_t(value) << 8 | 3, 5);
}

std::optional<Node> decode_node(ByteView bytes, Form form)
{
    base::Reader in(bytes);
    const auto first = in.get<uint8_t>();
    const Header* header = first ? header_of(*first) : nullptr;
    if (header == nullptr)
        return std::nullopt;
    const auto most = uint8_t((1 << header->size_bits) - 1);
    const auto size = take_size(*first & most, most, in);
    const auto packed = size ? in.take((*size + 1) / 2) : std::nullopt;
    if (!packed || (*size % 2 == 1 && packed->front() > 15))
        return std::nullopt;

    Node node;
    node.partial = Nibbles(*packed, *size);
    node.kind = header->value;
    uint16_t mask = 0;
    if (header->branch)
    {
        mask = in.get<uint16_t>().value_or(0);
        if (mask == 0)
            return std::nullopt;
    }
    if (node.kind != ValueKind::none)
    {
        const auto value = node.kind == ValueKind::hashed ? in.take(32) : take_counted(in);
        if (!value)
            return std::nullopt;
        node.value = *value;
    }
    if (!take_children(mask, form, in, node) || !in.at_end())
        return std::nullopt;
    return node;
}

void encode_node(const Node& node, Bytes& out)
{
    const bool branch = node.mask != 0;
    base::invariant(branch || node.kind != ValueKind::none);
    for (const auto& header : kHeaders)
        if (header.branch == branch && header.value == node.kind)
            put_header(header, node.partial.size(), out);
    node.partial.pack(out);
    if (branch)
    {
        out.push_back(uint8_t(node.mask));
        out.push_back(uint8_t(node.mask >> 8));
    }
    if (node.kind == ValueKind::plain)
        put_counted(node.value, out);
    else
        out.insert(out.end(), node.value.begin(), node.value.end());
    for (size_t i = 0; i != 16; ++i)
        if (node.mask >> i & 1)
            put_counted(node.children[i], out);
}

} // namespace trie
