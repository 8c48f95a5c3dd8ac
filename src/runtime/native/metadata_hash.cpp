#include "runtime/product/metadata_hash.hpp"

#include "base/invariant.hpp"
#include "metadata/digest.hpp"
#include "runtime/product/call.hpp"

namespace runtime::product {

/// Computed at first use, from the same metadata that wasmcheck asks the WebAssembly for.
///
/// Caller  is inside a call: some constants of the metadata read storage
std::optional<base::Digest> metadata_hash()
{
    static const auto kHash = [] {
        const auto encoded = call("Metadata_metadata_at_version", scale::encode(uint32_t{15}));
        const auto opaque = scale::decode<std::optional<base::Bytes>>(base::ByteView(encoded));
        base::invariant(opaque && *opaque);
        const auto hash = metadata::digest(**opaque, {std::string(kTokenSymbol), kTokenDecimals});
        base::invariant(hash.has_value());
        return *hash;
    }();
    return kHash;
}

} // namespace runtime::product
