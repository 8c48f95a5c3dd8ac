#include "database/diff.hpp"

#include <algorithm>

namespace database {
namespace {

void put_counted(ByteView bytes, base::Writer& out)
{
    out.put(uint32_t(bytes.size()));
    out.put(bytes);
}

std::optional<ByteView> take_counted(base::Reader& in)
{
    const auto size = in.get<uint32_t>();
    return size ? in.take(*size) : std::nullopt;
}

bool take_digest(base::Reader& in, Digest& out)
{
    const auto raw = in.take(out.size());
    if (raw)
        std::ranges::copy(*raw, out.begin());
    return raw.has_value();
}

bool take_flat(base::Reader& in, BlockDiff& diff)
{
    for (auto count = in.get<uint32_t>(); count && *count != 0; --*count)
    {
        const auto key = take_counted(in);
        const auto there = in.get<uint8_t>();
        if (!key || !there || *there > 1)
            return false;
        const auto value = *there == 1 ? take_counted(in) : ByteView{};
        if (!value)
            return false;
        auto& entry = diff.flat[Bytes(key->begin(), key->end())];
        if (*there == 1)
            entry = Bytes(value->begin(), value->end());
    }
    return !in.failed();
}

bool take_nodes(base::Reader& in, BlockDiff& diff)
{
    for (auto count = in.get<uint32_t>(); count && *count != 0; --*count)
    {
        trie::NewNode node;
        if (!take_digest(in, node.hash))
            return false;
        const auto bytes = take_counted(in);
        if (!bytes)
            return false;
        node.bytes = std::make_shared<const Bytes>(bytes->begin(), bytes->end());
        diff.inserted.push_back(std::move(node));
    }
    return !in.failed();
}

} // namespace

Bytes flat_key(ByteView key)
{
    Bytes flat{0};
    flat.insert(flat.end(), key.begin(), key.end());
    return flat;
}

Bytes flat_child_key(ByteView name, ByteView key)
{
    base::Writer out;
    out.put(uint8_t{1});
    put_counted(name, out);
    out.put(key);
    return out.take();
}

Bytes encode(const BlockDiff& diff)
{
    base::Writer out;
    out.put(diff.number);
    out.put(diff.parent);
    out.put(diff.state_root);
    out.put(uint32_t(diff.flat.size()));
    for (const auto& [key, value] : diff.flat)
    {
        put_counted(key, out);
        out.put(uint8_t(value.has_value()));
        if (value)
            put_counted(*value, out);
    }
    out.put(uint32_t(diff.inserted.size()));
    for (const auto& node : diff.inserted)
    {
        out.put(node.hash);
        put_counted(*node.bytes, out);
    }
    out.put(encode(diff.removed));
    return out.take();
}

std::optional<BlockDiff> decode_diff(ByteView bytes)
{
    base::Reader in(bytes);
    BlockDiff diff;
    diff.number = in.get<uint64_t>().value_or(0);
    if (!take_digest(in, diff.parent) || !take_digest(in, diff.state_root) || !take_flat(in, diff) ||
        !take_nodes(in, diff))
        return std::nullopt;
    auto removed = decode_hashes(*in.take(in.left()));
    if (!removed)
        return std::nullopt;
    diff.removed = std::move(*removed);
    return diff;
}

Bytes encode(std::span<const Digest> hashes)
{
    base::Writer out;
    out.put(uint32_t(hashes.size()));
    for (const auto& hash : hashes)
        out.put(hash);
    return out.take();
}

std::optional<std::vector<Digest>> decode_hashes(ByteView bytes)
{
    base::Reader in(bytes);
    const auto count = in.get<uint32_t>();
    if (!count || in.left() != *count * sizeof(Digest))
        return std::nullopt;
    std::vector<Digest> hashes(*count);
    for (auto& hash : hashes)
        take_digest(in, hash);
    return hashes;
}

} // namespace database
