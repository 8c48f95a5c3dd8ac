#include "host/function.hpp"
#include "host/table.hpp"

#include "hash/blake2b.hpp"
#include "hash/keccak.hpp"
#include "hash/sha2.hpp"
#include "hash/twox.hpp"

/// Source  Polkadot specification, appendix B.7 "Hashing"
namespace host {

std::vector<HostFunction> hashing_functions()
{
    const auto named = [](std::string name, auto function) {
        return host_function("ext_hashing_" + name + "_version_1", +function);
    };
    return {
        named("keccak_256", [](State&, ByteView bytes) { return hash::keccak_256(bytes); }),
        named("keccak_512", [](State&, ByteView bytes) { return hash::keccak_512(bytes); }),
        named("sha2_256", [](State&, ByteView bytes) { return hash::sha2_256(bytes); }),
        named("blake2_128", [](State&, ByteView bytes) { return hash::blake2_128(bytes); }),
        named("blake2_256", [](State&, ByteView bytes) { return hash::blake2_256(bytes); }),
        named("twox_64", [](State&, ByteView bytes) { return hash::twox_64(bytes); }),
        named("twox_128", [](State&, ByteView bytes) { return hash::twox_128(bytes); }),
        named("twox_256", [](State&, ByteView bytes) { return hash::twox_256(bytes); }),
    };
}

} // namespace host
