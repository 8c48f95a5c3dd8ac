// An extrinsic as a wallet sends it, what validating it returns, and addresses as text.
#include "canonical.hpp"

#include "primitives/extrinsic.hpp"
#include "primitives/ss58.hpp"
#include "primitives/validity.hpp"
#include "primitives/version.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace primitives;
    const base::ByteView bytes{data, size};
    fuzz::canonical<Extrinsic<>>(bytes);
    fuzz::canonical<Era>(bytes);
    fuzz::canonical<TransactionValidity>(bytes);
    fuzz::canonical<RuntimeVersion>(bytes);
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto address = ss58::decode(text))
        base::invariant(ss58::encode(address->bytes, address->prefix) == text);
    return 0;
}
