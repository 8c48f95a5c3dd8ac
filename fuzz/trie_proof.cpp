// Proofs from outside: nodes, each after its u16 size. As a set below the first one's hash, as a compact proof, and as
// a proof of one item. What is accepted reads the same in every form, and a proof that lacks nodes says so.
#include "base/invariant.hpp"
#include "trie/compact.hpp"
#include "trie/read.hpp"

namespace {

using base::invariant;

/// Everything that can be asked of a proof: each ends in an answer or in a fault.
std::vector<trie::Bytes> keys_of(const trie::Proof& proof, const trie::Digest& root)
{
    std::vector<trie::Bytes> keys;
    trie::Cursor cursor(proof, root);
    for (auto key = cursor.next(); key && *key; key = cursor.next())
        keys.push_back(std::move(**key));
    for (const auto& key : keys)
    {
        const auto value = trie::find_value(proof, root, key);
        invariant(value || value.error().why == trie::Fault::missing_node);
        const trie::Change change{key, std::nullopt};
        (void)trie::apply(proof, root, {&change, 1}, trie::Version::v1);
    }
    return keys;
}

/// The nodes, where a reference to one further down may be written as the word LINK, its place and 27 bytes more: the
/// hash is put there. Otherwise every change of a node tears it from its parent, and all faults lie in the root.
std::vector<trie::Bytes> linked(std::span<const trie::ByteView> nodes)
{
    constexpr std::string_view kMark = "LINK";
    std::vector<trie::Bytes> out(nodes.size());
    std::vector<trie::Digest> hashes(nodes.size());
    for (size_t i = nodes.size(); i-- != 0;)
    {
        out[i].assign(nodes[i].begin(), nodes[i].end());
        for (size_t at = 0; at + hashes[i].size() <= out[i].size(); ++at)
        {
            const size_t place = out[i][at + kMark.size()];
            if (place > i && place < nodes.size() && std::ranges::equal(trie::ByteView(out[i]).subspan(at, 4), kMark))
                std::ranges::copy(hashes[place], out[i].begin() + std::ptrdiff_t(at));
        }
        hashes[i] = trie::blake2_256(out[i]);
    }
    return out;
}

/// A compact proof reads as what it was made of; without one of its items it is refused, or that was of a child trie.
void check_compact(std::vector<trie::ByteView> items, const trie::Digest& root, const std::vector<trie::Bytes>& keys)
{
    const auto again = trie::decode_compact(items, root);
    invariant(again && keys_of(*again, root) == keys);
    items.erase(items.begin() + std::ptrdiff_t(keys.size() % items.size()));
    const auto less = trie::decode_compact(items, root);
    invariant(!less || keys_of(*less, root) == keys);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    base::Reader in({data, size});
    std::vector<trie::ByteView> raw;
    while (in.left() != 0)
    {
        const auto length = in.get<uint16_t>();
        const auto node = length ? in.take(*length) : std::nullopt;
        if (!node)
            return 0;
        raw.push_back(*node);
    }
    if (raw.empty())
        return 0;
    const auto held = linked(raw);
    const std::vector<trie::ByteView> nodes(held.begin(), held.end());
    (void)trie::decode_compact(nodes, trie::Digest{});
    (void)trie::verify_item(trie::Digest{}, std::span(nodes).subspan(1), nodes[0], nodes[0], trie::Version::v1);

    const auto root = trie::blake2_256(nodes[0]);
    const auto proof = trie::Proof::check(nodes, root);
    if (!proof)
        return 0;
    const auto keys = keys_of(*proof, root);
    const auto items = trie::encode_compact(*proof, root);
    if (!items)
        return 0;
    check_compact({items->begin(), items->end()}, root, keys);
    return 0;
}
