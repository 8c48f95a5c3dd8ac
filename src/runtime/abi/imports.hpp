#pragma once

#include <cstdint>

/// The Substrate host functions that the runtime imports (module `env`), under their exact names and signatures.
/// A `Span` is a pointer in the low and a size in the high 32 bits. Host results lie in memory from the host's
/// allocator; the runtime owns them.
///
/// Source  the Polkadot Host specification, appendix "Host API"
namespace runtime::abi {

using Span = uint64_t;
using Pointer = uint32_t;

// The attribute needs the name as text; saying it twice would let the two differ.
#define HOST(name) __attribute__((import_module("env"), import_name(#name))) name
extern "C" {
Pointer HOST(ext_allocator_malloc_version_1)(uint32_t size);
void HOST(ext_allocator_free_version_1)(Pointer at);
void HOST(ext_logging_log_version_1)(uint32_t level, Span target, Span message);

Span HOST(ext_storage_get_version_1)(Span key);
Span HOST(ext_storage_read_version_1)(Span key, Span out, uint32_t offset);
void HOST(ext_storage_set_version_1)(Span key, Span value);
void HOST(ext_storage_clear_version_1)(Span key);
uint32_t HOST(ext_storage_exists_version_1)(Span key);
Span HOST(ext_storage_clear_prefix_version_2)(Span prefix, Span limit);
void HOST(ext_storage_append_version_1)(Span key, Span value);
Span HOST(ext_storage_next_key_version_1)(Span key);
Span HOST(ext_storage_root_version_2)(uint32_t state_version);
void HOST(ext_storage_start_transaction_version_1)();
void HOST(ext_storage_rollback_transaction_version_1)();
void HOST(ext_storage_commit_transaction_version_1)();

Pointer HOST(ext_hashing_blake2_128_version_1)(Span data);
Pointer HOST(ext_hashing_blake2_256_version_1)(Span data);
Pointer HOST(ext_hashing_keccak_256_version_1)(Span data);
Pointer HOST(ext_trie_blake2_256_ordered_root_version_2)(Span values, uint32_t state_version);

uint32_t HOST(ext_crypto_sr25519_verify_version_2)(Pointer signature, Span message, Pointer key);
uint32_t HOST(ext_crypto_ed25519_verify_version_1)(Pointer signature, Span message, Pointer key);
Span HOST(ext_crypto_secp256k1_ecdsa_recover_compressed_version_2)(Pointer signature, Pointer hash);
Pointer HOST(ext_crypto_sr25519_generate_version_1)(Pointer key_type, Span seed);
Pointer HOST(ext_crypto_ed25519_generate_version_1)(Pointer key_type, Span seed);
Span HOST(ext_crypto_sr25519_sign_version_1)(Pointer key_type, Pointer key, Span message);
Span HOST(ext_crypto_ed25519_sign_version_1)(Pointer key_type, Pointer key, Span message);
Span HOST(ext_offchain_submit_transaction_version_1)(Span extrinsic);

Span HOST(ext_misc_runtime_version_version_1)(Span code);
}
#undef HOST

} // namespace runtime::abi
