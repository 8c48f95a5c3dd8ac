// Any extrinsic on the development chain, native: applied within a block, then judged as the pool would. Neither may
// panic. The first byte says whether the rest is an extrinsic, or a call that Alice, the sudo key, signs.
#include "base/invariant.hpp"
#include "runtime/testing/chain.hpp"

namespace {

using namespace runtime;

/// A chain with a block begun: what every extrinsic is tried on.
struct Begun
{
    testing::Chain chain;

    Begun()
    {
        const auto header = chain.open_header(1);
        base::invariant(chain.call("Core_initialize_block", scale::encode(header)).has_value());
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    static Begun begun;
    auto& state = begun.chain.state();
    const auto before = state.top;
    if (size == 0)
        return 0;
    const ByteView rest{data + 1, size - 1};
    const auto genesis = primitives::hash_of(begun.chain.headers().front());
    const Bytes body = (data[0] & 1) != 0 ? testing::signed_extrinsic(testing::alice(), rest, {}, genesis, genesis)
                                          : Bytes(rest.begin(), rest.end());

    // Only the inherent's own checks may end the call: a time that does not fit panics by design, as nobody but the
    // author can put it into a block.
    const auto applied = begun.chain.call("BlockBuilder_apply_extrinsic", scale::encode(body));
    base::invariant(applied || applied.error().starts_with("timestamp: ") || applied.error().starts_with("babe: "));
    if (applied)
        base::invariant(scale::decode<ApplyResult>(ByteView{*applied}).has_value());
    state.close_layers(before);
    state.logs.clear();

    const auto input = scale::encode(std::tuple{primitives::TransactionSource::External, body, primitives::Hash{}});
    const auto valid = begun.chain.call("TaggedTransactionQueue_validate_transaction", input);
    base::invariant(valid && scale::decode<primitives::TransactionValidity>(ByteView{*valid}).has_value());
    state.close_layers(before);
    state.logs.clear();
    return 0;
}
