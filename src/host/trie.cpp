#include "host/encoding.hpp"
#include "host/function.hpp"
#include "host/table.hpp"

#include "scale/scale.hpp"
#include "trie/proof.hpp"
#include "trie/root.hpp"

/// Source  Polkadot specification, appendix B.8 "Trie"
namespace host {
namespace {

using Pairs = std::vector<std::pair<Bytes, Bytes>>;
using View32 = std::span<const uint8_t, 32>;

std::unexpected<Trap> not_encoded(const char* what) { return executor::trap(TrapCode::host, what); }

template <trie::HashFunction hash>
std::expected<base::Digest, Trap> root(State&, ByteView encoded, uint32_t version)
{
    const auto form = decode_version(version);
    const auto pairs = scale::decode<Pairs>(encoded);
    if (!form)
        return std::unexpected(form.error());
    if (!pairs)
        return not_encoded("the trie's items are not an encoded Vec<(Vec<u8>, Vec<u8>)>");
    std::vector<trie::Pair> views;
    for (const auto& [key, value] : *pairs)
        views.push_back({key, value});
    const auto made = trie::root(views, *form, hash);
    return made ? std::expected<base::Digest, Trap>(*made) : not_encoded("a key is longer than a trie is deep");
}

template <trie::HashFunction hash>
std::expected<base::Digest, Trap> ordered_root(State&, ByteView encoded, uint32_t version)
{
    const auto form = decode_version(version);
    const auto values = scale::decode<std::vector<Bytes>>(encoded);
    if (!form)
        return std::unexpected(form.error());
    if (!values)
        return not_encoded("the trie's values are not an encoded Vec<Vec<u8>>");
    const std::vector<ByteView> views(values->begin(), values->end());
    const auto made = trie::ordered_root(views, *form, hash);
    return made ? std::expected<base::Digest, Trap>(*made) : not_encoded("too many values");
}

template <auto versioned>
auto version_0(State& state, ByteView encoded)
{
    return versioned(state, encoded, 0);
}

template <trie::HashFunction hash>
std::expected<bool, Trap> verify_proof(State&, View32 root, ByteView encoded, ByteView key, ByteView value,
                                       uint32_t version)
{
    const auto form = decode_version(version);
    const auto nodes = scale::decode<std::vector<Bytes>>(encoded);
    if (!form)
        return std::unexpected(form.error());
    if (!nodes)
        return not_encoded("the proof is not an encoded Vec<Vec<u8>>");
    base::Digest digest{};
    std::ranges::copy(root, digest.begin());
    const std::vector<ByteView> views(nodes->begin(), nodes->end());
    return trie::verify_item(digest, views, key, value, *form, hash).has_value();
}

template <trie::HashFunction hash>
std::expected<bool, Trap> verify_proof_0(State& state, View32 root, ByteView encoded, ByteView key, ByteView value)
{
    return verify_proof<hash>(state, root, encoded, key, value, 0);
}

template <trie::HashFunction hash>
void add(std::vector<HostFunction>& all, const std::string& name)
{
    const auto prefix = "ext_trie_" + name;
    all.push_back(host_function(prefix + "_root_version_1", version_0<root<hash>>));
    all.push_back(host_function(prefix + "_root_version_2", root<hash>));
    all.push_back(host_function(prefix + "_ordered_root_version_1", version_0<ordered_root<hash>>));
    all.push_back(host_function(prefix + "_ordered_root_version_2", ordered_root<hash>));
    all.push_back(host_function(prefix + "_verify_proof_version_1", verify_proof_0<hash>));
    all.push_back(host_function(prefix + "_verify_proof_version_2", verify_proof<hash>));
}

} // namespace

std::vector<HostFunction> trie_functions()
{
    std::vector<HostFunction> all;
    add<trie::blake2_256>(all, "blake2_256");
    add<trie::keccak_256>(all, "keccak_256");
    return all;
}

} // namespace host
