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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    base::Reader in({data, size});
    std::vector<trie::ByteView> nodes;
    while (in.left() != 0)
    {
        const auto length = in.get<uint16_t>();
        const auto node = length ? in.take(*length) : std::nullopt;
        if (!node)
            return 0;
        nodes.push_back(*node);
    }
    if (nodes.empty())
        return 0;
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
    const std::vector<trie::ByteView> views(items->begin(), items->end());
    const auto again = trie::decode_compact(views, root);
    invariant(again && keys_of(*again, root) == keys);
    return 0;
}
