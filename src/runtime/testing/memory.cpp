#include "runtime/testing/memory.hpp"

#include "base/invariant.hpp"
#include "runtime/testing/keys.hpp"
#include "scale/scale.hpp"
#include "trie/root.hpp"

namespace runtime::testing {
namespace {

Bytes owned(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

std::string_view text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

} // namespace

std::optional<Bytes> Memory::get(ByteView key)
{
    const auto found = top.find(owned(key));
    return found == top.end() ? std::nullopt : std::optional{found->second};
}

void Memory::set(ByteView key, ByteView value) { top[owned(key)] = owned(value); }
void Memory::clear(ByteView key) { top.erase(owned(key)); }

void Memory::append(ByteView key, ByteView item)
{
    auto& list = top.try_emplace(owned(key), Bytes{0}).first->second;
    scale::Reader reader{list};
    const auto count = scale::decode<scale::Compact<uint32_t>>(reader);
    base::invariant(count.has_value());
    auto longer = scale::encode(scale::Compact<uint32_t>{count->value + 1});
    longer.insert(longer.end(), list.begin() + std::ptrdiff_t(reader.at()), list.end());
    longer.insert(longer.end(), item.begin(), item.end());
    list = std::move(longer);
}

std::optional<Bytes> Memory::next_key(ByteView key)
{
    const auto found = top.upper_bound(owned(key));
    return found == top.end() ? std::nullopt : std::optional{found->first};
}

host::Cleared Memory::clear_prefix(ByteView prefix, std::optional<uint32_t> limit)
{
    uint32_t count = 0;
    const auto first = owned(prefix);
    auto at = top.lower_bound(first);
    while (at != top.end() && at->first.size() >= first.size() &&
           std::ranges::equal(first, ByteView{at->first}.first(first.size())))
    {
        if (limit && count == *limit)
            return {false, count};
        at = top.erase(at);
        ++count;
    }
    return {true, count};
}

Digest Memory::root(uint8_t state_version)
{
    std::vector<trie::Pair> pairs;
    for (const auto& [key, value] : top)
        pairs.push_back({key, value});
    return trie::root(pairs, trie::Version(state_version)).value();
}

void Memory::rollback_transaction()
{
    top = std::move(layers_.back());
    layers_.pop_back();
}

Digest Memory::ordered_root(ByteView encoded_items, uint8_t state_version)
{
    const auto items = scale::decode<std::vector<Bytes>>(encoded_items).value();
    const std::vector<ByteView> views(items.begin(), items.end());
    return trie::ordered_root(views, trie::Version(state_version)).value();
}

bool Memory::sr25519_verify(const host::Signature64& signature, ByteView message, const Digest& key)
{
    return signature::sr25519::verify(message, signature, key).has_value();
}

bool Memory::ed25519_verify(const host::Signature64& signature, ByteView message, const Digest& key)
{
    return signature::ed25519::verify(message, signature, key).has_value();
}

std::optional<std::array<uint8_t, 33>> Memory::ecdsa_recover(const host::Signature65& signature, const Digest& hash)
{
    const auto key = signature::ecdsa::recover_compressed(signature, hash);
    return key ? std::optional{*key} : std::nullopt;
}

Digest Memory::sr25519_generate(host::KeyType, std::optional<ByteView> seed)
{
    const std::string uri{text(seed.value_or(ByteView{}))};
    const auto key = signature::sr25519::from_uri(uri).value().public_key();
    uris_[key] = uri;
    return key;
}

Digest Memory::ed25519_generate(host::KeyType, std::optional<ByteView> seed)
{
    const std::string uri{text(seed.value_or(ByteView{}))};
    const auto key = signature::ed25519::from_uri(uri).value().public_key();
    uris_[key] = uri;
    return key;
}

std::optional<host::Signature64> Memory::sr25519_sign(host::KeyType, const Digest& key, ByteView message)
{
    const auto found = uris_.find(key);
    if (found == uris_.end())
        return std::nullopt;
    return sign_with(signature::sr25519::from_uri(found->second).value(), message);
}

std::optional<host::Signature64> Memory::ed25519_sign(host::KeyType, const Digest& key, ByteView message)
{
    const auto found = uris_.find(key);
    if (found == uris_.end())
        return std::nullopt;
    return signature::ed25519::sign(signature::ed25519::from_uri(found->second).value(), message);
}

} // namespace runtime::testing
