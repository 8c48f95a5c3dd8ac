#include "merkle/leaf.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace merkle {

using base::invariant;

Salts::Salts(const Digest& seed) : hash_(crypto::Blake3::derive_key("zkp leaf salt v1")) { hash_.update(seed); }

Digest Salts::at(size_t leaf) const
{
    Digest salt;
    fill(leaf, {&salt, 1});
    return salt;
}

void Salts::fill(size_t first, std::span<Digest> out) const
{
    hash_.xof(uint64_t{first} * kSaltBytes, {reinterpret_cast<uint8_t*>(out.data()), out.size_bytes()});
}

const Digest& leaf_key()
{
    static const Digest key = crypto::derive_key("zkp merkle leaf v1");
    return key;
}

const Digest& node_key()
{
    static const Digest key = crypto::derive_key("zkp merkle node v1");
    return key;
}

void hash_leaves(ByteView values, size_t value_bytes, std::span<const Digest> salts, std::span<Digest> out)
{
    invariant(value_bytes <= kValueBytesMax && values.size() == out.size() * value_bytes && salts.size() == out.size());
    constexpr size_t kLeavesAtOnce = 16;

    const size_t stride = leaf_bytes(value_bytes);
    base::Bytes rows(kLeavesAtOnce * stride);
    for (size_t first = 0; first < out.size(); first += kLeavesAtOnce)
    {
        const size_t count = std::min(kLeavesAtOnce, out.size() - first);
        for (size_t i = 0; i != count; ++i)
        {
            uint8_t* row = rows.data() + i * stride;
            std::copy_n(values.begin() + (first + i) * value_bytes, value_bytes, row);
            std::ranges::copy(salts[first + i], row + value_bytes);
        }
        crypto::hash_rows(leaf_key(), ByteView(rows).first(count * stride), stride, out.subspan(first, count));
    }
}

} // namespace merkle
